//! What is wrong with an input: data for the end user, never a failure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use mimsy_schema::Flaw;
use serde_json::Value as Json;

/// One thing that is wrong with an input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Violation {
    /// Where: a JSON pointer into the body (RFC 6901), such as `/lines/2/qty`.
    pub pointer: String,
    /// The stable code, in upper snake case.
    pub code: Cow<'static, str>,
    /// What is wrong, in words.
    pub detail: String,
    /// The numbers in the words, for programs.
    pub params: BTreeMap<Cow<'static, str>, Json>,
}

impl Violation {
    /// A violation of the whole: of the value that a check is asked about, or of the row.
    ///
    /// ```
    /// # use mimsy_runtime::violation::Violation;
    /// fn luhn(number: &str) -> Result<(), Violation> {
    ///     let sum: u32 = number.chars().rev().enumerate().filter_map(|(at, digit)| {
    ///         let digit = digit.to_digit(10)? * (1 + at as u32 % 2);
    ///         Some(digit / 10 + digit % 10)
    ///     }).sum();
    ///     if sum % 10 == 0 { Ok(()) } else { Err(Violation::new("CHECK_DIGIT", "has a wrong check digit")) }
    /// }
    /// # assert!(luhn("4539578763621486").is_ok());
    /// # assert_eq!(luhn("4539578763621487").unwrap_err().code, "CHECK_DIGIT");
    /// ```
    #[must_use]
    pub fn new(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self { pointer: String::new(), code: code.into(), detail: detail.into(), params: BTreeMap::new() }
    }

    /// A violation of a field of the body's top level.
    #[must_use]
    pub fn field(name: &str, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(code, detail).within(name)
    }

    /// The same, in what stands under a name, or at a position, of something larger.
    #[must_use]
    pub fn within(mut self, step: impl std::fmt::Display) -> Self {
        let step = step.to_string().replace('~', "~0").replace('/', "~1");
        self.pointer.insert_str(0, &format!("/{step}"));
        self
    }

    /// What is wrong inside of a field's value.
    #[must_use]
    pub fn inside(name: &str, flaw: Flaw) -> Self {
        let mut violation = Self::field(name, flaw.code, flaw.detail);
        violation.pointer.push_str(&flaw.pointer);
        violation
    }

    /// The same of one item of a field that is a list.
    #[must_use]
    pub fn at(self, name: &str, item: usize) -> Self {
        let list = Self::field(name, "", "").pointer;
        let rest = self.pointer.strip_prefix(&list).unwrap_or_default().to_owned();
        Self { pointer: rest, ..self }.within(item).within(name)
    }

    /// Add a parameter.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Json>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }
}

/// All that is wrong with an input, for a check that may find several things.
///
/// ```
/// # use mimsy_runtime::violation::{Violation, Violations};
/// fn span(from: i64, to: i64) -> Result<(), Violations> {
///     let mut found = Violations::default();
///     if from > to {
///         found.add(Violation::field("to", "ORDER", "must not come before `from`"));
///     }
///     found.settle()
/// }
/// # assert!(span(1, 2).is_ok());
/// # assert_eq!(span(2, 1).unwrap_err().0[0].pointer, "/to");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// Add one.
    pub fn add(&mut self, violation: impl Into<Violation>) {
        self.0.push(violation.into());
    }

    /// `Ok` if there is none.
    ///
    /// # Errors
    /// All of them.
    pub fn settle(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// The code of what a check tells in words alone.
const CUSTOM: &str = "CUSTOM";

impl From<&str> for Violation {
    fn from(detail: &str) -> Self {
        Self::new(CUSTOM, detail)
    }
}

impl From<String> for Violation {
    fn from(detail: String) -> Self {
        Self::new(CUSTOM, detail)
    }
}

impl From<Violation> for Violations {
    fn from(one: Violation) -> Self {
        Self(vec![one])
    }
}

impl From<&str> for Violations {
    fn from(detail: &str) -> Self {
        Violation::from(detail).into()
    }
}

impl From<String> for Violations {
    fn from(detail: String) -> Self {
        Violation::from(detail).into()
    }
}

impl From<Vec<Violation>> for Violations {
    fn from(all: Vec<Violation>) -> Self {
        Self(all)
    }
}
