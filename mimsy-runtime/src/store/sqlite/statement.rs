//! Binds in, cells out: one statement on one connection.

use std::borrow::Cow;

use mimsy_schema::{Date, Document, Finite, Fixed, Kind, Time, Timestamp, Value};
use rusqlite::types::{ToSqlOutput, Type, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};
use uuid::Uuid;

use super::failure::store_error;
use crate::row::{BadCell, Cell, Row};
use crate::sql::{Bind, Column, Statement};
use crate::store::StoreError;
use crate::store::error::UNFINISHED;

/// Hand on the rows of a statement.
pub(super) fn rows(
    prepared: &mut CachedStatement<'_>,
    statement: &Statement,
    each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
) -> Result<(), StoreError> {
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next().map_err(store_error)? {
        each(&SqliteRow { row, columns: &statement.columns })?;
    }
    Ok(())
}

/// Run a statement that returns nothing; answers how many rows it touched.
pub(super) fn execute(prepared: &mut CachedStatement<'_>) -> Result<u64, StoreError> {
    Ok(prepared.raw_execute().map_err(store_error)? as u64)
}

/// Run a statement of our own that stays prepared: it begins or ends something.
pub(super) fn run(connection: &Connection, text: &'static str) -> Result<(), StoreError> {
    connection.prepare_cached(text).and_then(|mut prepared| prepared.raw_execute()).map_err(store_error)?;
    Ok(())
}

/// Run SQL text without parameters.
pub(super) fn define(connection: &Connection, text: &str) -> Result<(), StoreError> {
    connection.execute_batch(text).map_err(store_error)
}

/// A statement with its binds, ready to run.
pub(super) fn bound<'c>(connection: &'c Connection, statement: &Statement) -> Result<CachedStatement<'c>, StoreError> {
    let mut prepared = connection.prepare_cached(&statement.text).map_err(store_error)?;
    // SQLite would take a parameter without a bind for NULL.
    if prepared.parameter_count() != statement.binds.len() {
        return Err(StoreError::defect(format!(
            "the statement has {} parameters and {} binds",
            prepared.parameter_count(),
            statement.binds.len()
        )));
    }
    for (index, bind) in statement.binds.iter().enumerate() {
        prepared.raw_bind_parameter(index + 1, Parameter(bind)).map_err(store_error)?;
    }
    Ok(prepared)
}

/// A bind as an owned value.
pub(in crate::store) fn parameter(bind: &Bind) -> Result<rusqlite::types::Value, StoreError> {
    Ok(match Parameter(bind).to_sql().map_err(store_error)? {
        ToSqlOutput::Borrowed(value) => value.try_into().map_err(|_| StoreError::defect("a bind is a plain value"))?,
        ToSqlOutput::Owned(value) => value,
        _ => return Err(StoreError::defect("a bind is a plain value")),
    })
}

struct Parameter<'a>(&'a Bind);

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match &self.0.value {
            Value::Null => ValueRef::Null,
            Value::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Decimal(value) => ValueRef::Integer(
                i64::try_from(value.unscaled).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?,
            ),
            Value::Timestamp(value) => ValueRef::Integer(value.as_micros()),
            Value::Uuid(value) => ValueRef::Blob(value.as_bytes()),
            Value::Float(value) => ValueRef::Real(value.get()),
            Value::Bytes(value) => ValueRef::Blob(value),
            Value::Date(value) => ValueRef::Integer(i64::from(value.as_days())),
            Value::Time(value) => ValueRef::Integer(value.as_micros()),
            Value::Json(value) => ValueRef::Text(value.as_str().as_bytes()),
            Value::List(_) | Value::Merge(_) => {
                return Err(rusqlite::Error::ToSqlConversionFailure(UNFINISHED.into()));
            }
            Value::Flawed(flaw) => return Err(rusqlite::Error::ToSqlConversionFailure(flaw.detail.clone().into())),
        }))
    }
}

struct SqliteRow<'r> {
    row: &'r rusqlite::Row<'r>,
    columns: &'r [Column],
}

impl Row for SqliteRow<'_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>, BadCell> {
        let bad = |expected, found: &str| BadCell { index, expected, found: found.to_owned() };
        let column = self.columns.get(index).ok_or_else(|| bad("no such column", "a reader that asks for it"))?;
        let value = self.row.get_ref(index).map_err(|_| bad(column.kind.name(), "no such column"))?;
        let expected = column.kind.name();
        Ok(match (column.kind, value) {
            (_, ValueRef::Null) => Cell::Null,
            (Kind::Bool, ValueRef::Integer(0)) => Cell::Bool(false),
            (Kind::Bool, ValueRef::Integer(1)) => Cell::Bool(true),
            (Kind::Bool, ValueRef::Integer(_)) => return Err(bad(expected, "an integer that is neither 0 nor 1")),
            (Kind::Int, ValueRef::Integer(value)) => Cell::Int(value),
            (Kind::Text | Kind::Enum, ValueRef::Text(bytes)) => {
                Cell::Text(std::str::from_utf8(bytes).map_err(|_| bad(expected, "text that is not UTF-8"))?)
            }
            (Kind::Decimal, ValueRef::Integer(value)) => Cell::Decimal(Fixed::new(i128::from(value), column.scale)),
            (Kind::Timestamp, ValueRef::Integer(value)) => Cell::Timestamp(
                Timestamp::from_micros(value)
                    .ok_or_else(|| bad(expected, "a moment outside the years 0001 to 9999"))?,
            ),
            (Kind::Uuid, ValueRef::Blob(bytes)) => {
                Cell::Uuid(Uuid::from_slice(bytes).map_err(|_| bad(expected, "a blob that is not 16 bytes long"))?)
            }
            (Kind::Float, ValueRef::Real(value)) => {
                Cell::Float(Finite::new(value).ok_or_else(|| bad(expected, "an infinity"))?)
            }
            (Kind::Bytes, ValueRef::Blob(bytes)) => Cell::Bytes(bytes),
            (Kind::Date, ValueRef::Integer(value)) => Cell::Date(
                i32::try_from(value)
                    .ok()
                    .and_then(Date::from_days)
                    .ok_or_else(|| bad(expected, "a day outside the years 0001 to 9999"))?,
            ),
            (Kind::Time, ValueRef::Integer(value)) => {
                Cell::Time(Time::from_micros(value).ok_or_else(|| bad(expected, "no time of a day"))?)
            }
            (Kind::Json | Kind::List, ValueRef::Text(bytes)) => Cell::Json(Cow::Owned(
                std::str::from_utf8(bytes)
                    .ok()
                    .and_then(|text| Document::stored(text).ok())
                    .ok_or_else(|| bad(expected, "JSON without a canonical form"))?,
            )),
            (_, other) => return Err(bad(expected, storage(other.data_type()))),
        })
    }
}

fn storage(kind: Type) -> &'static str {
    match kind {
        Type::Null => "NULL",
        Type::Integer => "an integer",
        Type::Real => "a floating-point number",
        Type::Text => "text",
        Type::Blob => "a blob",
    }
}
