//! The canonical JSON form of a schema, both ways.
//!
//! Canonical: entities sorted by name, keys sorted, no white space, every property present. Equal schemas have equal
//! texts, whatever front end made them. Places in source files are no part of it.

use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::expr::Leaf;
use crate::{Date, Document, Finite, Fixed, Fragment, List, Schema, Text, Time, Timestamp, Value};

/// The canonical JSON of a schema.
#[must_use]
pub fn canonical(schema: &Schema) -> String {
    to_json(&schema.fragments())
}

/// The canonical JSON of fragments.
#[must_use]
pub fn to_json(fragments: &[Fragment]) -> String {
    let mut sorted: Vec<&Fragment> = fragments.iter().collect();
    sorted.sort_by(|a, b| a.entity.name.cmp(&b.entity.name));
    let mut out = String::new();
    match serde_json::to_value(sorted) {
        Ok(json) => write(&json, &mut out),
        // Only a map with keys that are no texts can fail, and there is none.
        Err(error) => unreachable!("a schema is always JSON: {error}"),
    }
    out
}

/// Read fragments from JSON; [`assemble`](fn@crate::assemble) then checks them like any others.
///
/// # Errors
/// When the text is not JSON of that form.
pub fn from_json(json: &str) -> Result<Vec<Fragment>, serde_json::Error> {
    serde_json::from_str(json)
}

/// Print with sorted keys. A dependency may have switched `preserve_order` on, so the map's own order is not enough.
fn write(json: &Json, out: &mut String) {
    match json {
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Json::String(key.clone()).to_string());
                out.push(':');
                write(&map[key], out);
            }
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::Owned)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::Owned)
    }
}

impl Serialize for Leaf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Leaf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::Owned)
    }
}

/// A value with its kind, since JSON has fewer kinds than we do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tagged {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Decimal(String),
    Timestamp(String),
    Uuid(String),
    Float(String),
    Bytes(Vec<u8>),
    Date(String),
    Time(String),
    Json(String),
    List(Vec<Value>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tagged = match self {
            Self::Null => Tagged::Null,
            Self::Bool(value) => Tagged::Bool(*value),
            Self::Int(value) => Tagged::Int(*value),
            Self::Text(value) => Tagged::Text(value.clone()),
            Self::Decimal(value) => Tagged::Decimal(value.to_string()),
            Self::Timestamp(value) => Tagged::Timestamp(value.to_string()),
            Self::Uuid(value) => Tagged::Uuid(value.to_string()),
            Self::Float(value) => Tagged::Float(value.to_string()),
            Self::Bytes(value) => Tagged::Bytes(value.clone()),
            Self::Date(value) => Tagged::Date(value.to_string()),
            Self::Time(value) => Tagged::Time(value.to_string()),
            Self::Json(value) => Tagged::Json(value.to_string()),
            Self::List(items) => Tagged::List(items.clone()),
            // No checked schema holds one.
            Self::Merge(_) | Self::Flawed(_) => Tagged::Null,
        };
        tagged.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Tagged::deserialize(deserializer)? {
            Tagged::Null => Self::Null,
            Tagged::Bool(value) => Self::Bool(value),
            Tagged::Int(value) => Self::Int(value),
            Tagged::Text(value) => Self::Text(value),
            Tagged::Decimal(text) => Self::Decimal(Fixed::parse(&text).ok_or_else(|| D::Error::custom("a decimal"))?),
            Tagged::Timestamp(text) => {
                Self::Timestamp(Timestamp::parse(&text).ok_or_else(|| D::Error::custom("a moment"))?)
            }
            Tagged::Uuid(text) => Self::Uuid(text.parse().map_err(D::Error::custom)?),
            Tagged::Float(text) => Self::Float(Finite::parse(&text).ok_or_else(|| D::Error::custom("a number"))?),
            Tagged::Bytes(bytes) => Self::Bytes(bytes),
            Tagged::Date(text) => Self::Date(Date::parse(&text).ok_or_else(|| D::Error::custom("a day"))?),
            Tagged::Time(text) => Self::Time(Time::parse(&text).ok_or_else(|| D::Error::custom("a time of day"))?),
            Tagged::List(items) => Self::List(items),
            Tagged::Json(text) => Self::Json(Document::parse(&text).map_err(|flaw| D::Error::custom(flaw.detail))?),
        })
    }
}

#[cfg(test)]
mod tests;
