//! A value of any kind: what a column holds, what a literal means, what a bind carries.

use uuid::Uuid;

use crate::{Date, Document, Finite, Fixed, Kind, Time, Timestamp};

/// One value. Its variant always matches the [`Kind`] of the field that it belongs to.
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
    /// A UUID.
    Uuid(Uuid),
    /// A finite number.
    Float(Finite),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A day.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A JSON document.
    Json(Document),
    /// The items of a list, until they are checked and become a document.
    List(Vec<Self>),
    /// What is merged into the JSON document that is there (RFC 7396): it stands in the input of an update, and becomes a
    /// document before anybody judges the row.
    Merge(Document),
    /// What a value of the program's had that no column can hold. Validation tells it; it never gets further.
    Flawed(Box<Flaw>),
}

/// Why a value of the program's cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flaw {
    /// The stable code, in upper snake case.
    pub code: &'static str,
    /// What is wrong, in words.
    pub detail: String,
    /// Where inside of the value: a JSON pointer, empty for the value itself.
    pub pointer: String,
}

impl Flaw {
    /// What is wrong with a value as a whole.
    #[must_use]
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), pointer: String::new() }
    }
}

impl From<Flaw> for Value {
    fn from(flaw: Flaw) -> Self {
        Self::Flawed(Box::new(flaw))
    }
}

impl Value {
    /// Whether this is NULL.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What `len` counts: the code points of a text, bytes, the items of a list.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Text(text) => Some(text.chars().count() as u64),
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::List(items) => Some(items.len() as u64),
            _ => None,
        }
    }

    /// A number as a float, the nearest one; `None` where it is no number. A constant without a fraction, or written as a
    /// decimal, limits a float, too.
    #[must_use]
    pub fn as_float(&self) -> Option<Finite> {
        match self {
            Self::Float(number) => Some(*number),
            Self::Int(number) => Finite::parse(&number.to_string()),
            Self::Decimal(number) => Finite::parse(&number.to_string()),
            _ => None,
        }
    }

    /// A constant of a number's field, in its kind: an integer is also a decimal, and either is also a float.
    #[must_use]
    pub fn of_kind(self, kind: Kind) -> Self {
        match self {
            Self::Int(int) if kind == Kind::Decimal => Self::Decimal(Fixed::new(i128::from(int), 0)),
            number if kind == Kind::Float => number.as_float().map_or(number, Self::Float),
            value => value,
        }
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

impl ToValue for f64 {
    fn to_value(&self) -> Value {
        let not_finite = || Flaw::new("RANGE", "must be a finite number").into();
        Finite::new(*self).map_or_else(not_finite, Value::Float)
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

impl ToValue for Date {
    fn to_value(&self) -> Value {
        Value::Date(*self)
    }
}

impl ToValue for Time {
    fn to_value(&self) -> Value {
        Value::Time(*self)
    }
}

impl ToValue for &[u8] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl<const N: usize> ToValue for &[u8; N] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl ToValue for Document {
    fn to_value(&self) -> Value {
        Value::Json(self.clone())
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
