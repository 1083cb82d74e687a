//! What an API key may do: a list of `entity:verb`, each side a name or `*`. Pure.
//!
//! A grant never allows anything by itself: what the actor of the key may not do, the key may not either. The entity is
//! named by its path (`invoices`), one without routes by its table in the same form; the verbs are those of policies.

use std::borrow::Cow;

use mimsy_schema::name::{listed, nearest, told};
use mimsy_schema::{Model, Schema};

use crate::violation::Violation;

const ANY: &str = "*";

/// The verbs of every entity.
const VERBS: [&str; 6] = ["read", "create", "update", "upsert", "delete", "reference"];

/// At most how many grants a key has.
const MOST: usize = 100;

/// What an API key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants(Vec<Grant>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Grant {
    entity: String,
    verb: String,
}

impl Grants {
    /// Read a list, as it was checked before.
    #[must_use]
    pub fn read(list: &str) -> Self {
        let grant = |one: &str| {
            let (entity, verb) = one.split_once(':')?;
            Some(Grant { entity: entity.to_owned(), verb: verb.to_owned() })
        };
        Self(list.split(' ').filter_map(grant).collect())
    }

    /// As a list that [`read`](Self::read) reads.
    #[must_use]
    pub fn list(actions: &[String]) -> String {
        actions.join(" ")
    }

    /// What is wrong with a list of grants, each at its place under `/actions`.
    #[must_use]
    pub fn check(schema: &Schema, actions: &[String]) -> Vec<Violation> {
        let whole = |code, detail: String| vec![Violation::field("actions", code, detail)];
        if actions.is_empty() {
            return whole("REQUIRED", "name what the key may do, such as `invoices:read`, or `*:*` for all".to_owned());
        }
        if actions.len() > MOST {
            return whole("MAX", format!("must be at most {MOST}; `*` stands for every entity, or every verb"));
        }
        let found = actions.iter().enumerate().filter_map(|(at, action)| {
            let detail = wrong(schema, action)?;
            Some(Violation { pointer: format!("/actions/{at}"), ..Violation::field("", "UNKNOWN_ACTION", detail) })
        });
        let found: Vec<Violation> = found.collect();
        if found.is_empty() { useless(schema, actions) } else { found }
    }

    /// Whether a verb of an entity is among them. What may be read may be pointed to.
    #[must_use]
    pub fn cover(&self, model: &Model, verb: &str) -> bool {
        let name = name(model);
        self.0.iter().any(|grant| {
            let this = grant.entity == ANY || grant.entity == *name;
            this && (grant.verb == ANY || grant.verb == verb || (verb == "reference" && grant.verb == "read"))
        })
    }
}

/// How a grant calls an entity.
#[must_use]
pub fn name(model: &Model) -> Cow<'_, str> {
    match &model.routes {
        Some(routes) => Cow::Borrowed(routes.path.as_str()),
        None => Cow::Owned(model.entity.table.replace('_', "-")),
    }
}

/// What is wrong with one grant.
fn wrong(schema: &Schema, action: &str) -> Option<String> {
    let Some((entity, verb)) = action.split_once(':').filter(|(_, verb)| !verb.contains(':')) else {
        return Some(format!("`{}` is not of the form `invoices:read`", told(action)));
    };
    let names: Vec<Cow<'_, str>> = schema.models().iter().map(name).collect();
    let of: Vec<&Model> = schema.models().iter().filter(|model| entity == ANY || name(model) == entity).collect();
    if of.is_empty() {
        let hint = match nearest(entity, names.iter().map(AsRef::as_ref)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}, and `*`", listed(names.iter().map(AsRef::as_ref))),
        };
        return Some(format!("there is no entity `{}`; {hint}", told(entity)));
    }
    if verb == ANY {
        return None;
    }
    let own = of.iter().filter_map(|model| model.routes.as_ref()).flat_map(|routes| routes.actions.iter());
    let mut verbs: Vec<&str> = VERBS.to_vec();
    for own in own.map(|action| action.verb()) {
        if !verbs.contains(&own) {
            verbs.push(own);
        }
    }
    if verbs.contains(&verb) {
        return None;
    }
    let hint = match verb {
        "list" | "get" => "to list and to get are both `read`".to_owned(),
        _ => match nearest(verb, verbs.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}, and `*`", listed(verbs)),
        },
    };
    Some(format!("`{}` has no verb `{}`; {hint}", told(entity), told(verb)))
}

/// Grants that could never be used: a row that is changed or deleted has to be read first.
fn useless(schema: &Schema, actions: &[String]) -> Vec<Violation> {
    let grants = Grants::read(&Grants::list(actions));
    let blind = |(at, grant): (usize, &Grant)| {
        let of: Vec<&Model> =
            schema.models().iter().filter(|model| grant.entity == ANY || grant.entity == name(model)).collect();
        let needs = matches!(grant.verb.as_str(), "update" | "delete");
        let reads = of.iter().any(|model| grants.cover(model, "read"));
        (needs && !reads).then(|| {
            let detail =
                format!("only rows that the key can read can be changed or deleted: add `{}:read`", grant.entity);
            Violation { pointer: format!("/actions/{at}"), ..Violation::field("", "NEEDS_READ", detail) }
        })
    };
    grants.0.iter().enumerate().filter_map(blind).collect()
}

#[cfg(test)]
mod tests;
