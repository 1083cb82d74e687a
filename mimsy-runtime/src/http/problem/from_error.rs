//! What an error of an action is on the wire. The one place that maps the two.

use super::{Place, Problem, code};
use crate::error::{Error, ErrorKind};
use crate::json::BadBody;
use crate::violation::Violation;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Unauthenticated => Self::unauthenticated(),
            ErrorKind::NotFound => Self::not_found(),
            ErrorKind::Forbidden => {
                let refusal = error.refusal().cloned();
                let known = refusal.as_ref().map(|refusal| refusal.reason.clone()).filter(|reason| !reason.is_empty());
                let detail = known.unwrap_or_else(|| "No rule allows this.".to_owned());
                Self { refusal, ..Self::new(&code::FORBIDDEN, detail) }
            }
            ErrorKind::Invalid => Self::invalid(error.violations()),
            ErrorKind::Duplicate => {
                let place = |name: &String| {
                    super::place(&Violation::field(name, "DUPLICATE", "another row has this value, or these together"))
                };
                let errors: Vec<Place> = error.fields().iter().map(place).collect();
                Self { errors, ..Self::new(&code::DUPLICATE, "Another row has the same unique values; see `errors`.") }
            }
            ErrorKind::Restricted => {
                Self::new(&code::RESTRICTED, "Other rows still point to this one; delete or move them first.")
            }
            ErrorKind::Stale => {
                let detail = "The row has changed since you read it; read it again and repeat your change.";
                let problem = Self::new(&code::VERSION_MISMATCH, detail);
                match error.version() {
                    Some(version) => problem.current(version),
                    None => problem,
                }
            }
            ErrorKind::Busy => {
                let problem = Self::new(&code::BUSY, "Too much is waiting; try again.").retry_after(1);
                Self { cause: Some(error), ..problem }
            }
            ErrorKind::Unavailable => {
                let problem =
                    Self::new(&code::UNAVAILABLE, "The database cannot be reached; try again.").retry_after(5);
                Self { cause: Some(error), ..problem }
            }
            ErrorKind::Internal => Self { cause: Some(error), ..Self::internal() },
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
            BadBody::Shape(violations) => Self::invalid(&violations),
        }
    }
}
