//! What validator tells, as violations.

use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::ByValidator;
use crate::violation::Violation;

/// Where it keeps what is about a struct as a whole.
const WHOLE: &str = "__all__";

/// What it adds to every error, and the caller has sent.
const SENT: [&str; 2] = ["value", "other"];

#[diagnostic::do_not_recommend]
impl<T: Validate> ByValidator for T {
    fn found(&self) -> Vec<Violation> {
        self.validate().err().map_or_else(Vec::new, violations)
    }
}

/// In the order of their fields' names: its own order is another one every time.
fn violations(errors: ValidationErrors) -> Vec<Violation> {
    let mut fields: Vec<_> = errors.into_errors().into_iter().collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    let told = fields.into_iter().flat_map(|(field, kind)| {
        let found = match kind {
            ValidationErrorsKind::Field(errors) => errors.into_iter().map(violation).collect(),
            ValidationErrorsKind::Struct(errors) => violations(*errors),
            ValidationErrorsKind::List(items) => items
                .into_iter()
                .flat_map(|(at, errors)| violations(*errors).into_iter().map(move |one| one.within(at)))
                .collect::<Vec<_>>(),
        };
        found.into_iter().map(move |one| if field == WHOLE { one } else { one.within(&field) })
    });
    told.collect()
}

/// Its codes are in lower case, ours are not.
fn violation(error: ValidationError) -> Violation {
    let code: String =
        error.code.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    let detail = error.message.unwrap_or_else(|| format!("breaks the rule `{}`", error.code).into());
    let params = error.params.into_iter().filter(|(name, _)| !SENT.contains(&&**name));
    Violation { params: params.collect(), ..Violation::new(code, detail) }
}
