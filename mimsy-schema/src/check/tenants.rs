//! Tenants: a fence leads from every row, over required references, to the tenant of the actor.

use super::Parts;
use crate::{Code, Diagnostics, Text};

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    let actor = parts.actor();
    let actors_tenant = actor.and_then(|actor| end(parts, actor));
    for (index, fragment) in parts.fragments.iter().enumerate() {
        let Some(tenant) = &fragment.entity.tenant else { continue };
        let place = fragment.entity.name.as_str();
        if let Err(message) = parts.walk(index, &tenant.path) {
            found.add(Code::BadTenant, place, message, "name the field that leads to the tenant");
            continue;
        }
        if let Some(optional) = optional_step(parts, index, &tenant.path) {
            let message = format!("`{optional}` may be NULL, and a row without a tenant would belong to nobody");
            found.add(Code::BadTenant, place, message, "make the reference required");
            continue;
        }
        let own = end(parts, index);
        if own.is_none() {
            let message = "the tenant's path ends at a field that is neither a reference nor the key";
            found.add(Code::BadTenant, place, message, "end it at a `Ref<…>`, or say `tenant = id`");
            continue;
        }
        if fragment.policy.is_none() {
            continue;
        }
        let Some(actor) = actor else {
            let message = "a tenant entity needs an actor that has a tenant";
            found.add(Code::BadTenant, place, message, "say `#[policy(actor = …)]`");
            continue;
        };
        if own != actors_tenant {
            let actor = &parts.fragments[actor].entity.name;
            let message = format!("the fence cannot be checked: `{actor}` has no tenant of the same kind");
            found.add(Code::BadTenant, place, message, format!("say `#[entity(tenant = …)]` on `{actor}`"));
        }
    }
}

/// The entity that is the tenant.
fn end(parts: &Parts<'_>, index: usize) -> Option<usize> {
    let path = &parts.fragments[index].entity.tenant.as_ref()?.path;
    let (entity, field) = parts.walk(index, path).ok()?;
    let field = &parts.fields(entity)[field];
    match &field.relation {
        Some(relation) if field.is_column() => parts.index(relation.targets.first()?),
        // A part of a key is not the whole of it.
        _ if parts.fragments[entity].entity.key[..] == [field.name.clone()] => Some(entity),
        _ => None,
    }
}

fn optional_step<'a>(parts: &Parts<'a>, index: usize, path: &[Text]) -> Option<&'a str> {
    (1..=path.len()).find_map(|upto| {
        let (entity, field) = parts.walk(index, &path[..upto]).ok()?;
        parts.is_optional(entity, field).then_some(parts.fields(entity)[field].name.as_str())
    })
}
