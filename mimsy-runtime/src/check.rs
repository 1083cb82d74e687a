//! Checks of the program's own: Rust functions that judge a value or a whole row.
//!
//! They live beside the schema, which is data: `schema!` collects them with its parts, and `validate` finds them by the
//! names of the entity and the field. A check is asked about what kept every rule so far, so it never sees a text that is
//! too long, or a row that lacks a value.

mod by_garde;
mod by_validator;

use mimsy_schema::Value;

use crate::entity::{Entity, RowReader};
use crate::field::Field;
use crate::violation::{Violation, Violations};
pub use by_garde::{ByGarde, garde};
pub use by_validator::{ByValidator, validator};

/// The checks of one entity.
#[derive(Clone, Copy, Debug)]
pub struct Checks {
    /// Of single fields, in the order in which they are asked.
    pub fields: &'static [FieldCheck],
    /// Of whole rows.
    pub rows: &'static [RowCheck],
}

impl Checks {
    /// None at all.
    pub const NONE: &'static Self = &Self { fields: &[], rows: &[] };
}

/// A check of one field.
#[derive(Clone, Copy, Debug)]
pub struct FieldCheck {
    /// The name of the field.
    pub field: &'static str,
    /// How the author wrote the function.
    pub function: &'static str,
    /// What is wrong with a value that is not NULL; pointers start at the value.
    pub run: fn(&Value) -> Vec<Violation>,
}

/// A check of a whole row.
#[derive(Clone, Copy, Debug)]
pub struct RowCheck {
    /// How the author wrote the function.
    pub function: &'static str,
    /// What is wrong with a row; pointers start at the row.
    pub run: fn(&mut RowReader) -> Vec<Violation>,
}

/// What a check answers.
#[diagnostic::on_unimplemented(
    message = "a check answers `Result<(), E>`, and this one answers `{Self}`",
    label = "not the answer of a check",
    note = "`E` is what is wrong: a `&str` or a `String`; a `Violation`, which also has a code; or `Violations`, if there may be several"
)]
pub trait Answer {
    /// What is wrong.
    fn violations(self) -> Vec<Violation>;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Violations>> Answer for Result<(), E> {
    fn violations(self) -> Vec<Violation> {
        self.err().map_or_else(Vec::new, |wrong| wrong.into().0)
    }
}

/// What a check found.
pub fn answer(answer: impl Answer) -> Vec<Violation> {
    answer.violations()
}

/// Ask a check about a value of a field that is there.
pub fn check_field<T: Field>(value: &Value, check: impl Fn(&T::Present) -> Vec<Violation>) -> Vec<Violation> {
    check(&<T::Present>::from_value(value.clone()))
}

/// Ask a check about a row.
pub fn check_row<E: Entity>(row: &mut RowReader, check: impl Fn(&E) -> Vec<Violation>) -> Vec<Violation> {
    check(&E::read(row))
}
