//! Statements that write rows.

use mimsy_schema::{Model, Value};

use super::select::{Reader, VERSION, keyed};
use super::writer::Writer;
use super::{Dialect, Statement};
use crate::query::Condition;

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
    w.push(") VALUES ");
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
    let mut w = Writer::new(dialect);
    w.push("UPDATE ").ident(&model.entity.table).push(" AS t SET ");
    for (field, value) in values {
        let field = &model.fields()[*field];
        w.ident(&field.column).push(" = ").bind(value.clone(), field.kind).push(", ");
    }
    w.ident(VERSION).push(" = ").column("t", VERSION).push(" + 1 WHERE ");
    keyed(&mut w, model, "t", key);
    w.finish()
}

/// Delete a row.
#[must_use]
pub fn delete(dialect: &'static Dialect, model: &Model, key: &[Value]) -> Statement {
    let mut w = Writer::new(dialect);
    w.push("DELETE FROM ").ident(&model.entity.table).push(" AS t WHERE ");
    keyed(&mut w, model, "t", key);
    w.finish()
}

/// Delete every row that the conditions hold of, under the reader's scope.
#[must_use]
pub fn delete_where(reader: &Reader<'_>, model: &Model, conditions: &[Condition]) -> Statement {
    let mut w = Writer::new(reader.dialect);
    w.push("DELETE FROM ").ident(&model.entity.table).push(" AS t WHERE ");
    w.scoped(&(reader.scope)(model.id), model, "t", reader);
    for condition in conditions {
        w.push(" AND ");
        w.condition(condition, model, "t", reader);
    }
    w.finish()
}
