//! A row as the store hands it out: cells that borrow from the driver's buffer.
//!
//! Pure: the encoders (JSON, typed structs) read rows through [`Row`] and never see a driver.

use std::borrow::Cow;

use mimsy_schema::{Date, Document, Finite, Fixed, Time, Timestamp, Value};
use uuid::Uuid;

/// One column of one row. Its variant matches the kind that the statement gave the column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A text, or the stored name of an enum's variant.
    Text(&'a str),
    /// A decimal at the scale of its column.
    Decimal(Fixed),
    /// A moment.
    Timestamp(Timestamp),
    /// A UUID.
    Uuid(Uuid),
    /// A finite number.
    Float(Finite),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A day.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A JSON document, brought to its canonical form.
    Json(Cow<'a, Document>),
}

impl<'a> Cell<'a> {
    /// A value as a cell. What cannot be stored is in no row; it would be NULL.
    #[must_use]
    pub fn of(value: &'a Value) -> Self {
        match value {
            Value::Null | Value::List(_) | Value::Merge(_) | Value::Flawed(_) => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Text(value) => Self::Text(value),
            Value::Decimal(value) => Self::Decimal(*value),
            Value::Timestamp(value) => Self::Timestamp(*value),
            Value::Uuid(value) => Self::Uuid(*value),
            Value::Float(value) => Self::Float(*value),
            Value::Bytes(value) => Self::Bytes(value),
            Value::Date(value) => Self::Date(*value),
            Value::Time(value) => Self::Time(*value),
            Value::Json(value) => Self::Json(Cow::Borrowed(value)),
        }
    }

    /// The cell as an owned value.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Text(value) => Value::Text(value.to_owned()),
            Self::Decimal(value) => Value::Decimal(value),
            Self::Timestamp(value) => Value::Timestamp(value),
            Self::Uuid(value) => Value::Uuid(value),
            Self::Float(value) => Value::Float(value),
            Self::Bytes(value) => Value::Bytes(value.to_vec()),
            Self::Date(value) => Value::Date(value),
            Self::Time(value) => Value::Time(value),
            Self::Json(value) => Value::Json(value.into_owned()),
        }
    }
}

/// A row of a running statement.
pub trait Row {
    /// The cell at a position of the statement's [`columns`](crate::sql::Statement::columns).
    ///
    /// # Errors
    /// When the database holds something else than the schema says: a defect of the data, never of the caller.
    fn cell(&self, index: usize) -> Result<Cell<'_>, BadCell>;
}

/// Values as a row.
impl Row for Vec<Value> {
    fn cell(&self, index: usize) -> Result<Cell<'_>, BadCell> {
        Ok(Cell::of(&self[index]))
    }
}

/// The database holds something else than the schema says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {index} holds {found}, and the schema says {expected}")]
pub struct BadCell {
    /// The position of the column.
    pub index: usize,
    /// What the schema says.
    pub expected: &'static str,
    /// What was found, in words; never the value itself.
    pub found: String,
}
