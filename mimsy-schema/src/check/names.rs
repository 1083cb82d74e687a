//! Names and keys: unique, and such that a database and a URL can carry them.

use std::collections::HashSet;

use super::Parts;
use crate::{Code, Diagnostics, Duty, Fragment, Kind};

/// Postgres cuts identifiers after 63 bytes; ours leave room for the suffix of an index.
const LONGEST: usize = 48;

/// Tables that belong to the framework or to the database itself.
pub(super) fn reserved(fragments: &[Fragment], found: &mut Diagnostics) {
    for Fragment { entity, .. } in fragments {
        let table = &entity.table;
        if ["_mimsy", "sqlite_", "pg_"].iter().any(|prefix| table.starts_with(prefix)) {
            let message = format!("`{table}` is a reserved table name");
            found.add(Code::BadName, entity.name.as_str(), message, "give the table another name");
        }
    }
}

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    let (mut names, mut tables, mut paths) = (HashSet::new(), HashSet::new(), HashSet::new());
    for fragment in parts.fragments {
        let entity = &fragment.entity;
        let place = entity.name.as_str();
        if !names.insert(place) {
            found.add(Code::Duplicate, place, "two entities have this name", "rename one of the structs");
        }
        if !tables.insert(entity.table.as_str()) {
            let message = format!("another entity has the table `{}`", entity.table);
            found.add(Code::Duplicate, place, message, "say `#[entity(table = \"…\")]` on one of them");
        }
        if let Some(routes) = &fragment.routes
            && !paths.insert(routes.path.as_str())
        {
            let message = format!("another entity has the path `{}`", routes.path);
            found.add(Code::Duplicate, place, message, "say `#[routes(path = \"…\")]` on one of them");
        }
        identifier(place, "table", &entity.table, found);
        fields(fragment, found);
    }
}

fn fields(fragment: &Fragment, found: &mut Diagnostics) {
    let entity = &fragment.entity;
    let (mut names, mut columns) = (HashSet::new(), HashSet::new());
    for field in &entity.fields {
        let place = format!("{}.{}", entity.name, field.name);
        if !names.insert(field.name.as_str()) {
            found.add(Code::Duplicate, &place, "two fields have this name", "rename one of them");
        }
        if field.is_column() && !columns.insert(field.column.as_str()) {
            let message = format!("another field has the column `{}`", field.column);
            found.add(Code::Duplicate, &place, message, "rename one of them");
        }
        if field.name.starts_with('_') {
            found.add(Code::BadName, &place, "names with a leading `_` are the framework's own", "rename the field");
        }
        let counts_beside = field.is_counted() && !entity.key.contains(&field.name);
        if counts_beside || (field.duty == Duty::Key && !is_made(field.kind)) {
            let message = "the server makes UUIDs, and counts integers that are the key; nothing else";
            found.add(Code::NoKey, &place, message, "make it the key, or let it be given");
        }
        identifier(&place, "column", &field.column, found);
    }
    if entity.key.is_empty() {
        found.add(Code::NoKey, entity.name.as_str(), "the entity has no key", "add `pub id: Id<Self>`");
    }
    for (at, key) in entity.key.iter().enumerate() {
        let field = entity.fields.iter().find(|field| field.name == *key && field.is_column() && !field.nullable);
        let Some(field) = field else {
            let message = format!("the key names `{key}`, which is no required column");
            found.add(Code::NoKey, entity.name.as_str(), message, "name a field that is always there");
            continue;
        };
        if entity.key[..at].contains(key) {
            found.add(Code::NoKey, entity.name.as_str(), format!("the key names `{key}` twice"), "name it once");
        }
        if field.is_counted() && entity.key.len() > 1 {
            let message = format!("the database counts `{key}`, which is a part of the key only");
            found.add(Code::NoKey, entity.name.as_str(), message, "make it the whole key, or let it be given");
        }
        if !names_rows(field.kind) {
            let message = format!("`{key}` is of the kind {}, and no path names a row by that", field.kind.name());
            found.add(Code::NoKey, entity.name.as_str(), message, "make it a text, an integer or a UUID");
        }
    }
}

/// Whether the server can make a value of this kind that no other row has.
fn is_made(kind: Kind) -> bool {
    matches!(kind, Kind::Uuid | Kind::Int)
}

/// Whether a value of this kind names a row: it is equal to itself alone, and a path can carry it.
fn names_rows(kind: Kind) -> bool {
    match kind {
        Kind::Int | Kind::Text | Kind::Timestamp | Kind::Date | Kind::Time | Kind::Uuid | Kind::Enum => true,
        Kind::Bool | Kind::Float | Kind::Bytes | Kind::Decimal | Kind::Json | Kind::List | Kind::Row | Kind::Rows => {
            false
        }
    }
}

fn identifier(place: &str, what: &str, name: &str, found: &mut Diagnostics) {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if name.is_empty() || !plain || name.starts_with(|c: char| c.is_ascii_digit()) {
        let message = format!("`{name}` cannot be a {what}: lower-case ASCII letters, digits and `_` only");
        found.add(Code::BadName, place, message, format!("give the {what} another name"));
    }
    if name.len() > LONGEST {
        let message = format!("`{name}` has {} bytes; a {what} may have {LONGEST}", name.len());
        found.add(Code::BadName, place, message, format!("give the {what} a shorter name"));
    }
}
