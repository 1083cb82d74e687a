//! Routes: guarded, covered, and naming only what is there.

use super::Parts;
use crate::routes::covers;
use crate::{Code, Diagnostics, Effect, Field, Fragment, Kind, List, Node, PolicyRule, Text, Value};

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    for (index, fragment) in parts.fragments.iter().enumerate() {
        let Some(routes) = &fragment.routes else { continue };
        let place = fragment.entity.name.as_str();
        segment(place, &routes.path, found);
        match &fragment.policy {
            None => {
                let message = "routes without a policy: the entity is closed to everyone";
                found.add(Code::NoPolicy, place, message, "say who may do what with `#[policy(…)]`");
            }
            Some(policy) => {
                for action in &routes.actions {
                    if !covers(policy, action.verb()) {
                        let message = format!("no rule lets anyone {}: it would always answer 403", action.name);
                        let help = format!("add a rule with `#[can({})]`, or take the action away", action.verb());
                        found.add(Code::UncoveredAction, place, message, help).at = action.at.clone();
                    }
                }
            }
        }
        upsert(fragment, found);
        paths(parts, index, "filter", &routes.filter, is_asked, found);
        paths(parts, index, "sort", &routes.sort, |field| field.kind.is_sortable(), found);
        paths(parts, index, "include", &routes.include, |field| field.relation.is_some(), found);
    }
}

/// Whether a filter can ask anything of a field.
fn is_asked(field: &Field) -> bool {
    match field.kind {
        Kind::Rows => false,
        Kind::Json => field.nullable,
        Kind::List => field.nullable || field.item.is_some_and(Kind::has_equality),
        _ => true,
    }
}

/// Who puts a row under a key learns whether one is there. That is told to nobody by a UUID, which cannot be guessed, nor by
/// the key of a tenant's own rows; nor by any key where everybody who may put rows may read all of them.
fn upsert(fragment: &Fragment, found: &mut Diagnostics) {
    let Some(action) = fragment.routes.iter().flat_map(|routes| routes.actions.iter()).find(|one| one.name == "upsert")
    else {
        return;
    };
    let entity = &fragment.entity;
    let key: Vec<&Field> = entity.fields.iter().filter(|field| entity.key.contains(&field.name)).collect();
    let fenced = entity.tenant.as_ref().is_some_and(|tenant| entity.key.contains(&tenant.path[0]));
    if key.iter().any(|field| field.is_counted()) {
        let message = "the database counts its keys, so nobody else can choose one";
        found.add(Code::UpsertCrossesScope, entity.name.as_str(), message, "take `upsert` away").at = action.at.clone();
    } else if !key.iter().any(|field| field.kind == Kind::Uuid) && !fenced && !is_open(fragment) {
        let message =
            "its key can be guessed and is not fenced by a tenant, so an upsert would tell whether a row is there";
        let help = "make the key an `Id<Self>`, let the tenant lead it, let everybody read it, or take `upsert` away";
        found.add(Code::UpsertCrossesScope, entity.name.as_str(), message, help).at = action.at.clone();
    }
}

/// Whether all that somebody may put, they may read.
fn is_open(fragment: &Fragment) -> bool {
    let rules = || fragment.policy.iter().flat_map(|policy| policy.rules.iter());
    let always = |rule: &PolicyRule| matches!(&rule.body.node, Node::Const(leaf) if leaf.value() == Value::Bool(true));
    let narrowed = fragment.entity.tenant.is_some()
        || rules().any(|rule| rule.effect != Effect::Can && rule.actions.holds("read"));
    let mut readers = rules().filter(|rule| rule.effect == Effect::Can && rule.actions.holds("read") && always(rule));
    // Where a reader has to say who they are, so has whoever puts.
    let named =
        rules().filter(|rule| rule.effect == Effect::Can && rule.actions.holds("upsert")).all(|rule| rule.params > 1);
    !narrowed && readers.any(|rule| rule.params < 2 || named)
}

fn paths(
    parts: &Parts<'_>,
    index: usize,
    list: &str,
    paths: &List<List<Text>>,
    fits: impl Fn(&Field) -> bool,
    found: &mut Diagnostics,
) {
    let place = format!("{} {list}", parts.fragments[index].entity.name);
    for path in paths {
        let name = path.iter().map(Text::as_str).collect::<Vec<_>>().join(".");
        let walked = if list == "include" { parts.reach(index, path) } else { parts.walk(index, path) };
        match walked {
            Err(message) => {
                found.add(Code::UnknownField, &place, message, format!("name a field in `{list}(…)`"));
            }
            Ok((entity, field)) => {
                let field = &parts.fields(entity)[field];
                // A to-many may be opened for filtering; its rows are then reached by `some`, `every` and `none`.
                let opened = list == "filter" && field.kind == Kind::Rows;
                if !opened && !fits(field) {
                    let message = format!("`{name}` cannot stand in `{list}(…)`");
                    let help = match list {
                        "include" => "an include names a relation",
                        "sort" => "name a stored field whose values have an order",
                        _ if matches!(field.kind, Kind::Json | Kind::List) => {
                            "nothing is asked of it but whether it is NULL, and it never is"
                        }
                        _ => "name a stored field",
                    };
                    found.add(Code::UnknownField, &place, message, help);
                }
            }
        }
    }
}

fn segment(place: &str, path: &str, found: &mut Diagnostics) {
    let plain = path.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if path.is_empty() || !plain {
        let message = format!("`{path}` cannot be a path: lower-case ASCII letters, digits and `-` only");
        found.add(Code::BadName, place, message, "say `#[routes(path = \"…\")]`");
    }
}
