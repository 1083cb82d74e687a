//! From what was said of a relation to the columns that join it.

use crate::check::Parts;
use crate::schema::{Join, Link};
use crate::{Cardinality, EntityId, Field, Relation, Text, name};

/// Where a field leads; `None` where it is no relation, or one that the checks refuse.
pub(crate) fn link(parts: &Parts<'_>, entity: usize, field: usize) -> Option<Link> {
    let described = &parts.fields(entity)[field];
    let relation = described.relation.as_ref()?;
    let target = parts.index(relation.targets.first()?)?;
    let (holds, join) = if !relation.through.is_empty() {
        (false, through(parts, entity, target, relation)?)
    } else if !relation.fields.is_empty() {
        (true, Join::On(held(parts, entity, target, relation)?))
    } else {
        let inverse = parts.field(target, &relation.inverse)?;
        (false, Join::On(turned(reference(parts, target, inverse, entity)?)))
    };
    let optional = match &join {
        Join::On(pairs) if holds => pairs.iter().any(|(near, _)| parts.fields(entity)[*near].nullable),
        _ => true,
    };
    Some(Link { target: id(target), cardinality: relation.cardinality, holds, optional, join })
}

/// The pairs of a reference from `entity` to `target`.
pub(crate) fn reference(parts: &Parts<'_>, entity: usize, field: usize, target: usize) -> Option<Vec<(usize, usize)>> {
    let relation = parts.fields(entity)[field].relation.as_ref()?;
    let points_there = relation.targets.iter().any(|one| parts.index(one) == Some(target));
    if relation.fields.is_empty() || !points_there {
        return None;
    }
    held(parts, entity, target, relation)
}

/// The fields of `entity` that are references to `target`.
pub(crate) fn references<'a>(
    parts: &'a Parts<'_>,
    entity: usize,
    target: usize,
) -> impl Iterator<Item = (usize, &'a Field)> {
    let fields = parts.fields(entity).iter().enumerate();
    fields.filter(move |(field, _)| reference(parts, entity, *field, target).is_some())
}

fn held(parts: &Parts<'_>, entity: usize, target: usize, relation: &Relation) -> Option<Vec<(usize, usize)>> {
    let key = &parts.fragments[target].entity.key;
    if key.len() != relation.fields.len() {
        return None;
    }
    let pair = |(near, far): (&Text, &Text)| Some((parts.field(entity, near)?, parts.field(target, far)?));
    relation.fields.iter().zip(key.iter()).map(pair).collect()
}

fn turned(pairs: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    pairs.into_iter().map(|(near, far)| (far, near)).collect()
}

fn through(parts: &Parts<'_>, entity: usize, target: usize, relation: &Relation) -> Option<Join> {
    let (between, near_field, far_field) = between(parts, entity, target, relation).ok()?;
    Some(Join::Through {
        entity: id(between),
        near: turned(reference(parts, between, near_field, entity)?),
        far: reference(parts, between, far_field, target)?,
        near_field,
        far_field,
    })
}

/// The entity between, its reference here and its reference to the target; or why they cannot be told.
pub(crate) fn between(
    parts: &Parts<'_>,
    entity: usize,
    target: usize,
    relation: &Relation,
) -> Result<(usize, usize, usize), String> {
    let name = relation.through.as_str();
    let index = parts.index(name).ok_or_else(|| {
        let entities = parts.fragments.iter().map(|one| one.entity.name.as_str());
        let near = name::nearest(name, entities).map(|near| format!("; did you mean `{near}`?"));
        format!("the schema does not hold `{name}`{}", near.unwrap_or_default())
    })?;
    let pointing = |entity: usize| references(parts, index, entity).map(|(field, _)| field).collect::<Vec<_>>();
    // What is named for the one end is not meant for the other.
    let named = |end: &Text| parts.field(index, end);
    let without = |fields: Vec<usize>, other: Option<usize>| fields.into_iter().filter(move |one| Some(*one) != other);
    let here = without(pointing(entity), named(&relation.onward)).collect();
    let near = one_end(parts, (index, entity), here, &relation.inverse, "inverse")?;
    let there = without(pointing(target), Some(near)).collect();
    let far = one_end(parts, (index, target), there, &relation.onward, "onward")?;
    Ok((index, near, far))
}

/// The one reference of an entity between to one that it joins, among those that can be meant.
fn one_end(
    parts: &Parts<'_>,
    (between, joined): (usize, usize),
    fields: Vec<usize>,
    named: &Text,
    key: &str,
) -> Result<usize, String> {
    let of = |entity: usize| parts.fragments[entity].entity.name.as_str();
    let (name, joined) = (of(between), of(joined));
    let names = || fields.iter().map(|field| parts.fields(between)[*field].name.as_str());
    if !named.is_empty() {
        let field = parts.field(between, named).filter(|field| fields.contains(field));
        return field.ok_or_else(|| {
            let near = name::nearest(named, names()).map(|near| format!("; did you mean `{near}`?"));
            format!("`{name}.{named}` is no reference to `{joined}` that this can go over{}", near.unwrap_or_default())
        });
    }
    match fields[..] {
        [field] => Ok(field),
        [] => Err(format!("`{name}` has no reference to `{joined}`")),
        _ => Err(format!(
            "`{name}` has several references to `{joined}`: say `{key} = …`, one of {}",
            name::listed(names())
        )),
    }
}

fn id(index: usize) -> EntityId {
    EntityId(u16::try_from(index).unwrap_or(u16::MAX))
}

/// Whether a field is a to-one relation.
pub(crate) fn is_to_one(field: &Field) -> bool {
    field.relation.as_ref().is_some_and(|relation| relation.cardinality == Cardinality::One)
}
