//! How an entity is reached: its path, its actions, and which fields a caller may name in a query.

use crate::{Effect, List, Text, expr::At};

/// Something that can be done with an entity.
///
/// An open list: `list`, `get`, `create`, `update`, `upsert`, `delete`, and `batch_create`, `batch_update` and
/// `batch_delete` of many rows at once, are the built-in ones; others bring their own names.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Action {
    /// The name.
    pub name: Text,
    /// Where it was written.
    #[cfg_attr(feature = "json", serde(skip))]
    pub at: At,
}

impl Action {
    /// The verb that a policy's rules speak of.
    #[must_use]
    pub fn verb(&self) -> &str {
        verb(&self.name)
    }
}

/// The verb that a policy's rules speak of, of an action: `list` and `get` are both `read`, and many rows are what one is.
#[must_use]
pub fn verb(action: &str) -> &str {
    match action {
        "list" | "get" => "read",
        "batch_create" => "create",
        "batch_update" => "update",
        "batch_delete" => "delete",
        other => other,
    }
}

/// What requests of one action may take, where that is something else than for the whole API.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct RouteLimits {
    /// The name of the action.
    pub action: Text,
    /// Bytes of a body.
    pub body: Option<u64>,
    /// Seconds of a request.
    pub time: Option<u64>,
    /// Requests a minute of one caller.
    pub rate: Option<u64>,
    /// Requests at once.
    pub concurrency: Option<u64>,
}

impl RouteLimits {
    /// No limits, of no action.
    pub const NONE: Self = Self { action: Text::Static(""), body: None, time: None, rate: None, concurrency: None };
}

/// How an entity is reached.
///
/// The three lists hold paths: `["status"]`, or `["customer", "name"]` through a to-one relation; those of includes also
/// through to-many ones: `["lines", "product"]`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Routes {
    /// The path segment under the API's prefix.
    pub path: Text,
    /// What can be done.
    pub actions: List<Action>,
    /// What a filter may name.
    pub filter: List<List<Text>>,
    /// What a sort may name.
    pub sort: List<List<Text>>,
    /// Which relations can be included; a path goes through relations of either kind, and opens all that lie on its way.
    pub include: List<List<Text>>,
    /// What requests of single actions may take.
    #[cfg_attr(feature = "json", serde(default, skip_serializing_if = "none"))]
    pub limits: List<RouteLimits>,
}

#[cfg(feature = "json")]
fn none<T>(list: &List<T>) -> bool {
    list.is_empty()
}

impl Routes {
    /// Whether an action is routed.
    #[must_use]
    pub fn has(&self, action: &str) -> bool {
        self.actions.iter().any(|one| one.name == action)
    }
}

/// Whether some rule lets everybody do `verb`, whoever they are: a `can` rule that does not ask for an actor.
///
/// `const`, so that `schema!` can refuse personal data that is open to everybody.
#[must_use]
pub const fn is_public(policy: &crate::Policy, verb: &str) -> bool {
    let rules = policy.rules.items();
    let mut r = 0;
    while r < rules.len() {
        if matches!(rules[r].effect, Effect::Can) && rules[r].params < 2 && rules[r].actions.holds(verb) {
            return true;
        }
        r += 1;
    }
    false
}

/// Whether some rule lets somebody do `verb`: that is, whether a `can` rule names it or `*`.
///
/// `const`, so that `#[routes]` can refuse an action that would always be denied.
#[must_use]
pub const fn covers(policy: &crate::Policy, verb: &str) -> bool {
    let rules = policy.rules.items();
    let mut r = 0;
    while r < rules.len() {
        if matches!(rules[r].effect, Effect::Can) && rules[r].actions.holds(verb) {
            return true;
        }
        r += 1;
    }
    false
}
