//! `validate = validator`: a struct's own `validator::Validate` as a check of its rows. It stands on the feature
//! `validator`; without it, its place says so.

use crate::violation::Violation;

/// A struct that validator judges.
#[cfg_attr(
    feature = "validator",
    diagnostic::on_unimplemented(
        message = "`validate = validator` asks `validator::Validate`, which `{Self}` does not implement",
        label = "validator does not judge it",
        note = "put `#[derive(validator::Validate)]` on the struct, of validator 0.21"
    )
)]
#[cfg_attr(
    not(feature = "validator"),
    diagnostic::on_unimplemented(
        message = "`validate = validator` needs the feature `validator` of Mimsy, which is off",
        label = "the feature is off",
        note = "switch it on where you depend on Mimsy: `features = [\"validator\"]`"
    )
)]
pub trait ByValidator {
    /// What is wrong.
    fn found(&self) -> Vec<Violation>;
}

/// What validator finds in a row.
pub fn validator<T: ByValidator>(row: &T) -> Vec<Violation> {
    row.found()
}

#[cfg(feature = "validator")]
mod errors;
