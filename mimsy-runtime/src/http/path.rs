//! The path of a request, raw: which entity, which row, which custom action.
//!
//! Pure. The last `:` of the last segment is found before anything is decoded, so an encoded one belongs to its key; the
//! parts of a compound key are split at commas before decoding, for the same reason.

use std::borrow::Cow;

use mimsy_schema::{Model, Value};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::params::read_value;
use crate::json::write;

/// What a path names, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The entity's segment.
    pub entity: &'a str,
    /// The row's segment.
    pub row: Option<&'a str>,
    /// The custom action.
    pub action: Option<&'a str>,
}

/// Read what follows the prefix: `/invoices`, `/invoices/7`, `/invoices/7:send`, `/invoices:import`.
pub fn read(rest: &str) -> Option<Place<'_>> {
    let rest = rest.strip_prefix('/')?;
    let (last, action) = match rest.rsplit_once(':') {
        Some((before, action)) if !action.contains('/') => (before, Some(action)),
        _ => (rest, None),
    };
    let (entity, row) = match last.split_once('/') {
        Some((entity, row)) => (entity, Some(row)),
        None => (last, None),
    };
    let empty = entity.is_empty() || row.is_some_and(|row| row.is_empty() || row.contains('/'));
    (!empty).then_some(Place { entity, row, action })
}

/// The key of a row; `None` where it is malformed, for then no row has it.
pub fn key(model: &Model, segment: &str) -> Option<Vec<Value>> {
    let parts: Vec<&str> = if model.key.len() == 1 { vec![segment] } else { segment.split(',').collect() };
    if parts.len() != model.key.len() {
        return None;
    }
    let read = |(field, part): (&usize, &&str)| {
        let text: Cow<'_, str> = percent_decode_str(part).decode_utf8().ok()?;
        read_value(&model.fields()[*field], &text).ok()
    };
    model.key.iter().zip(&parts).map(read).collect()
}

/// The key of an actor out of a token's `sub`: a single value as it is, several as in a path.
pub(crate) fn subject(model: &Model, sub: &str) -> Option<Vec<Value>> {
    match model.key.as_slice() {
        [single] => Some(vec![read_value(&model.fields()[*single], sub).ok()?]),
        _ => key(model, sub),
    }
}

/// A key as a token's `sub`: what [`subject`] reads.
pub(crate) fn sub(key: &[Value]) -> String {
    match key {
        [Value::Text(text)] => text.clone(),
        key => segment(key),
    }
}

/// What stands unencoded in a segment: RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A key as a segment: what [`key`] reads.
pub fn segment(key: &[Value]) -> String {
    let part = |value: &Value| utf8_percent_encode(&write::plain(value), ENCODED).to_string();
    key.iter().map(part).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::json::sample;

    #[test]
    fn paths() {
        let place = |entity, row, action| Some(Place { entity, row, action });
        for (path, expected) in [
            ("/invoices", place("invoices", None, None)),
            ("/invoices/7", place("invoices", Some("7"), None)),
            ("/invoices/7:send", place("invoices", Some("7"), Some("send"))),
            ("/invoices:import", place("invoices", None, Some("import"))),
            ("/invoices/a:b:send", place("invoices", Some("a:b"), Some("send"))),
            ("/invoices/a%3Asend", place("invoices", Some("a%3Asend"), None)),
            ("/invoices/", None),
            ("/invoices/7/", None),
            ("/invoices/7/lines", None),
            ("/invoices/:send", None),
            ("//7", None),
            ("/", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(read(path), expected, "{path}");
        }
    }

    #[test]
    fn keys() {
        let schema = sample::schema();
        let model = schema.by_name("Invoice").unwrap();
        let id = "00000000-0000-0000-0000-0000000000ab";
        let value = vec![Value::Uuid(Uuid::from_u128(0xab))];
        for (segment, expected) in [
            (id, Some(value.clone())),
            ("00000000-0000-0000-0000-0000000000AB", Some(value.clone())),
            ("00000000-0000-0000-0000-0000000000%61b", Some(value.clone())),
            ("000000000000000000000000000000ab", None),
            ("ab", None),
            ("%ff", None),
            ("00000000-0000-0000-0000-0000000000ab,1", None),
        ] {
            assert_eq!(key(model, segment), expected, "{segment}");
        }
        assert_eq!(segment(&value), id);
        assert_eq!(segment(&[Value::Text("a/b,c é".to_owned()), Value::Int(7)]), "a%2Fb%2Cc%20%C3%A9,7");
    }
}
