//! JSON as a field.

use mimsy_schema::{Document, Kind, Value};
use serde_json::Value as Json;

use super::{Field, FieldType, mismatch};
use crate::shape;

/// Any JSON; `null` is SQL's NULL.
#[diagnostic::do_not_recommend]
impl Field for Json {
    type Shape = shape::Json;
    type Present = Self;
    const TYPE: FieldType = FieldType::plain(Kind::Json);

    fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            json => Document::parse(&json.to_string()).map_or_else(Value::from, Value::Json),
        }
    }

    fn from_value(value: Value) -> Self {
        let Value::Json(document) = value else { mismatch("json", &value) };
        let read = serde_json::from_str(document.as_str());
        read.unwrap_or_else(|_| mismatch("json", &Value::Json(document)))
    }
}
