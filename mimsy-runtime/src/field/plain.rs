//! Types whose values are stored as they are.

use mimsy_schema::{Date, Kind, Time, Timestamp, Value};
use uuid::Uuid;

use super::{Field, FieldType, mismatch};
use crate::shape;

macro_rules! plain {
    ($($type:ty, $shape:ty, $kind:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Field for $type {
            type Shape = $shape;
            type Present = Self;
            const TYPE: FieldType = FieldType::plain(Kind::$kind);

            fn into_value(self) -> Value {
                Value::$kind(self)
            }

            fn from_value(value: Value) -> Self {
                match value {
                    Value::$kind(value) => value,
                    other => mismatch(Kind::$kind.name(), &other),
                }
            }
        }
    )*};
}
plain! {
    bool, bool, Bool;
    i64, i64, Int;
    String, shape::Text, Text;
    Vec<u8>, shape::Bytes, Bytes;
    Timestamp, Timestamp, Timestamp;
    Date, Date, Date;
    Time, Time, Time;
    Uuid, Uuid, Uuid;
}
