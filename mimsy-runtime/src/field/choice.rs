//! Enums as fields: what `#[derive(Enum)]` implements, and the one body behind each of its methods.

use mimsy_schema::{Kind, Text, Value};

use super::FieldType;

/// An enum whose variants have names and no data.
///
/// Implemented by `#[derive(Enum)]`; stored as the variant's name in `snake_case`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum of Mimsy",
    label = "not a choice",
    note = "put `#[derive(Clone, Copy, Enum)]` on the enum"
)]
pub trait Choice: Sized + Send + Sync + 'static {
    /// The stored names of the variants, in their order.
    const NAMES: &'static [Text];

    /// The place of this variant in that order.
    fn position(&self) -> usize;

    /// The variant at a place in that order.
    fn nth(position: usize) -> Self;
}

/// What the schema has to know of a choice.
#[must_use]
pub const fn choice_type<T: Choice>() -> FieldType {
    FieldType { values: T::NAMES, ..FieldType::plain(Kind::Enum) }
}

/// The stored form of a choice: its name.
pub fn choice_value<T: Choice>(choice: &T) -> Value {
    Value::Text(T::NAMES.get(choice.position()).map_or_else(String::new, |name| name.to_string()))
}

/// The choice that was stored.
///
/// # Panics
/// When the value names no variant. The store checks names against the schema before it hands values on.
pub fn choice_from<T: Choice>(value: &Value) -> T {
    let position = match value {
        Value::Text(name) => T::NAMES.iter().position(|known| known == name.as_str()),
        _ => None,
    };
    let stranger = || panic!("the store gave {value:?} where the schema says one of {:?}", T::NAMES);
    T::nth(position.unwrap_or_else(stranger))
}
