//! The evaluator: an expression on values in memory.

mod arithmetic;

use std::cmp::Ordering;
use std::sync::Arc;

use mimsy_schema::document::token;
use mimsy_schema::{EntityId, Expr, Many, Node, Op, Path, Timestamp, Value};

/// What an expression is evaluated in.
pub trait World {
    /// The value of a path; `None` where it is not in memory.
    fn value(&self, path: &Path, each: &[Each]) -> Option<Value>;

    /// The rows that a path to a to-many relation leads to; `None` where they are not in memory.
    fn rows(&self, path: &Path, each: &[Each]) -> Option<Vec<Each>>;

    /// The moment of the action.
    fn now(&self) -> Option<Timestamp>;
}

/// A row of a to-many relation: what [`Root::Each`](mimsy_schema::Root::Each) stands for.
#[derive(Clone, Debug)]
pub struct Each {
    /// Its entity.
    pub entity: EntityId,
    /// One value a field.
    pub values: Arc<[Value]>,
}

/// Where nothing is in memory: what constants are evaluated in.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl World for Nothing {
    fn value(&self, _: &Path, _: &[Each]) -> Option<Value> {
        None
    }

    fn rows(&self, _: &Path, _: &[Each]) -> Option<Vec<Each>> {
        None
    }

    fn now(&self) -> Option<Timestamp> {
        None
    }
}

/// The value of an expression; NULL is unknown. So is what depends on something that is not in memory.
pub fn evaluate(expr: &Expr, world: &dyn World) -> Value {
    Evaluation { world }.of(expr, &[])
}

struct Evaluation<'a> {
    world: &'a dyn World,
}

impl Evaluation<'_> {
    fn of(&self, expr: &Expr, each: &[Each]) -> Value {
        match &expr.node {
            Node::Const(leaf) => leaf.value(),
            Node::Path(path) => self.world.value(path, each).unwrap_or(Value::Null),
            Node::Op(op, operands) => self.operator(*op, operands, each),
            Node::Many(many, path, body) => match self.world.rows(path, each) {
                Some(rows) => self.many(*many, &rows, body, each),
                None => Value::Null,
            },
            // `assemble` has put the policy in its place.
            Node::Can(..) => Value::Null,
        }
    }

    fn operator(&self, op: Op, operands: &[Expr], each: &[Each]) -> Value {
        let value = |i: usize| operands.get(i).map_or(Value::Null, |operand| self.of(operand, each));
        match op {
            Op::And => join(operands.iter().map(|one| self.of(one, each)), false),
            Op::Or => join(operands.iter().map(|one| self.of(one, each)), true),
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
                let equal = |one| compare(&subject, &self.of(one, each)).map(Ordering::is_eq);
                join(rest.iter().map(|one| equal(one).map_or(Value::Null, Value::Bool)), true)
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
            Op::Add | Op::Sub | Op::Mul => arithmetic::join(op, &value(0), &value(1)),
            Op::After | Op::Before => arithmetic::moment(op, &value(0), &value(1)),
            Op::Now => self.world.now().map_or(Value::Null, Value::Timestamp),
            Op::StartsWith | Op::EndsWith | Op::Contains => match (value(0), value(1)) {
                (Value::Text(text), Value::Text(part)) => Value::Bool(match op {
                    Op::StartsWith => text.starts_with(&part),
                    Op::EndsWith => text.ends_with(&part),
                    _ => text.contains(&part),
                }),
                _ => Value::Null,
            },
            Op::Len => match value(0) {
                Value::Text(text) => Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)),
                _ => Value::Null,
            },
            Op::Has => match (value(0), token(&value(1))) {
                (Value::Json(list), Some(item)) => Value::Bool(list.items().contains(&item.as_str())),
                _ => Value::Null,
            },
            Op::Size => match value(0) {
                Value::Json(list) => Value::Int(i64::try_from(list.items().len()).unwrap_or(i64::MAX)),
                _ => Value::Null,
            },
            // `assemble` says it in other words.
            Op::IsEmpty => Value::Null,
        }
    }

    fn many(&self, many: Many, rows: &[Each], body: &[Expr], each: &[Each]) -> Value {
        let Some(asked) = body.first() else {
            return match many {
                Many::Count => Value::Int(i64::try_from(rows.len()).unwrap_or(i64::MAX)),
                _ => Value::Null,
            };
        };
        let mut inner = each.to_vec();
        let mut answers = rows.iter().map(|row| {
            inner.truncate(each.len());
            inner.push(row.clone());
            self.of(asked, &inner)
        });
        let not = |value: Value| if let Value::Bool(yes) = value { Value::Bool(!yes) } else { Value::Null };
        match many {
            Many::Any | Many::Exists => join(answers, true),
            Many::All => join(answers, false),
            Many::None => not(join(answers, true)),
            Many::Count => Value::Null,
            Many::Sum => {
                let nothing = body.get(1).map_or(Value::Null, |zero| self.of(zero, each));
                arithmetic::sum(nothing, answers.by_ref())
            }
            Many::Min | Many::Max => {
                let wanted = if many == Many::Min { Ordering::Less } else { Ordering::Greater };
                let known = answers.filter(|answer| !answer.is_null());
                let best = known.reduce(|best, one| if compare(&one, &best) == Some(wanted) { one } else { best });
                best.unwrap_or(Value::Null)
            }
        }
    }
}

/// `&&` and `||`: one `decisive` answer decides; otherwise one unknown makes it unknown.
fn join(answers: impl Iterator<Item = Value>, decisive: bool) -> Value {
    let mut unknown = false;
    for answer in answers {
        match answer {
            Value::Bool(answer) if answer == decisive => return Value::Bool(decisive),
            Value::Bool(_) => {}
            _ => unknown = true,
        }
    }
    if unknown { Value::Null } else { Value::Bool(!decisive) }
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
