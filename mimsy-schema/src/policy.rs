//! Who may do what: rules over the actor and the row.
//!
//! Allowed = every `must` is yes, some `can` is yes, and every `cannot` is no. Unknown never allows. The order of rules
//! never matters.

use crate::expr::{At, Expr};
use crate::hash::same;
use crate::{List, Text};

/// What a rule does when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Effect {
    /// Allows; one is enough.
    Can,
    /// Forbids; wins over every `can`.
    Cannot,
    /// Is required, of everybody and beside everything else.
    Must,
}

/// The verbs that a rule speaks of: `read`, `create`, `update`, `upsert`, `delete`, `reference`, names of custom
/// actions, or `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Actions(pub List<Text>);

impl Actions {
    /// Whether the rule speaks of `verb`.
    #[must_use]
    pub const fn holds(&self, verb: &str) -> bool {
        let names = self.0.items();
        let mut n = 0;
        while n < names.len() {
            if same(names[n].as_str(), verb) || same(names[n].as_str(), "*") {
                return true;
            }
            n += 1;
        }
        false
    }
}

/// A rule: a function of the actor and the row.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct PolicyRule {
    /// The name of the function: the rule's id.
    pub name: Text,
    /// Its doc comment: the public reason.
    pub doc: Text,
    /// What it does.
    pub effect: Effect,
    /// For which verbs.
    pub actions: Actions,
    /// How many parameters it has. One: the row. Two: the actor and the row; on `update` it must hold on the old row and
    /// on the new one. Three: the actor, the old row and the new one; judged once on both.
    pub params: u8,
    /// When it holds.
    pub body: Expr,
    /// Where it was written.
    #[cfg_attr(feature = "json", serde(skip))]
    pub at: At,
}

/// The policy of one entity.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Policy {
    /// The name of the actor's entity; empty if no rule speaks of an actor.
    pub actor: Text,
    /// The rules.
    pub rules: List<PolicyRule>,
}
