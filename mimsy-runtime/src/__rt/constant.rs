//! Constants of the author's as leaves of an expression.
//!
//! A macro sees a constant's name and never its type, so it wraps it: the type is then inferred, and it may be one that
//! the schema does not know (`Decimal`).

use mimsy_schema::{Date, Fixed, Time, Timestamp, ToValue, Value};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::field::Field;
use crate::key::Id;

/// A constant of any type that a rule or a default can hold.
#[derive(Clone, Copy, Debug)]
pub struct Constant<T>(pub T);

/// What a constant in a rule, a default or a limit may be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a constant of a rule",
    label = "not a value of any field",
    note = "constants are `bool`, `i16`, `i32`, `i64`, `f64`, `&str`, `&[u8]`, `Decimal`, `Timestamp`, `Date`, `Time`, `Uuid` and enums with `#[derive(Enum)]`"
)]
pub trait Literal {
    /// The value.
    fn literal(&self) -> Value;
}

impl<T: Literal> ToValue for Constant<T> {
    fn to_value(&self) -> Value {
        self.0.literal()
    }
}

macro_rules! literals {
    ($($type:ty),*) => {$(
        impl Literal for $type {
            fn literal(&self) -> Value {
                self.to_value()
            }
        }
    )*};
}
literals!(bool, i16, i32, i64, f64, &'static str, &'static [u8], Fixed, Timestamp, Date, Time, Uuid);

impl<const N: usize> Literal for &'static [u8; N] {
    fn literal(&self) -> Value {
        self.to_value()
    }
}

impl Literal for Decimal {
    fn literal(&self) -> Value {
        (*self).into_value()
    }
}

impl Literal for crate::shape::Span {
    fn literal(&self) -> Value {
        Value::Int(self.0)
    }
}

impl<E: crate::entity::Entity> Literal for Id<E> {
    fn literal(&self) -> Value {
        (*self).into_value()
    }
}
