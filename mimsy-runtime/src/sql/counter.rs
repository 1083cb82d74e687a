//! Statements that ask for the next numbers of a key that the database counts.
//!
//! They are asked for before the row is written, so that its rules see all of it, and no answer of an INSERT is relied on.

use mimsy_schema::{Kind, Model, Value};

use super::dialect::Counters;
use super::writer::Writer;
use super::{Dialect, Statement};

/// The next `count` numbers, a row each; `None` where the key is not counted.
#[must_use]
pub fn next(dialect: &'static Dialect, model: &Model, count: usize) -> Option<Statement> {
    let column = &model.fields()[model.counted()?].column;
    let (table, count) = (&model.entity.table, Value::Int(i64::try_from(count).unwrap_or(i64::MAX)));
    let mut w = Writer::new(dialect);
    match dialect.counters {
        Counters::Sequence => {
            // The function reads its first argument as an identifier, and its second as a name.
            w.push("SELECT nextval(pg_get_serial_sequence('").ident(table).push("', '").push(column);
            w.push("')) FROM generate_series(1, ").bind(count, Kind::Int).push(")");
        }
        Counters::Greatest => {
            w.push("WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ");
            w.bind(count, Kind::Int).push(") SELECT n + max(coalesce((SELECT max(").ident(column).push(") FROM ");
            w.ident(table).push("), 0), ");
            match model.entity.external {
                // Where no table was made to give no number twice, there is no table of the last ones.
                true => w.push("0"),
                false => w.push("coalesce((SELECT seq FROM sqlite_sequence WHERE name = '").push(table).push("'), 0)"),
            };
            w.push(") FROM counted");
        }
    }
    w.returns(Kind::Int, 0);
    Some(w.finish())
}
