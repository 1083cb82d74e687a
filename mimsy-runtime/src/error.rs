//! The one error of actions: opaque, with a [`kind`](Error::kind) and what a door needs to tell its caller.

use std::fmt;

use crate::store::StoreError;
use crate::violation::Violation;

/// What kind of failure it is. A door maps each to its own answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Somebody has to say who they are: no rule could ever hold for nobody.
    Unauthenticated,
    /// The row does not exist, or may not be read, which is the same.
    NotFound,
    /// A rule refuses.
    Forbidden,
    /// The input breaks rules; see [`Error::violations`].
    Invalid,
    /// Another row has the same unique values; see [`Error::fields`].
    Duplicate,
    /// Other rows still point to this one.
    Restricted,
    /// The row has another version than the caller expects; see [`Error::version`].
    Stale,
    /// The same request is being worked on right now.
    UnderWay,
    /// Another request came before under the same name.
    NameTaken,
    /// The request was answered before, and what the caller may see has changed since.
    Outdated,
    /// What is asked for has more rows than one answer holds; ask for less.
    TooMuch,
    /// Too much is waiting; try again later.
    Busy,
    /// It took longer than it may, and was ended; nothing of it is left.
    TimedOut,
    /// The database cannot be reached; try again later.
    Unavailable,
    /// There is no room left to write. Reads go on.
    Full,
    /// The database takes no writes at the moment. Reads go on.
    ReadOnly,
    /// A defect, here or in the data.
    Internal,
}

/// Which rule refused, and what it says in public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The name of the rule; `None` where no rule allows.
    pub rule: Option<String>,
    /// Its doc comment.
    pub reason: String,
}

/// A failed action.
pub struct Error {
    kind: ErrorKind,
    details: Box<Details>,
}

#[derive(Default)]
struct Details {
    violations: Vec<Violation>,
    fields: Vec<String>,
    refusal: Option<Refusal>,
    version: Option<i64>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind, without more to say.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind, details: Box::default() }
    }

    /// The input breaks rules.
    #[must_use]
    pub fn invalid(violations: Vec<Violation>) -> Self {
        Self { kind: ErrorKind::Invalid, details: Box::new(Details { violations, ..Details::default() }) }
    }

    /// A rule refuses.
    #[must_use]
    pub fn forbidden(refusal: Refusal) -> Self {
        Self { kind: ErrorKind::Forbidden, details: Box::new(Details { refusal: Some(refusal), ..Details::default() }) }
    }

    /// The row has another version.
    #[must_use]
    pub fn stale(version: i64) -> Self {
        Self { kind: ErrorKind::Stale, details: Box::new(Details { version: Some(version), ..Details::default() }) }
    }

    /// Another row has the same unique values.
    #[must_use]
    pub fn duplicate(fields: Vec<String>) -> Self {
        Self { kind: ErrorKind::Duplicate, details: Box::new(Details { fields, ..Details::default() }) }
    }

    /// A reference that leads nowhere, where the database alone noticed: it was deleted a moment ago, or the system set
    /// it.
    #[must_use]
    pub fn dangling() -> Self {
        let detail = "a reference leads to a row that is not there".to_owned();
        Self::invalid(vec![Violation {
            pointer: String::new(),
            code: "REFERENCE_NOT_FOUND",
            detail,
            params: std::collections::BTreeMap::new(),
        }])
    }

    /// The same error, about the item at a position of a list.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        for violation in &mut self.details.violations {
            violation.pointer = format!("/{position}{}", violation.pointer);
        }
        self
    }

    /// A defect, with what caused it. The cause goes to the log, never to a caller.
    #[must_use]
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let details = Details { source: Some(source.into()), ..Details::default() };
        Self { kind: ErrorKind::Internal, details: Box::new(details) }
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What is wrong with the input.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.details.violations
    }

    /// The fields whose values another row has.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        &self.details.fields
    }

    /// Which rule refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.details.refusal.as_ref()
    }

    /// The current version of the row.
    #[must_use]
    pub fn version(&self) -> Option<i64> {
        self.details.version
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Busy | StoreError::Serialization => ErrorKind::Busy,
            StoreError::TimedOut => ErrorKind::TimedOut,
            StoreError::Unavailable(_) => ErrorKind::Unavailable,
            StoreError::Full(_) => ErrorKind::Full,
            StoreError::ReadOnly(_) => ErrorKind::ReadOnly,
            StoreError::ForeignKey => ErrorKind::Restricted,
            _ => ErrorKind::Internal,
        };
        Self { kind, details: Box::new(Details { source: Some(Box::new(error)), ..Details::default() }) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.kind {
            ErrorKind::Unauthenticated => "authentication is required",
            ErrorKind::NotFound => "not found",
            ErrorKind::Forbidden => "a rule refuses",
            ErrorKind::Invalid => "the input breaks rules",
            ErrorKind::Duplicate => "another row has the same unique values",
            ErrorKind::Restricted => "other rows still point to this one",
            ErrorKind::Stale => "the row has another version",
            ErrorKind::UnderWay => "the same request is being worked on",
            ErrorKind::NameTaken => "another request had the same name",
            ErrorKind::Outdated => "the answer that was kept does not hold any more",
            ErrorKind::TooMuch => "this is more than one answer holds",
            ErrorKind::Busy => "too much is waiting",
            ErrorKind::TimedOut => "it took too long",
            ErrorKind::Unavailable => "the database cannot be reached",
            ErrorKind::Full => "there is no room left to write",
            ErrorKind::ReadOnly => "the database takes no writes",
            ErrorKind::Internal => "an internal error",
        };
        f.write_str(text)?;
        if let Some(refusal) = self.refusal() {
            write!(f, ": {}", refusal.reason)?;
        }
        for violation in self.violations() {
            write!(f, "\n  {}: {}", violation.pointer, violation.detail)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.kind).field("source", &self.details.source).finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.details.source.as_ref().map(|source| source.as_ref() as _)
    }
}
