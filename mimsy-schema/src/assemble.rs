//! From fragments to a checked [`Schema`], or to everything that is wrong with them.
//!
//! Three steps: index, check (one rule a file in `check/`), complete (links, the tenant's fence, the kinds of literals).

pub(crate) mod delegate;
pub(crate) mod links;

use std::collections::HashMap;

use crate::assemble::delegate::Delegates;
use crate::check::{self, Parts};
use crate::expr::Expr;
use crate::policy::PolicyRule;
use crate::schema::{Indexed, Model, Schema};
use crate::{Diagnostics, EntityId, Fragment, Policy, Text, hash};

/// Check fragments and index them.
///
/// # Errors
/// Every diagnostic at once.
pub fn assemble(fragments: Vec<Fragment>) -> Result<Schema, Diagnostics> {
    let mut found = Diagnostics::default();
    check::reserved(&fragments, &mut found);
    put_together(fragments, found)
}

/// The same for the framework's own entities: their tables have the names that an author's may not have.
///
/// # Errors
/// Every diagnostic at once.
pub fn assemble_internal(fragments: Vec<Fragment>) -> Result<Schema, Diagnostics> {
    put_together(fragments, Diagnostics::default())
}

fn put_together(fragments: Vec<Fragment>, mut found: Diagnostics) -> Result<Schema, Diagnostics> {
    let parts = Parts::new(&fragments);
    check::structure(&parts, &mut found);
    // What follows walks relations; it would repeat what was said about broken ones.
    if found.0.is_empty() {
        check::meaning(&parts, &mut found);
    }
    if !found.0.is_empty() {
        return Err(found);
    }
    let actor = parts.actor();
    let policies: Vec<Option<Policy>> = (0..fragments.len()).map(|i| complete_policy(&parts, i, actor)).collect();
    let models: Vec<Model> = (0..fragments.len()).map(|i| complete(&parts, i, policies[i].clone())).collect();
    let id = |i: usize| EntityId(u16::try_from(i).unwrap_or(u16::MAX));
    let by_name = models.iter().map(|model| (model.entity.name.to_string(), model.id)).collect();
    let by_path = models.iter().filter_map(|m| Some((m.routes.as_ref()?.path.to_string(), m.id))).collect();
    let entities: Vec<&crate::Entity> = fragments.iter().map(|fragment| &fragment.entity).collect();
    let model_hash = hash::model_hash(&entities);
    let mut schema = Schema {
        models,
        by_name,
        by_path,
        actor: actor.map(id),
        hash: model_hash,
        model_hash,
        parts: fragments.into(),
    };
    #[cfg(feature = "json")]
    {
        schema.hash = hash::Fnv::START.text(&crate::json::canonical(&schema)).finish();
    }
    #[cfg(not(feature = "json"))]
    let _ = &mut schema;
    Ok(schema)
}

fn complete(parts: &Parts<'_>, index: usize, policy: Option<Policy>) -> Model {
    let (fragment, index_of) = (&parts.fragments[index], index);
    let entity = &fragment.entity;
    let names: HashMap<String, usize> =
        entity.fields.iter().enumerate().map(|(i, field)| (field.name.to_string(), i)).collect();
    let position = |name: &Text| names.get(name.as_str()).copied();
    let tenant = entity.tenant.as_ref().and_then(|tenant| match &tenant.path[..] {
        // Where the entity is the tenant itself, its key is nobody else's.
        [own] => position(own).filter(|own| entity.fields[*own].relation.is_some()),
        _ => None,
    });
    let uniques = entity.uniques.iter().map(|unique| {
        let mut fields: Vec<usize> = unique.fields.iter().filter_map(position).collect();
        if let Some(tenant) = tenant.filter(|tenant| !fields.contains(tenant)) {
            fields.insert(0, tenant);
        }
        fields
    });
    let indexes = entity.indexes.iter().map(|index| {
        let mut fields: Vec<(usize, bool)> =
            index.fields.iter().filter_map(|field| Some((position(&field.name)?, field.descending))).collect();
        let tenant = tenant.filter(|tenant| !index.inverted && !fields.iter().any(|(field, _)| field == tenant));
        fields.splice(0..0, tenant.map(|tenant| (tenant, false)));
        Indexed {
            fields,
            unique: index.unique,
            condition: index.condition.as_ref().map(|condition| self::checked(parts, index_of, condition)),
            inverted: index.inverted,
        }
    });
    let links = (0..entity.fields.len()).map(|field| links::link(parts, index, field));
    Model {
        id: EntityId(u16::try_from(index).unwrap_or(u16::MAX)),
        key: entity.key.iter().filter_map(position).collect(),
        uniques: uniques.collect(),
        indexes: indexes.collect(),
        links: links.collect(),
        tenant,
        entity: entity.clone(),
        policy,
        routes: fragment.routes.clone(),
        names,
    }
}

/// Normalise the rules, and add the fence of a tenant entity.
fn complete_policy(parts: &Parts<'_>, index: usize, actor: Option<usize>) -> Option<Policy> {
    let fragment = &parts.fragments[index];
    let policy = fragment.policy.as_ref()?;
    let mut rules: Vec<PolicyRule> = policy
        .rules
        .iter()
        .map(|rule| PolicyRule { body: checked(parts, index, &rule.body), ..rule.clone() })
        .collect();
    rules.extend(delegate::fence(parts, index).map(delegate::fence_rule));
    let actor_name = actor.map_or(Text::EMPTY, |actor| parts.fragments[actor].entity.name.clone());
    Some(Policy { actor: actor_name, rules: rules.into() })
}

/// A rule's body as every reader takes it; it was checked before.
fn checked(parts: &Parts<'_>, index: usize, body: &Expr) -> Expr {
    let resolved = Delegates::new(parts).resolve(body, index, &[]).unwrap_or_else(|_| body.clone());
    let scope = check::expr::Scope::of(parts, index, parts.actor());
    check::expr::check(&scope, &resolved).map_or(resolved, |typed| typed.expr)
}

#[cfg(test)]
mod tests;
