//! Statements that lock a number, for what no row stands for: a name that is not written yet, a database without tables.
//!
//! `None` where a transaction that writes has the database to itself anyway. A lock ends with its transaction.

use mimsy_schema::{Kind, Value};

use super::writer::Writer;
use super::{Dialect, Statement};

/// Wait until a number is free, and lock it.
#[must_use]
pub fn wait(dialect: &'static Dialect, number: i64) -> Option<Statement> {
    // The function itself returns nothing that could be read.
    call(dialect, dialect.advisory_locks?.wait, " IS NULL", number)
}

/// Lock a number if it is free: one row, TRUE if it was.
#[must_use]
pub fn attempt(dialect: &'static Dialect, number: i64) -> Option<Statement> {
    call(dialect, dialect.advisory_locks?.attempt, "", number)
}

fn call(dialect: &'static Dialect, function: &str, as_boolean: &str, number: i64) -> Option<Statement> {
    let mut w = Writer::new(dialect);
    w.push("SELECT ").push(function).push("(").bind(Value::Int(number), Kind::Int).push(")").push(as_boolean);
    w.returns(Kind::Bool, 0);
    Some(w.finish())
}
