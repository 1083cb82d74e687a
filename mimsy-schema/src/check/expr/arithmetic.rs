//! Numbers and moments: kinds and scales of `+`, `-`, `*`, `now()` and spans of time.

use super::{Checked, Typed, rescaled};
use crate::expr::{Expr, Node};
use crate::fixed::MAX_SCALE;
use crate::{Fixed, Kind, List, Op, Value};

/// `+`, `-` and `*`. What is out of range is unknown, so the result never is certain.
pub(super) fn check(expr: &Expr, op: Op, operands: Vec<Typed>) -> Checked {
    let mut operands = operands;
    operands.truncate(2);
    let [mut a, mut b] = <[Typed; 2]>::try_from(operands).map_err(|_| "arithmetic takes two numbers".to_owned())?;
    let (kind, scale) = match (a.kind, b.kind) {
        (Some(Kind::Int), Some(Kind::Int)) => (Kind::Int, 0),
        (Some(Kind::Decimal), Some(Kind::Decimal)) if op == Op::Mul => {
            let scale = a.scale + b.scale;
            if scale > MAX_SCALE {
                return Err(format!("the product has {scale} digits behind the point, and {MAX_SCALE} are the most"));
            }
            (Kind::Decimal, scale)
        }
        (Some(Kind::Decimal), Some(Kind::Int)) if op == Op::Mul => (Kind::Decimal, a.scale),
        (Some(Kind::Int), Some(Kind::Decimal)) if op == Op::Mul => (Kind::Decimal, b.scale),
        (Some(Kind::Decimal), Some(Kind::Decimal | Kind::Int)) if b.constant => {
            b.expr = rescaled(&b.expr, a.scale)?;
            (Kind::Decimal, a.scale)
        }
        (Some(Kind::Decimal | Kind::Int), Some(Kind::Decimal)) if a.constant => {
            a.expr = rescaled(&a.expr, b.scale)?;
            (Kind::Decimal, b.scale)
        }
        (Some(Kind::Decimal), Some(Kind::Decimal)) if a.scale == b.scale => (Kind::Decimal, a.scale),
        (Some(Kind::Decimal), Some(Kind::Decimal)) => {
            return Err(format!("a decimal of scale {} and one of scale {} are added", a.scale, b.scale));
        }
        _ => return Err("`+`, `-` and `*` join two integers or two decimals".to_owned()),
    };
    let nullable = a.nullable || b.nullable;
    let node = Node::Op(op, List::Owned(vec![a.expr, b.expr, zero(kind, scale)]));
    Ok(number(Expr { node, at: expr.at.clone() }, kind, scale, nullable))
}

/// Nothing, in the kind and scale of a result: it tells the readers what is out of range.
pub(super) fn zero(kind: Kind, scale: u8) -> Expr {
    Expr::constant(if kind == Kind::Decimal { Value::Decimal(Fixed::new(0, scale)) } else { Value::Int(0) })
}

/// A number that may be out of range.
pub(super) fn number(expr: Expr, kind: Kind, scale: u8, nullable: bool) -> Typed {
    Typed {
        expr,
        kind: Some(kind),
        item: None,
        nullable,
        certain: false,
        scale,
        values: List::EMPTY,
        key_of: None,
        constant: false,
    }
}

/// `now()`, and a moment before or after another.
pub(super) fn moment(expr: &Expr, op: Op, operands: Vec<Typed>) -> Checked {
    let (certain, nullable) = (op == Op::Now, operands.iter().any(|one| one.nullable));
    if let [moment, span] = &operands[..]
        && (moment.kind != Some(Kind::Timestamp) || span.kind != Some(Kind::Int) || !span.constant)
    {
        return Err("a span of time, as in `days(30)`, is added to a moment".to_owned());
    }
    let node = Node::Op(op, operands.into_iter().map(|one| one.expr).collect());
    let moment = number(Expr { node, at: expr.at.clone() }, Kind::Timestamp, 0, nullable);
    Ok(Typed { certain, ..moment })
}
