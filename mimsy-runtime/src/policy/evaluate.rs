//! The evaluator: an expression on values in memory.

use std::cmp::Ordering;

use mimsy_schema::{Expr, Node, Op, Path, Value};

/// The value of an expression; NULL is unknown.
///
/// `load` gives the value of a path, or `None` where it is not in memory; what depends on such a path is unknown.
pub fn evaluate(expr: &Expr, load: &dyn Fn(&Path) -> Option<Value>) -> Value {
    match &expr.node {
        Node::Const(leaf) => leaf.value(),
        Node::Path(path) => load(path).unwrap_or(Value::Null),
        Node::Op(op, operands) => operator(*op, operands, load),
    }
}

fn operator(op: Op, operands: &[Expr], load: &dyn Fn(&Path) -> Option<Value>) -> Value {
    let value = |i: usize| operands.get(i).map_or(Value::Null, |operand| evaluate(operand, load));
    match op {
        Op::And => join(operands, load, false),
        Op::Or => join(operands, load, true),
        Op::Not => match value(0) {
            Value::Bool(yes) => Value::Bool(!yes),
            _ => Value::Null,
        },
        Op::IsNone => Value::Bool(value(0).is_null()),
        Op::IsSome => Value::Bool(!value(0).is_null()),
        Op::UnwrapOr => match value(0) {
            Value::Null => value(1),
            some => some,
        },
        Op::Same => Value::Bool(value(0) == value(1)),
        Op::In => {
            let subject = value(0);
            let rest = operands.get(1..).unwrap_or_default();
            let answers = rest.iter().map(|one| compare(&subject, &evaluate(one, load)).map(Ordering::is_eq));
            any(answers)
        }
        Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => match compare(&value(0), &value(1)) {
            None => Value::Null,
            Some(order) => Value::Bool(match op {
                Op::Eq => order.is_eq(),
                Op::Ne => order.is_ne(),
                Op::Lt => order.is_lt(),
                Op::Le => order.is_le(),
                Op::Gt => order.is_gt(),
                _ => order.is_ge(),
            }),
        },
    }
}

/// `&&` and `||`: one `decisive` operand decides; otherwise one unknown makes it unknown.
fn join(operands: &[Expr], load: &dyn Fn(&Path) -> Option<Value>, decisive: bool) -> Value {
    let mut unknown = false;
    for operand in operands {
        match evaluate(operand, load) {
            Value::Bool(answer) if answer == decisive => return Value::Bool(decisive),
            Value::Bool(_) => {}
            _ => unknown = true,
        }
    }
    if unknown { Value::Null } else { Value::Bool(!decisive) }
}

fn any(answers: impl Iterator<Item = Option<bool>>) -> Value {
    let mut unknown = false;
    for answer in answers {
        match answer {
            Some(true) => return Value::Bool(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown { Value::Null } else { Value::Bool(false) }
}

/// The order of two values of one kind; `None` if either is NULL. Texts compare by their bytes.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Value::Decimal(a), Value::Decimal(b)) => a.partial_cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        (Value::Uuid(a), Value::Uuid(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => Some(a.cmp(b)),
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
