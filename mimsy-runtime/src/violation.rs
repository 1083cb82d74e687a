//! What is wrong with an input: data for the end user, never a failure.

use std::collections::BTreeMap;

use mimsy_schema::Flaw;
use serde_json::Value as Json;

/// One thing that is wrong with an input.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Where: a JSON pointer into the body (RFC 6901), such as `/lines/2/qty`.
    pub pointer: String,
    /// The stable code, in upper snake case.
    pub code: &'static str,
    /// What is wrong, in words.
    pub detail: String,
    /// The numbers in the words, for programs.
    pub params: BTreeMap<&'static str, Json>,
}

impl Violation {
    /// A violation of a field of the body's top level.
    #[must_use]
    pub fn field(name: &str, code: &'static str, detail: impl Into<String>) -> Self {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        Self { pointer, code, detail: detail.into(), params: BTreeMap::new() }
    }

    /// What is wrong inside of a field's value.
    #[must_use]
    pub fn inside(name: &str, flaw: Flaw) -> Self {
        let mut violation = Self::field(name, flaw.code, flaw.detail);
        violation.pointer.push_str(&flaw.pointer);
        violation
    }

    /// Add a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Json>) -> Self {
        self.params.insert(name, value.into());
        self
    }
}
