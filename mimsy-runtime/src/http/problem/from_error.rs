//! What an error of an action is on the wire. The one place that maps the two.

use super::{Problem, code};
use crate::actions::MOST_INCLUDED;
use crate::error::{Error, ErrorKind};
use crate::http::params::Faults;
use crate::json::BadBody;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let places = error.violations();
        match error.kind() {
            ErrorKind::NotFound if !places.is_empty() => {
                Self::items(&code::NOT_FOUND, "Some rows are not there, or you may not read them", places)
            }
            ErrorKind::Forbidden if !places.is_empty() => {
                Self::items(&code::FORBIDDEN, "Some of this is not allowed", places)
            }
            ErrorKind::Duplicate if !places.is_empty() => {
                Self::items(&code::DUPLICATE, "Other rows have the same unique values", places)
            }
            ErrorKind::Restricted if !places.is_empty() => {
                Self::items(&code::RESTRICTED, "Other rows still point to some of these", places)
            }
            ErrorKind::Stale if !places.is_empty() => {
                Self::items(&code::VERSION_MISMATCH, "Some rows have changed since you read them", places)
            }
            ErrorKind::Unauthenticated => Self::unauthenticated(),
            ErrorKind::NotFound => Self::not_found(),
            ErrorKind::Forbidden => {
                let refusal = error.refusal().cloned();
                let known = refusal.as_ref().map(|refusal| refusal.reason.clone()).filter(|reason| !reason.is_empty());
                let detail = known.unwrap_or_else(|| "No rule allows this.".to_owned());
                Self::new(&code::FORBIDDEN, detail).refused(refusal)
            }
            ErrorKind::Invalid => Self::invalid(error.violations(), 0),
            ErrorKind::Duplicate => {
                let detail = "Another row has the same unique values; see `errors`.";
                Self::new(&code::DUPLICATE, detail).at(&error.duplicates())
            }
            ErrorKind::Conflict => Self::items(&code::CONFLICT, "This conflicts with how things stand", places),
            ErrorKind::Restricted => {
                Self::new(&code::RESTRICTED, "Other rows still point to this one; delete or move them first.")
            }
            ErrorKind::Stale => {
                let changed = "The row has changed since you read it; read it again and repeat your change.";
                let missing = "There is no row that could have the version that you expect.";
                match error.version() {
                    Some(version) => Self::new(&code::VERSION_MISMATCH, changed).current(version),
                    None => Self::new(&code::VERSION_MISMATCH, missing),
                }
            }
            ErrorKind::Exists => {
                let detail = "The row is there already, and your request is for one that is not; nothing was changed.";
                Self::new(&code::ROW_EXISTS, detail)
            }
            ErrorKind::UnderWay => {
                let detail =
                    "The same request, with this `Idempotency-Key`, is being worked on; repeat it in a moment.";
                Self::new(&code::IDEMPOTENCY_UNDER_WAY, detail).retry_after(1)
            }
            ErrorKind::NameTaken => {
                let detail = "Another request came with this `Idempotency-Key`; take a new key for a new request.";
                Self::new(&code::IDEMPOTENCY_MISMATCH, detail)
            }
            ErrorKind::Outdated => {
                let detail = "This request was carried out before, and what you may see, or the row, has changed since: \
                              look at what is there. Nothing was done now.";
                Self::new(&code::IDEMPOTENCY_STALE, detail)
            }
            ErrorKind::TooMuch => {
                let detail = format!(
                    "the included rows are more than {MOST_INCLUDED}, which are the most: ask for fewer rows by `limit`, \
                     or for fewer of each, as in `include=lines(limit:5)`"
                );
                Self::parameters(Faults::one("include", "TOO_MANY_ROWS", detail))
            }
            ErrorKind::Busy => {
                Self::new(&code::BUSY, "Too much is waiting; try again.").retry_after(1).caused_by(error)
            }
            ErrorKind::TimedOut => {
                let detail = "This took the database too long, and was ended; ask for less, or try again.";
                Self::new(&code::TIMEOUT, detail).retry_after(5).caused_by(error)
            }
            ErrorKind::Unavailable => {
                let detail = "The database cannot be reached; try again.";
                Self::new(&code::UNAVAILABLE, detail).retry_after(5).caused_by(error)
            }
            ErrorKind::Full => {
                let detail = "There is no room left to write, and nothing of this was done; reading goes on. Try again \
                              later.";
                Self::new(&code::STORAGE_FULL, detail).retry_after(30).caused_by(error)
            }
            ErrorKind::ReadOnly => {
                let detail = "The database takes no writes at the moment, and nothing of this was done; reading goes \
                              on. Try again later.";
                Self::new(&code::READ_ONLY, detail).retry_after(5).caused_by(error)
            }
            ErrorKind::Several | ErrorKind::Internal => Self::internal().caused_by(error),
        }
    }
}

impl Problem {
    /// A defect on our side: the request's id, and nothing else.
    pub(crate) fn internal() -> Self {
        Self::new(&code::INTERNAL, "The defect is logged under this request's id.")
    }
}

impl From<BadBody> for Problem {
    fn from(bad: BadBody) -> Self {
        match bad {
            BadBody::Syntax { code, detail } => Self::new(&code::MALFORMED_JSON, detail).finer(code),
            BadBody::Shape { violations, more } => Self::invalid(&violations, more),
            BadBody::TooMany { found, most } => {
                Self::new(&code::TOO_MANY_ITEMS, format!("There are {found} items, and {most} are the most."))
            }
            BadBody::Repeated { violations } => {
                Self::new(&code::DUPLICATE_ID, "A row stands in the list twice; see `errors`.").at(&violations)
            }
        }
    }
}
