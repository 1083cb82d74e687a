//! `validate = garde`: a struct's own `garde::Validate` as a check of its rows.

use garde::Validate;

use crate::violation::Violation;

/// A struct that garde judges.
#[diagnostic::on_unimplemented(
    message = "`validate = garde` asks `garde::Validate`, which `{Self}` does not implement",
    label = "garde does not judge it",
    note = "put `#[derive(garde::Validate)]` on the struct, of garde 0.23; a context needs a `Default`"
)]
pub trait ByGarde {
    /// What is wrong.
    fn found(&self) -> Vec<Violation>;
}

#[diagnostic::do_not_recommend]
impl<T> ByGarde for T
where
    T: Validate,
    T::Context: Default,
{
    fn found(&self) -> Vec<Violation> {
        let Err(report) = self.validate() else { return Vec::new() };
        report.iter().map(|(path, error)| at(path, error.message())).collect()
    }
}

/// garde tells in words alone. Its path starts with the last step, and steps into an `Option` have no name.
fn at(path: &garde::Path, detail: &str) -> Violation {
    let steps = path.__iter().map(|(_, step)| step.strip_prefix("r#").unwrap_or(step)).filter(|step| !step.is_empty());
    steps.fold(Violation::from(detail), Violation::within)
}

/// What garde finds in a row.
pub fn garde<T: ByGarde>(row: &T) -> Vec<Violation> {
    row.found()
}
