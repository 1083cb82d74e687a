//! JSON as a field: of any form, or of that of a type of the program's.

use std::ops::{Deref, DerefMut};

use mimsy_schema::field::Form;
use mimsy_schema::{Document, Flaw, Kind, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Field, FieldType, mismatch};
use crate::shape;

/// Any JSON; `null` is SQL's NULL.
#[diagnostic::do_not_recommend]
impl Field for serde_json::Value {
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

/// A value of a type of the program's, stored as JSON.
///
/// What cannot be read as a `T` is refused, with its place; over HTTP, and where a merge patch would leave it so. What is
/// stored and is no `T` any more, since the type has changed, is an error of the operator's where a program reads it; HTTP
/// tells it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Field for Json<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    type Shape = shape::Json;
    type Present = Self;
    const TYPE: FieldType = FieldType { form: Form(Some(check::<T>)), ..FieldType::plain(Kind::Json) };

    fn into_value(self) -> Value {
        let written = serde_json::to_string(&self.0);
        match written.map_err(|error| Flaw::new("TYPE", format!("cannot be written as JSON: {error}"))) {
            Ok(text) if text == "null" => Value::Null,
            Ok(text) => Document::parse(&text).map_or_else(Value::from, Value::Json),
            Err(flaw) => flaw.into(),
        }
    }

    fn from_value(value: Value) -> Self {
        let Value::Json(document) = &value else { mismatch("json", &value) };
        read(document).map_or_else(|_| mismatch("json of its type", &value), Self)
    }
}

/// Whether a document is a `T`.
fn check<T: DeserializeOwned>(document: &Document) -> Result<(), Flaw> {
    read::<T>(document).map(|_| ())
}

fn read<T: DeserializeOwned>(document: &Document) -> Result<T, Flaw> {
    let mut reader = serde_json::Deserializer::from_str(document.as_str());
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let mut pointer = String::new();
        for step in error.path() {
            use serde_path_to_error::Segment;
            let step = match step {
                Segment::Seq { index } => index.to_string(),
                Segment::Map { key } => key.clone(),
                Segment::Enum { variant } => variant.clone(),
                Segment::Unknown => continue,
            };
            pointer.push('/');
            pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        }
        let detail = error.inner().to_string();
        // Where it stands in the text that we wrote says nothing to whoever sent it.
        let detail = detail.split(" at line ").next().unwrap_or_default().to_owned();
        Flaw { pointer, ..Flaw::new("FORM", detail) }
    })
}
