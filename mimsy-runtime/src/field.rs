//! The Rust side of a field: which types can be one, and how their values become [`Value`]s and come back.
//!
//! A macro asks a type through this trait and never reads its tokens, so aliases and re-exports work.

mod choice;
mod json;
mod list;
mod number;
mod plain;

use mimsy_schema::field::Form;
use mimsy_schema::{Kind, Rule, Text, Value};

use crate::shape;

pub use json::Json;

pub use choice::{Choice, choice_from, choice_type, choice_value};

/// What the schema has to know of a field's type.
#[derive(Clone, Copy, Debug)]
pub struct FieldType {
    /// How it is stored.
    pub kind: Kind,
    /// Of what kind the items of a list are.
    pub item: Option<Kind>,
    /// Bits of an integer; 64 for every other kind.
    pub bits: u8,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The stored names of an enum's variants.
    pub values: &'static [Text],
    /// The names of the entities that it points to.
    pub targets: &'static [Text],
    /// Whether the server makes its values, where it is the key.
    pub made: bool,
    /// What every value must obey, wherever the type is used.
    pub rules: &'static [Rule],
    /// What every item of a list must obey.
    pub item_rules: &'static [Rule],
    /// Digits behind the point of a decimal, if its type says so.
    pub scale: Option<u8>,
    /// Whether an integer travels as a string.
    pub wide: bool,
    /// What it means beyond its storage; empty if nothing.
    pub semantic: &'static str,
    /// What its documents can be read as.
    pub form: Form,
}

impl FieldType {
    /// A required value of a kind, and nothing else.
    #[must_use]
    pub const fn plain(kind: Kind) -> Self {
        Self {
            kind,
            item: None,
            bits: 64,
            nullable: false,
            values: &[],
            targets: &[],
            made: false,
            rules: &[],
            item_rules: &[],
            scale: None,
            wide: false,
            semantic: "",
            form: Form::ANY,
        }
    }
}

/// A type that can be a field of an entity.
///
/// Implemented here for every built-in type and by `#[derive(Enum)]` and `#[derive(Field)]`; it is not meant to be implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of an entity",
    label = "not a field type",
    note = "field types are `bool`, `i16`, `i32`, `i64`, `f64`, `String`, `Vec<u8>`, `Vec<T>` (of single values that are always there), `Decimal`, `Timestamp`, `Date`, `Time`, `Uuid`, `serde_json::Value`, `Json<T>`, `Option<T>`, `Id<Self>`, `Ref<Entity>`, `One<Entity>`, `Many<Entity>`, enums with `#[derive(Enum)]` and newtypes with `#[derive(Field)]`"
)]
pub trait Field: Sized + Send + Sync + 'static {
    /// What a rule sees of it; rule bodies are type-checked against shapes.
    type Shape: Copy;
    /// The type of a value that is there: itself, or what an `Option` holds.
    type Present: Field;
    /// What the schema has to know.
    const TYPE: FieldType;

    /// The value to store.
    fn into_value(self) -> Value;

    /// The value that was stored.
    ///
    /// # Panics
    /// When the value is of another kind. The store checks kinds against the schema before it hands values on, so that
    /// is a defect of the store.
    fn from_value(value: Value) -> Self;
}

#[cold]
fn mismatch(expected: &str, value: &Value) -> ! {
    panic!("the store gave {value:?} where the schema says {expected}")
}

impl<T: Field> Field for Option<T> {
    type Shape = shape::Nullable<T::Shape>;
    type Present = T;
    const TYPE: FieldType = FieldType { nullable: true, ..T::TYPE };

    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }

    fn from_value(value: Value) -> Self {
        if value.is_null() { None } else { Some(T::from_value(value)) }
    }
}
