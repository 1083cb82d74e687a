//! What contradicts itself in one entity, as far as tokens tell. What needs a type is a bound; see `bounds`.

use mimsy_schema::{name, rule};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr};

use super::data;
use super::model::{self, Duty, Entity, Field, Written};
use crate::errors::Errors;

pub(super) fn check(entity: &Entity, errors: &mut Errors) {
    for field in &entity.fields {
        pattern(field, errors);
        len(field, errors);
        schemes(field, errors);
        relation(entity, field, errors);
        by(entity, field, errors);
        increment(entity, field, errors);
        words(&field.label, &field.help, errors);
        if field.key && field.duty == Duty::Updated {
            errors.at(field.keys.span("updated"), "a key never changes, so it is no moment of the last change");
        }
    }
    words(&entity.label, &entity.help, errors);
    tags(entity, errors);
    external(entity, errors);
    once(entity, "login", |field| field.login, errors);
    once(entity, "role", |field| field.role, errors);
    if entity.table.is_empty() {
        errors.at(entity.ident.span(), "the table needs a name");
    }
}

/// What contradicts itself in a type of fields.
pub(super) fn value(field: &Field, errors: &mut Errors) {
    pattern(field, errors);
    len(field, errors);
    schemes(field, errors);
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

fn schemes(field: &Field, errors: &mut Errors) {
    for scheme in field.url.iter().flatten() {
        if !rule::is_scheme(&scheme.value()) {
            let message = "this is no scheme of a URL, which is in lower case and without the colon: `url(\"https\")`";
            errors.at(scheme.span(), message);
        }
    }
}

fn number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse().ok(),
        _ => None,
    }
}

/// The keys that say something of a value.
const OF_VALUES: [&str; 13] = [
    "default",
    "len",
    "min",
    "max",
    "pattern",
    "email",
    "url",
    "ip",
    "one_of",
    "non_empty",
    "custom",
    "created",
    "updated",
];

/// A relation that holds nothing has no column, so nothing can be said of its value; and it needs its inverse.
fn relation(entity: &Entity, field: &Field, errors: &mut Errors) {
    if !matches!(field.written, Written::Many | Written::One) {
        return;
    }
    if field.written == Written::One && field.keys.has("through") {
        let message = format!("`through` reaches any number of rows: make `{}` a `Many<…>`", field.name);
        errors.at(field.keys.span("through"), message);
    }
    if field.keys.has("onward") && !field.keys.has("through") {
        let message = "`onward` is a field of the entity between: name that by `through = …`";
        errors.at(field.keys.span("onward"), message);
    }
    if !field.keys.has("inverse") && !field.keys.has("through") {
        let name = name::snake(&entity.name);
        let message = format!(
            "say which field points back here: `#[field(inverse = {name})]`, the `Ref<{}>` of the other entity",
            entity.name
        );
        errors.at(field.ident.span(), message);
    }
    for key in OF_VALUES.into_iter().chain(["unique", "index", "column", "on_delete", "wide"]) {
        if field.keys.has(key) {
            let many = if field.written == Written::One { "One" } else { "Many" };
            let message = format!("`{key}` says something of a stored value, and a `{many}<…>` stores none");
            errors.at(field.keys.span(key), message);
        }
    }
}

/// A reference that other fields hold has no column either, and names fields that are there.
fn by(entity: &Entity, field: &Field, errors: &mut Errors) {
    let Some(names) = &field.by else { return };
    for name in names {
        let word = name.unraw().to_string();
        if !entity.fields.iter().any(|one| one.name == word && one.is_stored()) {
            errors.at(name.span(), model::unknown(&word, &entity.fields));
        }
    }
    for key in OF_VALUES.into_iter().chain(["unique", "index", "column", "id"]) {
        if field.keys.has(key) {
            let message =
                format!("`{key}` says something of a stored value, and `{}` is held by other fields", field.name);
            errors.at(field.keys.span(key), message);
        }
    }
}

/// What the database counts is the whole key, and nobody says more of it.
fn increment(entity: &Entity, field: &Field, errors: &mut Errors) {
    if !field.increment {
        return;
    }
    let name = &field.name;
    if !field.key {
        let message =
            format!("`increment` counts the keys of rows: make `{name}` the key by `#[field(id, increment)]`");
        errors.at(field.keys.span("increment"), message);
    } else if entity.key.len() > 1 {
        let message = format!(
            "the database counts whole keys, and `{name}` is a part of one: take `increment` away, and give `{name}` on \
             create"
        );
        errors.at(field.keys.span("increment"), message);
    }
    for key in OF_VALUES {
        if field.keys.has(key) && !(key == "default" && field.keys.has("id")) {
            let message = format!("`{key}` says something of a given value, and the database counts `{name}`");
            errors.at(field.keys.span(key), message);
        }
    }
}

/// A label that says nothing would stand where a name should.
fn words(label: &Option<LitStr>, help: &Option<LitStr>, errors: &mut Errors) {
    for (key, text, instead) in [("label", label, "name"), ("help", help, "doc comment")] {
        if let Some(text) = text.as_ref().filter(|text| text.value().trim().is_empty()) {
            errors.at(text.span(), format!("this {key} says nothing: without it, the {instead} serves"));
        }
    }
}

/// Nothing is made in a table of others.
fn external(entity: &Entity, errors: &mut Errors) {
    if !entity.external {
        return;
    }
    for index in entity.indexes.iter().filter(|index| !data::is_total(index)) {
        let message = format!("`{}` is external, so no index is made in its table: take this away", entity.name);
        errors.at(index.span, message);
    }
    for field in entity.fields.iter().filter(|field| field.keys.has("on_delete")) {
        let message = format!(
            "`{}` is external, so the database's own foreign key says what a delete does: take `on_delete` away",
            entity.name
        );
        errors.at(field.keys.span("on_delete"), message);
    }
}

fn tags(entity: &Entity, errors: &mut Errors) {
    for (at, tag) in entity.tags.iter().enumerate() {
        let text = tag.value();
        if text.trim().is_empty() {
            errors.at(tag.span(), "a tag needs a name");
        } else if entity.tags[..at].iter().any(|other| other.value() == text) {
            errors.at(tag.span(), format!("the tag `{text}` is said twice"));
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
