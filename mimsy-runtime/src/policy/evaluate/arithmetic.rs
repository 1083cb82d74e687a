//! Arithmetic that is exact or unknown, never wrapped and never rounded.

use mimsy_schema::{Fixed, Op, Timestamp, Value};

/// `a + b`, `a - b`, `a * b`; unknown where one is, or where the result is out of range.
pub(super) fn join(op: Op, a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => {
            let result = match op {
                Op::Add => a.checked_add(*b),
                Op::Sub => a.checked_sub(*b),
                _ => a.checked_mul(*b),
            };
            result.map_or(Value::Null, Value::Int)
        }
        (Value::Decimal(a), Value::Decimal(b)) if op == Op::Mul => {
            fitting(a.unscaled.checked_mul(b.unscaled), a.scale.saturating_add(b.scale))
        }
        (Value::Decimal(a), Value::Int(b)) | (Value::Int(b), Value::Decimal(a)) if op == Op::Mul => {
            fitting(a.unscaled.checked_mul(i128::from(*b)), a.scale)
        }
        (Value::Decimal(a), Value::Decimal(b)) if a.scale == b.scale => {
            let result =
                if op == Op::Add { a.unscaled.checked_add(b.unscaled) } else { a.unscaled.checked_sub(b.unscaled) };
            fitting(result, a.scale)
        }
        _ => Value::Null,
    }
}

fn fitting(unscaled: Option<i128>, scale: u8) -> Value {
    let number = unscaled.map(|unscaled| Fixed::new(unscaled, scale)).filter(|number| number.fits());
    number.map_or(Value::Null, Value::Decimal)
}

/// A moment so many microseconds after or before another.
pub(super) fn moment(op: Op, moment: &Value, micros: &Value) -> Value {
    let (Value::Timestamp(moment), Value::Int(micros)) = (moment, micros) else { return Value::Null };
    let result = match op {
        Op::After => moment.as_micros().checked_add(*micros),
        _ => moment.as_micros().checked_sub(*micros),
    };
    result.and_then(Timestamp::from_micros).map_or(Value::Null, Value::Timestamp)
}

/// The sum of what is not NULL, on top of `nothing`. Only the whole has to be in range.
pub(super) fn sum(nothing: Value, numbers: impl Iterator<Item = Value>) -> Value {
    let mut sum: i128 = 0;
    for number in numbers {
        let unscaled = match number {
            Value::Int(number) => i128::from(number),
            Value::Decimal(number) => number.unscaled,
            _ => continue,
        };
        let Some(next) = sum.checked_add(unscaled) else { return Value::Null };
        sum = next;
    }
    match nothing {
        Value::Int(_) => i64::try_from(sum).map_or(Value::Null, Value::Int),
        Value::Decimal(zero) => fitting(Some(sum), zero.scale),
        _ => Value::Null,
    }
}
