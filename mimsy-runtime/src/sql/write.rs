//! Statements that write rows.

use mimsy_schema::{Model, Value};

use super::select::{ROW, Reader, VERSION};
use super::writer::Writer;
use super::{Dialect, Statement};
use crate::query::Condition;

/// What is changed of one row: its key, and fields with their values.
pub type Changed<'a> = (&'a [Value], &'a [(usize, Value)]);

/// The table of binds of an UPDATE that changes rows differently; a name with a leading `_` is the framework's.
const NEW: &str = "_new";

/// Insert a row; its version is 1.
#[must_use]
pub fn insert(dialect: &'static Dialect, model: &Model, values: &[(usize, Value)]) -> Statement {
    insert_many(dialect, model, &[values])
}

/// Insert rows that all have values for the same fields, in the same order.
#[must_use]
pub fn insert_many(dialect: &'static Dialect, model: &Model, rows: &[&[(usize, Value)]]) -> Statement {
    let mut w = Writer::new(dialect);
    w.push("INSERT INTO ").ident(&model.entity.table).push(" (");
    w.list(rows.first().copied().unwrap_or_default(), ", ", |w, (field, _)| {
        w.ident(&model.fields()[*field].column);
    });
    w.push(")");
    if model.entity.external && model.counted().is_some() {
        // The number was asked for before, as of any counted key, and the owner may have said that it always is the database's.
        w.push(dialect.given_anyway);
    }
    w.push(" VALUES ");
    w.list(rows, ", ", |w, row| {
        w.push("(");
        w.list(*row, ", ", |w, (field, value)| {
            w.bind(value.clone(), model.fields()[*field].kind);
        });
        w.push(")");
    });
    w.finish()
}

/// Change fields of a row and raise its version.
#[must_use]
pub fn update(dialect: &'static Dialect, model: &Model, key: &[Value], values: &[(usize, Value)]) -> Statement {
    update_alike(dialect, model, &[key], values)
}

/// Change fields of rows to the same values and raise their versions.
#[must_use]
pub fn update_alike(
    dialect: &'static Dialect,
    model: &Model,
    keys: &[&[Value]],
    values: &[(usize, Value)],
) -> Statement {
    let mut w = Writer::new(dialect);
    w.push("UPDATE ").ident(&model.entity.table).push(" AS ").push(ROW).push(" SET ");
    w.list(values, ", ", |w, (field, value)| {
        let field = &model.fields()[*field];
        w.ident(&field.column).push(" = ").bind(value.clone(), field.kind);
    });
    w.raise_version(model, values.len()).push(" WHERE ").keyed(model, keys);
    w.finish()
}

/// Change the same fields of rows, each to values of its own, and raise their versions.
#[must_use]
pub fn update_many(dialect: &'static Dialect, model: &Model, rows: &[Changed<'_>]) -> Statement {
    let [(key, values), rest @ ..] = rows else { return update_alike(dialect, model, &[], &[]) };
    if rest.iter().all(|(_, other)| other == values) {
        let keys: Vec<&[Value]> = rows.iter().map(|(key, _)| *key).collect();
        return update_alike(dialect, model, &keys, values);
    }
    let fields = || model.key.iter().copied().take(key.len()).chain(values.iter().map(|(field, _)| *field));
    let mut w = Writer::new(dialect);
    w.push("WITH ").ident(NEW).push(" (");
    w.list(fields(), ", ", |w, field| {
        w.ident(&model.fields()[field].column);
    });
    w.push(") AS (VALUES ");
    w.list(rows, ", ", |w, (key, values)| {
        w.push("(");
        let row = key.iter().chain(values.iter().map(|(_, value)| value));
        w.list(fields().zip(row), ", ", |w, (field, value)| {
            w.bind(value.clone(), model.fields()[field].kind);
        });
        w.push(")");
    });
    w.push(") UPDATE ").ident(&model.entity.table).push(" AS ").push(ROW).push(" SET ");
    w.list(*values, ", ", |w, (field, _)| {
        let column = &model.fields()[*field].column;
        w.ident(column).push(" = ").ident(NEW).push(".").ident(column);
    });
    w.raise_version(model, values.len()).push(" FROM ").ident(NEW).push(" WHERE ");
    w.list(&model.key, " AND ", |w, field| {
        let column = &model.fields()[*field].column;
        w.column(ROW, column).push(" = ").ident(NEW).push(".").ident(column);
    });
    w.finish()
}

/// Delete a row.
#[must_use]
pub fn delete(dialect: &'static Dialect, model: &Model, key: &[Value]) -> Statement {
    delete_many(dialect, model, &[key])
}

/// Delete rows by their keys.
#[must_use]
pub fn delete_many(dialect: &'static Dialect, model: &Model, keys: &[&[Value]]) -> Statement {
    let mut w = Writer::new(dialect);
    w.push("DELETE FROM ").ident(&model.entity.table).push(" AS ").push(ROW).push(" WHERE ").keyed(model, keys);
    w.finish()
}

/// Delete every row that the conditions hold of, under the reader's scope.
#[must_use]
pub fn delete_where(reader: &Reader<'_>, model: &Model, conditions: &[Condition]) -> Statement {
    let mut w = Writer::new(reader.dialect);
    w.push("DELETE FROM ").ident(&model.entity.table).push(" AS ").push(ROW).push(" WHERE ");
    w.scoped(&(reader.scope)(model.id), model, ROW, reader);
    for condition in conditions {
        w.push(" AND ");
        w.condition(condition, model, ROW, reader);
    }
    w.finish()
}

impl Writer {
    /// `, "_version" = t."_version" + 1`, where rows have one.
    fn raise_version(&mut self, model: &Model, after: usize) -> &mut Self {
        if model.entity.external {
            return self;
        }
        if after > 0 {
            self.push(", ");
        }
        self.ident(VERSION).push(" = ").column(ROW, VERSION).push(" + 1")
    }
}
