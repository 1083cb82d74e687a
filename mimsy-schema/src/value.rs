//! A value of any kind: what a column holds, what a literal means, what a bind carries.

use uuid::Uuid;

use crate::{Fixed, Timestamp};

/// One value. Its variant always matches the [`Kind`](crate::Kind) of the field that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Absent: SQL's NULL.
    Null,
    /// `bool`.
    Bool(bool),
    /// Every integer type, widened.
    Int(i64),
    /// Text, and the stored name of an enum's variant.
    Text(String),
    /// An exact decimal.
    Decimal(Fixed),
    /// Microseconds in UTC.
    Timestamp(Timestamp),
    /// A key made by the application.
    Uuid(Uuid),
}

impl Value {
    /// Whether this is NULL.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// What can stand as a leaf of an expression or as a default.
///
/// A macro sees a constant's name and never its type, so `MAX` and `Self::LIMIT` become leaves of an expression through
/// this trait.
pub trait ToValue {
    /// The value.
    fn to_value(&self) -> Value;
}

impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl ToValue for i64 {
    fn to_value(&self) -> Value {
        Value::Int(*self)
    }
}

impl ToValue for i32 {
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
}

impl ToValue for i16 {
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
}

impl ToValue for &str {
    fn to_value(&self) -> Value {
        Value::Text((*self).to_owned())
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl ToValue for Fixed {
    fn to_value(&self) -> Value {
        Value::Decimal(*self)
    }
}

impl ToValue for Timestamp {
    fn to_value(&self) -> Value {
        Value::Timestamp(*self)
    }
}

impl ToValue for Uuid {
    fn to_value(&self) -> Value {
        Value::Uuid(*self)
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}
