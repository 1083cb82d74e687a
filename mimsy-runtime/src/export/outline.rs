//! An API as other programs see it: which entities are reached how, and what their values travel as.

use mimsy_schema::{Cardinality, Duty, Field, Model, Routes, Schema, Text};

/// An entity of the API.
#[derive(Clone, Copy)]
pub(super) struct Resource<'a> {
    pub(super) model: &'a Model,
    pub(super) routes: &'a Routes,
}

/// The entities that are reached by themselves, in the order of the schema.
pub(super) fn resources(schema: &Schema) -> impl Iterator<Item = Resource<'_>> {
    schema.models().iter().filter_map(|model| Some(Resource { model, routes: model.routes.as_ref()? }))
}

/// Whether a body may hold a field: whatever is not set by the server, nor held by other fields.
pub(super) fn is_input(field: &Field) -> bool {
    field.is_column() && field.duty == Duty::Data
}

/// Whether a new row may leave a field out.
pub(super) fn may_be_left_out(model: &Model, field: usize) -> bool {
    let described = &model.fields()[field];
    described.default.is_some() || described.nullable || model.tenant == Some(field)
}

/// Whether a change may hold a field.
pub(super) fn may_change(model: &Model, field: usize) -> bool {
    is_input(&model.fields()[field]) && !model.key.contains(&field) && model.tenant != Some(field)
}

/// The entity whose key a column holds, if that key is made by the server: its own, or that of the row that it refers to.
pub(super) fn made_key<'a>(schema: &'a Schema, model: &'a Model, field: usize) -> Option<&'a Model> {
    let described = &model.fields()[field];
    if described.duty == Duty::Key {
        return Some(model);
    }
    let link = model.link(field).filter(|link| link.holds && described.is_column())?;
    let target = schema.model(link.target);
    let [key] = target.key[..] else { return None };
    made_key(schema, target, key)
}

/// A path of relations that can be included, with those that can be included of its rows.
pub(super) struct Branch<'a> {
    pub(super) name: &'a str,
    pub(super) target: &'a Model,
    pub(super) cardinality: Cardinality,
    /// Whether there may be no row.
    pub(super) optional: bool,
    pub(super) branches: Vec<Branch<'a>>,
}

/// What can be included of an entity.
pub(super) fn includes<'a>(schema: &'a Schema, resource: Resource<'a>) -> Vec<Branch<'a>> {
    let mut branches = Vec::new();
    for path in &resource.routes.include {
        grow(schema, resource.model, path, &mut branches);
    }
    branches
}

fn grow<'a>(schema: &'a Schema, model: &'a Model, path: &'a [Text], branches: &mut Vec<Branch<'a>>) {
    let [name, rest @ ..] = path else { return };
    let Some(link) = model.field_index(name).and_then(|field| model.link(field)) else { return };
    let place = branches.iter().position(|branch| branch.name == name.as_str()).unwrap_or_else(|| {
        branches.push(Branch {
            name,
            target: schema.model(link.target),
            cardinality: link.cardinality,
            optional: link.optional,
            branches: Vec::new(),
        });
        branches.len() - 1
    });
    grow(schema, schema.model(link.target), rest, &mut branches[place].branches);
}
