//! Numbers that are stored in another form than their own: narrow integers as `i64`, floats without NaN, decimals.

use mimsy_schema::{Fixed, Kind, ToValue, Value};
use rust_decimal::Decimal;

use super::{Field, FieldType, mismatch};
use crate::shape;

macro_rules! narrow {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Field for $type {
            // Integers of every width compare as `i64`.
            type Shape = i64;
            type Present = Self;
            const TYPE: FieldType = FieldType { bits: <$type>::BITS as u8, ..FieldType::plain(Kind::Int) };

            fn into_value(self) -> Value {
                self.to_value()
            }

            fn from_value(value: Value) -> Self {
                match value {
                    Value::Int(wide) => {
                        Self::try_from(wide).unwrap_or_else(|_| mismatch(stringify!($type), &Value::Int(wide)))
                    }
                    other => mismatch(stringify!($type), &other),
                }
            }
        }
    )*};
}
narrow!(i16, i32);

#[diagnostic::do_not_recommend]
impl Field for f64 {
    type Shape = Self;
    type Present = Self;
    const TYPE: FieldType = FieldType::plain(Kind::Float);

    fn into_value(self) -> Value {
        self.to_value()
    }

    fn from_value(value: Value) -> Self {
        match value {
            Value::Float(number) => number.get(),
            other => mismatch("float", &other),
        }
    }
}

#[diagnostic::do_not_recommend]
impl Field for Decimal {
    type Shape = shape::Dec;
    type Present = Self;
    const TYPE: FieldType = FieldType::plain(Kind::Decimal);

    fn into_value(self) -> Value {
        Value::Decimal(Fixed::new(self.mantissa(), u8::try_from(self.scale()).unwrap_or(u8::MAX)))
    }

    fn from_value(value: Value) -> Self {
        match value {
            Value::Decimal(number) => Self::from_i128_with_scale(number.unscaled, u32::from(number.scale)),
            other => mismatch("decimal", &other),
        }
    }
}
