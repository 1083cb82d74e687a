//! Enums as fields: what `#[derive(Enum)]` implements, and the one body behind each of its methods.

use mimsy_schema::{Kind, Text, Value};

use super::{Field, FieldType};

/// An enum whose variants have names and no data.
///
/// Implemented by `#[derive(Enum)]`; stored as the variant's name in `snake_case`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum of Mimsy",
    label = "not a choice",
    note = "put `#[derive(Clone, Copy, Enum)]` on the enum"
)]
pub trait Choice: Copy + Send + Sync + 'static {
    /// The variants, in their order.
    const ALL: &'static [Self];
    /// Their stored names, in the same order.
    const NAMES: &'static [Text];

    /// The stored name.
    fn name(self) -> &'static str;
}

/// What the schema has to know of a choice.
#[must_use]
pub const fn choice_type<T: Choice>() -> FieldType {
    FieldType { values: T::NAMES, ..FieldType::plain(Kind::Enum) }
}

/// The stored form of a choice.
pub fn choice_value<T: Choice>(choice: T) -> Value {
    Value::Text(choice.name().to_owned())
}

/// The choice that was stored.
///
/// # Panics
/// When the value names no variant. The store checks names against the schema before it hands values on.
pub fn choice_from<T: Choice + Field>(value: &Value) -> T {
    let found = match value {
        Value::Text(name) => T::ALL.iter().copied().find(|choice| choice.name() == name),
        _ => None,
    };
    found.unwrap_or_else(|| panic!("the store gave {value:?} where the schema says one of {:?}", T::NAMES))
}
