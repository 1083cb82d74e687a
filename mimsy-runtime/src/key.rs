//! Keys and relations as field types: [`Id`], [`Ref`], [`Many`] and [`One`]; and what can be a key at all.

mod id;
mod reference;
mod rows;

use mimsy_schema::{Kind, Value};

use crate::field::{Field, FieldType};
use crate::shape;

pub use id::Id;
pub use reference::{Held, KeyIs, Ref};
pub use rows::{Many, One};

/// What names a row: the type of a field, or a tuple of such types.
///
/// Which fields can be part of a key is asked of their shapes; see [`KeyOf`](shape::KeyOf).
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be a key", label = "not a key")]
pub trait Key: Clone + Send + Sync + 'static {
    /// What a rule sees of it.
    type Shape: Copy;
    /// The type of a reference that holds it.
    const TYPE: FieldType;

    /// Its parts in their stored form, in the order of the key.
    fn into_values(self) -> Vec<Value>;

    /// From as many values as it has parts.
    ///
    /// # Panics
    /// When a value is missing or of another kind, which would be a defect of the caller's: values come from the store.
    fn from_values(values: &mut dyn Iterator<Item = Value>) -> Self;
}

impl<T: Field + Clone> Key for T {
    type Shape = T::Shape;
    const TYPE: FieldType = T::TYPE;

    fn into_values(self) -> Vec<Value> {
        vec![self.into_value()]
    }

    fn from_values(values: &mut dyn Iterator<Item = Value>) -> Self {
        Self::from_value(values.next().unwrap_or(Value::Null))
    }
}

/// What can be made the key of a row: `app.get::<Invoice>((org, "INV-1"))`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key here: the key is `{K}`",
    label = "expected `{K}`",
    note = "a key of several parts is given as a tuple, in the order of the key"
)]
pub trait IntoKey<K> {
    /// The key.
    fn into_key(self) -> K;
}

impl<K: Field, T: Into<K>> IntoKey<K> for T {
    fn into_key(self) -> K {
        self.into()
    }
}

macro_rules! tuples {
    ($($part:ident $given:ident),*) => {
        impl<$($part: Field + Clone),*> Key for ($($part,)*) {
            type Shape = shape::Parts;
            const TYPE: FieldType = FieldType::plain(Kind::Row);

            #[allow(non_snake_case)]
            fn into_values(self) -> Vec<Value> {
                let ($($part,)*) = self;
                vec![$($part.into_value()),*]
            }

            fn from_values(values: &mut dyn Iterator<Item = Value>) -> Self {
                ($($part::from_value(values.next().unwrap_or(Value::Null)),)*)
            }
        }

        impl<$($part, $given: Into<$part>),*> IntoKey<($($part,)*)> for ($($given,)*) {
            #[allow(non_snake_case)]
            fn into_key(self) -> ($($part,)*) {
                let ($($given,)*) = self;
                ($($given.into(),)*)
            }
        }
    };
}
tuples!(A X, B Y);
tuples!(A X, B Y, C Z);
tuples!(A X, B Y, C Z, D W);
