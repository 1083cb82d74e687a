//! What contradicts itself in one entity, as far as tokens tell. What needs a type is a bound; see `bounds`.

use mimsy_schema::name;
use syn::{Expr, ExprLit, Lit};

use super::model::{Entity, Field};
use crate::errors::Errors;

pub(super) fn check(entity: &Entity, errors: &mut Errors) {
    for field in &entity.fields {
        pattern(field, errors);
        len(field, errors);
        to_many(entity, field, errors);
    }
    once(entity, "login", |field| field.login, errors);
    once(entity, "role", |field| field.role, errors);
    if entity.table.is_empty() {
        errors.at(entity.ident.span(), "the table needs a name");
    }
}

fn pattern(field: &Field, errors: &mut Errors) {
    let Some(pattern) = &field.pattern else { return };
    if let Err(error) = regex::Regex::new(&pattern.value()) {
        // The last line says what is wrong; the ones before it draw the pattern again.
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
        errors.at(pattern.span(), format!("this is no regular expression: {reason}"));
    }
}

fn len(field: &Field, errors: &mut Errors) {
    let Some((Some(min), Some(max))) = &field.len else { return };
    if let (Some(least), Some(most)) = (number(min), number(max))
        && least > most
    {
        errors.on(min, format!("nothing has a length of at least {least} and at most {most}"));
    }
}

fn number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse().ok(),
        _ => None,
    }
}

/// A to-many has no column, so nothing can be said of its value; and it needs its inverse.
fn to_many(entity: &Entity, field: &Field, errors: &mut Errors) {
    if !field.many {
        return;
    }
    if field.inverse.is_none() && !field.keys.has("inverse") {
        let name = name::snake(&entity.name);
        let message = format!(
            "say which field points back here: `#[field(inverse = {name})]`, the `Ref<{}>` of the other entity",
            entity.name
        );
        errors.at(field.ident.span(), message);
    }
    for key in [
        "default",
        "len",
        "min",
        "max",
        "pattern",
        "email",
        "unique",
        "column",
        "on_delete",
        "created",
        "updated",
        "wide",
    ] {
        if field.keys.has(key) {
            let message = format!("`{key}` says something of a stored value, and a `Many<…>` stores none");
            errors.at(field.keys.span(key), message);
        }
    }
}

fn once(entity: &Entity, key: &str, says: impl Fn(&Field) -> bool, errors: &mut Errors) {
    let mut said = entity.fields.iter().filter(|field| says(field) && field.cfgs.is_empty());
    let Some(first) = said.next() else { return };
    for second in said {
        let message = format!("`{key}` marks one field, and it marks `{}` already", first.name);
        errors.at(second.keys.span(key), message);
    }
}
