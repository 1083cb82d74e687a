//! Lists as fields.

use mimsy_schema::document::item;
use mimsy_schema::{Kind, Value};

use super::{Field, FieldType, mismatch};
use crate::shape::{Items, Listed};

/// Values of one type; stored as a JSON array of them.
#[diagnostic::do_not_recommend]
impl<T> Field for Vec<T>
where
    T: Field<Shape: Listed>,
{
    type Shape = Items<T::Shape>;
    type Present = Self;
    const TYPE: FieldType = FieldType {
        kind: Kind::List,
        item: Some(T::TYPE.kind),
        rules: &[],
        item_rules: T::TYPE.rules,
        // An item is a number, as far as JSON carries it.
        wide: false,
        semantic: "",
        ..T::TYPE
    };

    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }

    fn from_value(value: Value) -> Self {
        let list = match value {
            // A check of the program's is asked before the list is stored.
            Value::List(items) => return items.into_iter().map(T::from_value).collect(),
            Value::Json(ref list) => list,
            _ => mismatch("list", &value),
        };
        let read = |token: &str| item(T::TYPE.kind, token).unwrap_or_else(|| mismatch("list", &value));
        list.items().into_iter().map(|token| T::from_value(read(token))).collect()
    }
}
