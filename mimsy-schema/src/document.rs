//! JSON documents in one canonical form, so that every database gives back the same bytes.
//!
//! Canonical: no white space; the keys of an object sorted by their bytes, as they are written; texts with as few escapes
//! as JSON allows; integers of 64 bits as they are, every other number as the nearest double ([`Finite`](crate::Finite)
//! says how); −0 is 0. A key that occurs twice, the character U+0000, half of a surrogate pair and an integer past 64 bits
//! have no canonical form, and are told with their place.

mod list;
mod merge;
mod reader;

use std::fmt;

use crate::{Flaw, Value};
use reader::Reader;

pub use list::{item, token};

/// A document nests at most this deep.
pub const DEEPEST: usize = 100;

/// A JSON text in its canonical form.
///
/// ```
/// use mimsy_schema::Document;
/// let document = Document::parse(r#"{"b": [1, 2.50], "a": "\u00e9"}"#).unwrap();
/// assert_eq!(document.as_str(), r#"{"a":"é","b":[1,2.5]}"#);
/// assert_eq!(Document::parse(r#"{"a": {"b": "\u0000"}}"#).unwrap_err().pointer, "/a/b");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Document(String);

impl Document {
    /// The canonical form of what somebody sends. (RFC 8259.)
    ///
    /// # Errors
    /// What has no canonical form, with its place.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        Reader::new(text, false).read().map(Self)
    }

    /// The canonical form of what a database holds: it may write a number that was given with an exponent in digits.
    ///
    /// # Errors
    /// What has no canonical form, with its place.
    pub fn stored(text: &str) -> Result<Self, Flaw> {
        Reader::new(text, true).read().map(Self)
    }

    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Self("null".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.starts_with('{')
    }

    /// An array of values, each as [`token`] writes it; what has no token is left out.
    #[must_use]
    pub fn array(items: &[Value]) -> Self {
        let tokens: Vec<String> = items.iter().filter_map(token).collect();
        Self(format!("[{}]", tokens.join(",")))
    }

    /// The items of an array, each as it is written; none of anything else.
    #[must_use]
    pub fn items(&self) -> Vec<&str> {
        let inner = self.0.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        inner.map(parts).unwrap_or_default()
    }

    /// Whether it is an array.
    #[must_use]
    pub fn is_array(&self) -> bool {
        self.0.starts_with('[')
    }

    /// What becomes of this document when `patch` is merged into it (RFC 7396): members of objects are set one by one, and
    /// removed by `null`; everything else is replaced.
    #[must_use]
    pub fn merged(&self, patch: &Self) -> Self {
        Self(merge::merge(&self.0, &patch.0))
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands between the commas of a canonical object or array, given without its brackets.
fn parts(inner: &str) -> Vec<&str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    if !inner.is_empty() {
        parts.push(&inner[from..]);
    }
    parts
}

#[cfg(test)]
mod tests;
