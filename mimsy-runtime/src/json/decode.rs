//! A body as typed values, or everything that is wrong with its shape.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use mimsy_schema::name::{listed, nearest, told};
use mimsy_schema::{Field, Kind, Model, Value};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::token;
use crate::actions::Input;
use crate::violation::Violation;

/// What a body is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A new row: what is required must be there.
    Create,
    /// A merge patch (RFC 7396): what is absent stays as it is.
    Update,
    /// A whole row under a key that the path says: as a new one, and it may repeat the key.
    Upsert,
}

/// The code of a body that says something twice.
const DUPLICATE_KEY: &str = "DUPLICATE_KEY";

/// Why a body is refused.
#[derive(Clone, Debug, PartialEq)]
pub enum BadBody {
    /// It is not JSON, or no JSON that has one meaning: `MALFORMED_JSON`, `JSON_DEPTH` or `DUPLICATE_KEY`.
    Syntax {
        /// The code.
        code: &'static str,
        /// What is wrong, in words.
        detail: String,
    },
    /// It is JSON of another shape than the entity's.
    Shape {
        /// What is wrong, all at once; the first [`MOST_VIOLATIONS`].
        violations: Vec<Violation>,
        /// How many more there are.
        more: usize,
    },
    /// It lists more than it may.
    TooMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// It lists a row twice.
    Repeated {
        /// Where, each time but the first.
        violations: Vec<Violation>,
    },
}

impl BadBody {
    /// A key that is there twice.
    pub(super) fn twice(key: &str) -> Self {
        let detail = format!("the key `{}` occurs twice; which value is meant?", told(key));
        Self::Syntax { code: DUPLICATE_KEY, detail }
    }
}

/// This many violations of shape are told. More help nobody, and would make an answer larger than what it answers.
pub const MOST_VIOLATIONS: usize = 50;

/// Read a body.
///
/// # Errors
/// The first error of syntax; without one, every error of shape.
pub fn decode(model: &Model, body: &[u8], form: Form, depth: usize) -> Result<Input, BadBody> {
    decode_object(model, object(body, depth)?, form)
}

/// Read the members of an object.
pub(super) fn decode_object<'a>(
    model: &'a Model,
    members: Vec<(Key<'a>, &'a RawValue)>,
    form: Form,
) -> Result<Input, BadBody> {
    Reader::new(model, form).read(members)
}

/// The members of a value inside of a body; `None` where it is no object.
pub(super) fn members(value: &RawValue) -> Result<Option<Vec<(Key<'_>, &RawValue)>>, BadBody> {
    if !value.get().starts_with('{') {
        return Ok(None);
    }
    let malformed = |error: serde_json::Error| BadBody::Syntax { code: "MALFORMED_JSON", detail: error.to_string() };
    serde_json::from_str(value.get()).map(|Members(members)| Some(members)).map_err(malformed)
}

/// The members of a body, which has to be an object.
pub(super) fn object(body: &[u8], depth: usize) -> Result<Vec<(Key<'_>, &RawValue)>, BadBody> {
    let malformed = |detail: String| BadBody::Syntax { code: "MALFORMED_JSON", detail };
    let text = std::str::from_utf8(body).map_err(|error| malformed(format!("the body is not UTF-8: {error}")))?;
    if text.trim_ascii().is_empty() {
        return Err(malformed("the body is empty; send a JSON object".to_owned()));
    }
    if deeper_than(text, depth) {
        let detail = format!("the body nests deeper than {depth} levels");
        return Err(BadBody::Syntax { code: "JSON_DEPTH", detail });
    }
    if !text.trim_ascii_start().starts_with('{') {
        serde_json::from_str::<&RawValue>(text).map_err(|error| malformed(error.to_string()))?;
        let violation = Violation { pointer: String::new(), ..Violation::field("", "TYPE", "must be an object") };
        return Err(BadBody::Shape { violations: vec![violation], more: 0 });
    }
    let Members(members) = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    Ok(members)
}

/// Whether a text nests deeper than a limit. Looks at brackets outside strings only; what else is wrong with the text is
/// the parser's to say.
fn deeper_than(text: &str, limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// The members of an object, in their order, duplicates included; nothing is copied that need not be.
struct Members<'a>(Vec<(Key<'a>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A key, borrowed unless it holds an escape. (`Cow` by itself would always copy.)
pub(super) struct Key<'a>(pub(super) Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }

            fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> Result<Self::Value, E> {
                Err(E::custom("a key is not UTF-8"))
            }
        }
        deserializer.deserialize_str(Text).map_err(D::Error::custom)
    }
}

struct Reader<'a> {
    model: &'a Model,
    form: Form,
    input: Input,
    seen: Vec<bool>,
    unknown: HashSet<Cow<'a, str>>,
    violations: Vec<Violation>,
    more: usize,
}

impl<'a> Reader<'a> {
    fn new(model: &'a Model, form: Form) -> Self {
        let fields = model.fields().len();
        let input = Vec::with_capacity(fields);
        let (unknown, violations) = (HashSet::new(), Vec::new());
        Self { model, form, input, seen: vec![false; fields], unknown, violations, more: 0 }
    }

    fn read(mut self, members: Vec<(Key<'a>, &'a RawValue)>) -> Result<Input, BadBody> {
        for (Key(key), value) in members {
            let twice = match self.model.field_index(&key) {
                Some(index) => {
                    let twice = std::mem::replace(&mut self.seen[index], true);
                    self.member(index, value.get())?;
                    twice
                }
                None => {
                    self.unknown_field(&key);
                    !self.unknown.insert(key.clone())
                }
            };
            if twice {
                return Err(BadBody::twice(&key));
            }
        }
        if self.form != Form::Update {
            self.missing();
        }
        if self.violations.is_empty() {
            return Ok(self.input);
        }
        Err(BadBody::Shape { violations: self.violations, more: self.more })
    }

    /// Note a violation, or only count it. It is a function, since words for those that are not told cost most.
    fn violation(&mut self, violation: impl FnOnce(&Self) -> Violation) {
        if self.violations.len() < MOST_VIOLATIONS {
            let violation = violation(self);
            self.violations.push(violation);
        } else {
            self.more += 1;
        }
    }

    fn member(&mut self, index: usize, value: &str) -> Result<(), BadBody> {
        let field = &self.model.fields()[index];
        if field.kind == Kind::List && value.starts_with('[') && self.not_writable(index).is_none() {
            match token::list(field, value) {
                Ok(list) => self.input.push((index, list)),
                Err(found) => found.into_iter().for_each(|violation| self.violation(|_| violation)),
            }
            return Ok(());
        }
        let read = if let Some(violation) = self.not_writable(index) {
            Err(violation)
        } else if value != "null" {
            token::read(field, value)
        } else if field.nullable {
            Ok(Value::Null)
        } else {
            Err(Violation::field(&field.name, "REQUIRED", "cannot be null"))
        };
        match read {
            // Of an object, a merge patch says what changes.
            Ok(Value::Json(patch)) if self.form == Form::Update && patch.is_object() => {
                self.input.push((index, Value::Merge(patch)));
            }
            Ok(value) => self.input.push((index, value)),
            Err(violation) if violation.code == DUPLICATE_KEY => {
                return Err(BadBody::Syntax { code: DUPLICATE_KEY, detail: violation.detail });
            }
            Err(violation) => self.violation(|_| violation),
        }
        Ok(())
    }

    fn not_writable(&self, index: usize) -> Option<Violation> {
        let field = &self.model.fields()[index];
        let detail = if !field.is_column() {
            "these rows have their own path; write them there"
        } else if self.form == Form::Upsert && self.model.key.contains(&index) {
            return None;
        } else if field.is_server_owned() {
            "the server sets it; leave it out"
        } else if self.form == Form::Update && self.model.key.contains(&index) {
            "a key never changes; leave it out"
        } else {
            return None;
        };
        Some(Violation::field(&field.name, "NOT_WRITABLE", detail))
    }

    /// Note a key that is no field.
    fn unknown_field(&mut self, key: &str) {
        self.violation(|this| {
            let writable = this.model.fields().iter().enumerate().filter(|(i, _)| this.not_writable(*i).is_none());
            let names: Vec<&str> = writable.map(|(_, field)| field.name.as_str()).collect();
            let hint = match nearest(key, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", listed(names)),
            };
            let key = told(key);
            let detail = format!("{} has no field `{key}`; {hint}", this.model.name());
            Violation::field(&key, "UNKNOWN_FIELD", detail)
        });
    }

    fn missing(&mut self) {
        for (index, field) in self.model.fields().iter().enumerate() {
            let known = self.form == Form::Upsert && self.model.key.contains(&index);
            if !self.seen[index] && !known && is_required(self.model, index, field) {
                self.violation(|_| Violation::field(&field.name, "REQUIRED", "is required"));
            }
        }
    }
}

/// Whether a new row's body must hold a field: nobody else gives it a value.
fn is_required(model: &Model, index: usize, field: &Field) -> bool {
    field.is_column()
        && !field.is_server_owned()
        && !field.nullable
        && field.default.is_none()
        && model.tenant != Some(index)
}

#[cfg(test)]
mod tests;
