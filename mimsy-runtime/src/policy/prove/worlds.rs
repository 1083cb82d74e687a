//! Whether any row and any actor could make an expression turn out some way: by looking at all that differ.
//!
//! A field that is compared with constants and with other fields alone takes one value of each kind that the comparisons
//! can tell apart; anything else that is asked (a question to rows, arithmetic, a part of a text) may turn out yes, no or
//! unknown, whatever the rest is. So more worlds are looked at than there are, and what holds in all of them is proved;
//! what does not hold in one of them is not refuted.

use std::collections::HashMap;

use mimsy_schema::{Date, Expr, Field, Fixed, Kind, Model, Node, Op, Path, Root, Schema, Time, Timestamp, Value};
use uuid::Uuid;

use crate::policy::{Each, World, evaluate};

/// More worlds than this are not looked at.
const MOST: usize = 100_000;

/// A field and the values that it takes, one for each difference that the comparisons make.
type Choice = (Path, Vec<Value>);

/// Whether `holds` is true of the values of `exprs` in every world; `None` where there are too many to look at.
pub(super) fn always(
    schema: &Schema,
    model: &Model,
    exprs: &[&Expr],
    holds: impl Fn(&[Value]) -> bool,
) -> Option<bool> {
    let mut questions = Questions { schema, model, opaque: Vec::new(), fields: Vec::new(), groups: Vec::new() };
    let exprs: Vec<Expr> = exprs.iter().map(|expr| questions.ask(expr)).collect();
    let choices = questions.choices();
    let worlds = choices.iter().try_fold(1_usize, |all, (_, values)| all.checked_mul(values.len()))?;
    if worlds > MOST {
        return None;
    }
    let world = |mut number: usize| {
        let mut values = HashMap::with_capacity(choices.len());
        for (path, choice) in &choices {
            values.insert(path, &choice[number % choice.len()]);
            number /= choice.len();
        }
        Assignment(values)
    };
    Some((0..worlds).map(world).all(|world| {
        let values: Vec<Value> = exprs.iter().map(|expr| evaluate(expr, &world)).collect();
        holds(&values)
    }))
}

/// What the fields are in one world.
struct Assignment<'a>(HashMap<&'a Path, &'a Value>);

impl World for Assignment<'_> {
    fn value(&self, path: &Path, _: &[Each]) -> Option<Value> {
        self.0.get(path).map(|value| (*value).clone())
    }

    fn rows(&self, _: &Path, _: &[Each]) -> Option<Vec<Each>> {
        None
    }

    fn now(&self) -> Option<Timestamp> {
        None
    }
}

/// The fields that are compared with each other, by their places, and the constants beside them.
#[derive(Default)]
struct Group {
    fields: Vec<usize>,
    constants: Vec<Value>,
}

struct Questions<'a> {
    schema: &'a Schema,
    model: &'a Model,
    /// What can only be yes, no or unknown.
    opaque: Vec<Expr>,
    /// Fields with what is known of them.
    fields: Vec<(Path, &'a Field, bool)>,
    groups: Vec<Group>,
}

impl<'a> Questions<'a> {
    /// The expression with what cannot be looked into replaced by a name for it.
    fn ask(&mut self, expr: &Expr) -> Expr {
        match &expr.node {
            Node::Const(_) => expr.clone(),
            Node::Op(op @ (Op::And | Op::Or | Op::Not), operands) => {
                Expr::op(*op, operands.iter().map(|one| self.ask(one)).collect::<Vec<_>>())
            }
            _ => {
                let (mut paths, mut constants) = (Vec::new(), Vec::new());
                match self.is_simple(expr, &mut paths, &mut constants) {
                    true => self.group(&paths, constants),
                    false => return self.named(expr),
                }
                expr.clone()
            }
        }
    }

    /// Whether a question is one of comparisons of fields and constants; which they are.
    fn is_simple(&self, expr: &Expr, paths: &mut Vec<Path>, constants: &mut Vec<Value>) -> bool {
        let (mut simple, mut ordered) = (true, false);
        expr.any(&mut |node| {
            match node {
                Node::Const(leaf) => constants.push(leaf.value()),
                Node::Path(path) => match self.field(path) {
                    Some(_) if paths.contains(path) => {}
                    Some(_) => paths.push(path.clone()),
                    None => simple = false,
                },
                Node::Op(Op::Lt | Op::Le | Op::Gt | Op::Ge, _) => ordered = true,
                Node::Op(Op::Eq | Op::Ne | Op::Same | Op::In | Op::IsNone | Op::IsSome | Op::UnwrapOr, _) => {}
                Node::Op(..) | Node::Many(..) | Node::Can(..) => simple = false,
            }
            !simple
        });
        // Values in a row between constants are not made up, so an order of two fields cannot be looked into.
        simple && !(ordered && paths.len() > 1)
    }

    /// The field of a path and whether it may be NULL, if values of its kind can be made up.
    fn field(&self, path: &Path) -> Option<(&'a Field, bool)> {
        let from = match path.root {
            Root::Actor => self.schema.actor()?,
            Root::Row | Root::Old | Root::New => self.model,
            Root::Each(_) => return None,
        };
        let steps = self.schema.walk(from, &path.fields).ok()?;
        let may_be_null = |model: &Model, field: usize| {
            model.link(field).map_or(model.fields()[field].nullable, |link| link.optional)
        };
        let nullable = steps.iter().any(|step| may_be_null(step.model, step.field));
        let last = steps.last()?.model;
        let field = &last.fields()[steps.last()?.field];
        made_up(field, 0).map(|_| (field, nullable))
    }

    fn group(&mut self, paths: &[Path], constants: Vec<Value>) {
        let places: Vec<usize> = paths.iter().map(|path| self.place(path)).collect();
        let mut joined = Group { fields: places.clone(), constants };
        // Whatever was compared with one of them before is compared with all of them now.
        self.groups.retain_mut(|group| {
            let apart = group.fields.iter().all(|field| !places.contains(field));
            if !apart {
                joined.fields.append(&mut group.fields);
                joined.constants.append(&mut group.constants);
            }
            apart
        });
        joined.fields.sort_unstable();
        joined.fields.dedup();
        self.groups.push(joined);
    }

    fn place(&mut self, path: &Path) -> usize {
        if let Some(place) = self.fields.iter().position(|(known, ..)| known == path) {
            return place;
        }
        // It was found before; a path without a field is not simple.
        if let Some((field, nullable)) = self.field(path) {
            self.fields.push((path.clone(), field, nullable));
        }
        self.fields.len() - 1
    }

    fn named(&mut self, expr: &Expr) -> Expr {
        let place = self.opaque.iter().position(|known| known == expr).unwrap_or_else(|| {
            self.opaque.push(expr.clone());
            self.opaque.len() - 1
        });
        Expr::path(Root::Row, [name_of(place)])
    }

    fn choices(&self) -> Vec<Choice> {
        let mut all = Vec::new();
        for group in &self.groups {
            for place in &group.fields {
                let (path, field, nullable) = &self.fields[*place];
                all.push((path.clone(), values(field, *nullable, &group.constants, group.fields.len())));
            }
        }
        let answers = [Value::Bool(true), Value::Bool(false), Value::Null];
        for place in 0..self.opaque.len() {
            let path = Path { root: Root::Row, fields: vec![name_of(place).into()].into() };
            all.push((path, answers.to_vec()));
        }
        all
    }
}

/// The name of what cannot be looked into; no field is called so.
fn name_of(place: usize) -> String {
    format!("#{place}")
}

/// The values of a field that comparisons with these constants, and with `others` fields, can tell apart.
fn values(field: &Field, nullable: bool, constants: &[Value], others: usize) -> Vec<Value> {
    let mut all = match field.kind {
        Kind::Bool => vec![Value::Bool(true), Value::Bool(false)],
        Kind::Enum => field.values.iter().map(|name| Value::Text(name.to_string())).collect(),
        _ => {
            let mut all: Vec<Value> = constants
                .iter()
                .flat_map(|constant| [below(constant), Some(constant.clone()), above(constant)])
                .flatten()
                .collect();
            let fresh = (0..).filter_map(|n| made_up(field, n)).filter(|value| !constants.contains(value));
            all.extend(fresh.take(others.max(1)));
            all
        }
    };
    all.retain(|value| !value.is_null());
    let mut distinct: Vec<Value> = Vec::with_capacity(all.len() + 1);
    for value in all {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    if nullable {
        distinct.push(Value::Null);
    }
    distinct
}

/// A value of the field's kind that an author hardly writes; another one for each number.
fn made_up(field: &Field, number: u32) -> Option<Value> {
    let micros = i64::from(number) + 61_234_567_891_011;
    Some(match field.kind {
        Kind::Bool => Value::Bool(number.is_multiple_of(2)),
        Kind::Enum => Value::Text(field.values.first()?.to_string()),
        Kind::Int => Value::Int(i64::from(number) + 1_234_567),
        Kind::Text => Value::Text(format!("\u{fffd}{number}")),
        Kind::Decimal => Value::Decimal(Fixed::new(i128::from(number) + 123_456_789, field.scale)),
        Kind::Timestamp => Value::Timestamp(Timestamp::from_micros(micros)?),
        Kind::Uuid => Value::Uuid(Uuid::from_u128(u128::from(number) + (1 << 127))),
        Kind::Bytes => Value::Bytes([&[0xfd; 9][..], &number.to_be_bytes()].concat()),
        Kind::Date => Value::Date(Date::from_days(i32::try_from(number).ok()? + 12_345)?),
        Kind::Time => Value::Time(Time::from_micros(micros % 86_400_000_000)?),
        _ => return None,
    })
}

/// The value right after a constant.
fn above(constant: &Value) -> Option<Value> {
    next(constant, 1).or_else(|| match constant {
        Value::Text(text) => Some(Value::Text(format!("{text}\u{1}"))),
        _ => None,
    })
}

/// The value right before a constant; of a text, the least one.
fn below(constant: &Value) -> Option<Value> {
    next(constant, -1).or_else(|| match constant {
        Value::Text(_) => Some(Value::Text(String::new())),
        _ => None,
    })
}

fn next(constant: &Value, step: i64) -> Option<Value> {
    match constant {
        Value::Int(int) => int.checked_add(step).map(Value::Int),
        Value::Decimal(number) => {
            Some(Value::Decimal(Fixed::new(number.unscaled.checked_add(i128::from(step))?, number.scale)))
        }
        Value::Timestamp(moment) => Timestamp::from_micros(moment.as_micros().checked_add(step)?).map(Value::Timestamp),
        Value::Date(date) => {
            let step = i32::try_from(step).ok()?;
            Date::from_days(date.as_days().checked_add(step)?).map(Value::Date)
        }
        Value::Time(time) => Time::from_micros(time.as_micros().checked_add(step)?).map(Value::Time),
        _ => None,
    }
}
