//! Questions to the lists of a row.

use super::{Checked, Typed, boolean, unify};
use crate::expr::Expr;
use crate::{Date, Fixed, Kind, Op, Time, Timestamp, Value};

/// `list.contains(item)`: the item is compared with what the list holds.
pub(super) fn contains(expr: &Expr, mut operands: Vec<Typed>) -> Checked {
    operands.truncate(2);
    let [list, item] = <[Typed; 2]>::try_from(operands).map_err(|_| "`contains` takes an item".to_owned())?;
    let kind = list.item.ok_or_else(|| "the list has no items".to_owned())?;
    if !kind.has_equality() {
        return Err(format!("a {} has no equality, so no list contains one", kind.name()));
    }
    let held = Typed { expr: list.expr.clone(), kind: Some(kind), values: list.values.clone(), ..list };
    let sample = Typed { expr: Expr::constant(sample(kind, held.scale)), ..boolean(expr, Op::And, Vec::new()) };
    let mut unified = unify(vec![held, item])?;
    let (item, held) = (unified.pop(), unified.pop());
    Ok(boolean(expr, Op::Has, held.into_iter().chain(item).chain([sample]).collect()))
}

/// `list.len()`.
pub(super) fn size(expr: &Expr, operands: Vec<Typed>) -> Typed {
    Typed { kind: Some(Kind::Int), ..boolean(expr, Op::Size, operands) }
}

/// Some value of a kind, by which readers know the kind.
fn sample(kind: Kind, scale: u8) -> Value {
    match kind {
        Kind::Bool => Value::Bool(false),
        Kind::Int => Value::Int(0),
        Kind::Decimal => Value::Decimal(Fixed::new(0, scale)),
        Kind::Timestamp => Value::Timestamp(Timestamp::UNIX_EPOCH),
        Kind::Date => Value::Date(Date::UNIX_EPOCH),
        Kind::Time => Value::Time(Time::MIN),
        Kind::Uuid => Value::Uuid(uuid::Uuid::nil()),
        _ => Value::Text(String::new()),
    }
}
