//! Items of lists, as JSON writes them: equal values have equal tokens.

use std::fmt::Display;

use super::reader;
use crate::{Date, Finite, Fixed, Kind, Time, Timestamp, Value};

/// A value as an item of a list; `None` of what is no item.
#[must_use]
pub fn token(value: &Value) -> Option<String> {
    let quoted = |value: &dyn Display| format!("\"{value}\"");
    Some(match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(text) => reader::quoted(text),
        Value::Decimal(value) => quoted(value),
        Value::Timestamp(value) => quoted(value),
        Value::Date(value) => quoted(value),
        Value::Time(value) => quoted(value),
        Value::Uuid(value) => quoted(value),
        Value::Null | Value::Bytes(_) | Value::Json(_) | Value::List(_) | Value::Merge(_) | Value::Flawed(_) => {
            return None;
        }
    })
}

/// The value of a canonical token; `None` where it is not of the kind.
#[must_use]
pub fn item(kind: Kind, token: &str) -> Option<Value> {
    let inner = || token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match kind {
        Kind::Bool => token.parse().ok().map(Value::Bool),
        Kind::Int => token.parse().ok().map(Value::Int),
        Kind::Float => Finite::parse(token).map(Value::Float),
        Kind::Text | Kind::Enum => inner().map(|_| Value::Text(reader::plain(token))),
        Kind::Decimal => Fixed::parse(inner()?).map(Value::Decimal),
        Kind::Timestamp => Timestamp::parse(inner()?).map(Value::Timestamp),
        Kind::Date => Date::parse(inner()?).map(Value::Date),
        Kind::Time => Time::parse(inner()?).map(Value::Time),
        Kind::Uuid => inner()?.parse().ok().map(Value::Uuid),
        Kind::Bytes | Kind::Json | Kind::List | Kind::Row | Kind::Rows => None,
    }
}
