//! Cells out of Postgres' binary format, told by the type that the server names.

use std::borrow::Cow;

use mimsy_schema::{Date, Document, Finite, Fixed, Kind, Time, Timestamp};
use sqlx::Row as _;
use sqlx::postgres::{PgRow, PgValueFormat};
use sqlx::{TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use super::bind::{
    BOOL, BPCHAR, BYTEA, DATE, EPOCH, EPOCH_DAY, FLOAT4, FLOAT8, INT2, INT4, INT8, JSONB, JSONB_VERSION, NAME, NUMERIC,
    TEXT, TIME, TIMESTAMPTZ, UNKNOWN, UUID, VARCHAR,
};
use super::numeric::Numeric;
use crate::row::{BadCell, Cell, Row};
use crate::sql::Column;

/// A row of the driver, read by the columns of its statement.
pub(super) struct PostgresRow<'r> {
    row: &'r PgRow,
    columns: &'r [Column],
}

impl<'r> PostgresRow<'r> {
    pub(super) fn new(row: &'r PgRow, columns: &'r [Column]) -> Self {
        Self { row, columns }
    }
}

impl Row for PostgresRow<'_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>, BadCell> {
        let bad = |expected, found: &str| BadCell { index, expected, found: found.to_owned() };
        let column = self.columns.get(index).ok_or_else(|| bad("no such column", "a reader that asks for it"))?;
        let expected = column.kind.name();
        let value = self.row.try_get_raw(index).map_err(|_| bad(expected, "no such column"))?;
        if value.is_null() {
            return Ok(Cell::Null);
        }
        if value.format() != PgValueFormat::Binary {
            return Err(bad(expected, "a value in text format"));
        }
        let info = value.type_info();
        let other = || bad(expected, info.name());
        let bytes = value.as_bytes().map_err(|_| other())?;
        let oid = info.oid().ok_or_else(other)?;
        Ok(match column.kind {
            Kind::Bool if oid == BOOL => Cell::Bool(bytes == [1]),
            Kind::Int if is_int(oid) => Cell::Int(int(bytes).ok_or_else(other)?),
            // The sum of a BIGINT column is a NUMERIC.
            Kind::Int if oid == NUMERIC => Numeric::from_bytes(bytes, 0)
                .and_then(|number| i64::try_from(number.unscaled).ok())
                .map(Cell::Int)
                .ok_or_else(|| bad(expected, "a NUMERIC that is no 64-bit integer"))?,
            Kind::Decimal if oid == NUMERIC => Numeric::from_bytes(bytes, column.scale)
                .map(Cell::Decimal)
                .ok_or_else(|| bad(expected, "a NUMERIC that the column's scale cannot hold"))?,
            Kind::Decimal if is_int(oid) => int(bytes)
                .and_then(|number| Fixed::new(i128::from(number), 0).rescale(column.scale))
                .map(Cell::Decimal)
                .ok_or_else(other)?,
            Kind::Text | Kind::Enum if [TEXT, VARCHAR, BPCHAR, NAME, UNKNOWN].contains(&oid) => {
                Cell::Text(std::str::from_utf8(bytes).map_err(|_| bad(expected, "text that is not UTF-8"))?)
            }
            Kind::Timestamp if oid == TIMESTAMPTZ => int(bytes)
                .and_then(|micros| Timestamp::from_micros(micros.checked_add(EPOCH)?))
                .map(Cell::Timestamp)
                .ok_or_else(|| bad(expected, "a moment outside the years 0001 to 9999"))?,
            Kind::Uuid if oid == UUID => Cell::Uuid(Uuid::from_slice(bytes).map_err(|_| other())?),
            Kind::Float if [FLOAT8, FLOAT4].contains(&oid) => float(bytes)
                .and_then(Finite::new)
                .map(Cell::Float)
                .ok_or_else(|| bad(expected, "NaN or an infinity"))?,
            Kind::Bytes if oid == BYTEA => Cell::Bytes(bytes),
            Kind::Json | Kind::List if oid == JSONB => bytes
                .strip_prefix(&[JSONB_VERSION])
                .and_then(|text| Document::stored(std::str::from_utf8(text).ok()?).ok())
                .map(|document| Cell::Json(Cow::Owned(document)))
                .ok_or_else(|| bad(expected, "JSON without a canonical form"))?,
            Kind::Date if oid == DATE => day(bytes)
                .and_then(|days| Date::from_days(days.checked_add(EPOCH_DAY)?))
                .map(Cell::Date)
                .ok_or_else(|| bad(expected, "a day outside the years 0001 to 9999"))?,
            Kind::Time if oid == TIME => int(bytes)
                .and_then(Time::from_micros)
                .map(Cell::Time)
                .ok_or_else(|| bad(expected, "24:00, which is no time of a day"))?,
            _ => return Err(other()),
        })
    }
}

fn is_int(oid: sqlx::postgres::types::Oid) -> bool {
    [INT8, INT4, INT2].contains(&oid)
}

fn day(bytes: &[u8]) -> Option<i32> {
    Some(i32::from_be_bytes(bytes.try_into().ok()?))
}

fn float(bytes: &[u8]) -> Option<f64> {
    Some(match bytes.len() {
        8 => f64::from_be_bytes(bytes.try_into().ok()?),
        4 => f64::from(f32::from_be_bytes(bytes.try_into().ok()?)),
        _ => return None,
    })
}

fn int(bytes: &[u8]) -> Option<i64> {
    Some(match bytes.len() {
        8 => i64::from_be_bytes(bytes.try_into().ok()?),
        4 => i64::from(i32::from_be_bytes(bytes.try_into().ok()?)),
        2 => i64::from(i16::from_be_bytes(bytes.try_into().ok()?)),
        _ => return None,
    })
}
