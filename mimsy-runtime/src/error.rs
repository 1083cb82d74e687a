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
    /// A hook of the program's refuses; see [`Error::violations`].
    Conflict,
    /// Other rows still point to this one.
    Restricted,
    /// The row has another version than the caller expects; see [`Error::version`].
    Stale,
    /// The row is there already, and was expected not to be.
    Exists,
    /// The same request is being worked on right now.
    UnderWay,
    /// Another request came before under the same name.
    NameTaken,
    /// The request was answered before, and what the caller may see has changed since.
    Outdated,
    /// Several rows are there where one was meant.
    Several,
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

impl ErrorKind {
    /// Whether it is about the action itself, so that another one may go well.
    pub(crate) fn is_own(self) -> bool {
        use ErrorKind::{Conflict, Duplicate, Forbidden, Invalid, NotFound, Restricted, Stale};
        matches!(self, NotFound | Forbidden | Invalid | Duplicate | Conflict | Restricted | Stale)
    }
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

    /// What a hook answers where the input is right, and how things stand is not.
    ///
    /// ```
    /// # use mimsy_runtime::{error::Error, violation::Violation};
    /// let closed = Error::conflict(Violation::new("PERIOD_CLOSED", "The books of March are closed."));
    /// # assert_eq!(closed.violations()[0].code, "PERIOD_CLOSED");
    /// ```
    #[must_use]
    pub fn conflict(what: impl Into<Violation>) -> Self {
        let details = Details { violations: vec![what.into()], ..Details::default() };
        Self { kind: ErrorKind::Conflict, details: Box::new(details) }
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
        Self::invalid(vec![Violation::new("REFERENCE_NOT_FOUND", "a reference leads to a row that is not there")])
    }

    /// What is wrong with items of a list, each by its position: the kind is that of the first, and every pointer starts
    /// with a position.
    #[must_use]
    pub fn of_items(items: Vec<(usize, Self)>) -> Self {
        let kind = items.first().map_or(ErrorKind::Internal, |(_, error)| error.kind);
        let violations = items
            .into_iter()
            .flat_map(|(position, error)| error.places().into_iter().map(move |place| place.within(position)));
        Self { kind, details: Box::new(Details { violations: violations.collect(), ..Details::default() }) }
    }

    /// What there is to say of a single row, as places in it.
    fn places(self) -> Vec<Violation> {
        let whole = |code: &'static str, detail: String| vec![Violation::new(code, detail)];
        match self.kind {
            ErrorKind::NotFound => whole("NOT_FOUND", "There is nothing here that you may read.".to_owned()),
            ErrorKind::Forbidden => {
                let Refusal { rule, reason } = self.details.refusal.unwrap_or_default();
                let mut places = whole("FORBIDDEN", reason);
                places[0].params.extend(rule.map(|rule| ("rule".into(), rule.into())));
                places
            }
            ErrorKind::Stale => {
                let mut places = whole("VERSION_MISMATCH", "The row has changed since you read it.".to_owned());
                places[0].params.extend(self.details.version.map(|version| ("version".into(), version.into())));
                places
            }
            ErrorKind::Duplicate => self.duplicates(),
            ErrorKind::Restricted => whole("RESTRICTED", "Other rows still point to this one.".to_owned()),
            _ => self.details.violations,
        }
    }

    /// The places of values that another row has.
    #[must_use]
    pub fn duplicates(&self) -> Vec<Violation> {
        let detail = "another row has this value, or these together";
        self.fields().iter().map(|name| Violation::field(name, "DUPLICATE", detail)).collect()
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
            ErrorKind::Conflict => "it conflicts with how things stand",
            ErrorKind::Restricted => "other rows still point to this one",
            ErrorKind::Stale => "the row has another version",
            ErrorKind::Exists => "the row is there already",
            ErrorKind::UnderWay => "the same request is being worked on",
            ErrorKind::NameTaken => "another request had the same name",
            ErrorKind::Outdated => "the answer that was kept does not hold any more",
            ErrorKind::Several => "several rows are there where one was meant",
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
