//! The law of what is proved: whatever holds in all worlds that were looked at holds of every row.

use mimsy_schema::{
    Duty, Entity, Expr, Field, Fragment, Kind, Many, Node, Op, Path, Root, Schema, Text, Value, assemble,
};
use proptest::prelude::*;

use super::worlds::always;
use crate::policy::{Each, World, evaluate};

fn field(name: &'static str, kind: Kind, nullable: bool) -> Field {
    let duty = if name == "id" { Duty::Key } else { Duty::Data };
    Field { name: name.into(), column: name.into(), kind, nullable, duty, ..Field::EMPTY }
}

/// Fields of several kinds, two of each that can be compared with each other.
const FIELDS: [(&str, Kind, bool); 8] = [
    ("a", Kind::Int, false),
    ("b", Kind::Int, true),
    ("c", Kind::Text, false),
    ("d", Kind::Text, true),
    ("e", Kind::Bool, true),
    ("f", Kind::Enum, false),
    ("g", Kind::Date, true),
    ("h", Kind::Timestamp, false),
];

fn schema() -> Schema {
    let fields = FIELDS.into_iter().map(|(name, kind, nullable)| {
        let values = if kind == Kind::Enum { vec!["x".into(), "y".into(), "z".into()] } else { Vec::new() };
        Field { values: values.into(), ..field(name, kind, nullable) }
    });
    let entity = Entity {
        name: "Row".into(),
        table: "rows_of_it".into(),
        fields: std::iter::once(field("id", Kind::Uuid, false)).chain(fields).collect(),
        key: vec!["id".into()].into(),
        ..Entity::EMPTY
    };
    assemble(vec![Fragment { entity, policy: None, routes: None }]).unwrap()
}

/// A value of a kind, from few, so that equal ones meet.
fn value(kind: Kind) -> BoxedStrategy<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    match kind {
        Kind::Int => prop::sample::select((-2..=3).map(Value::Int).collect::<Vec<_>>()).boxed(),
        Kind::Text => prop::sample::select(["", "a", "a\u{1}", "b", "\u{fffd}0", "zz"].map(text).to_vec()).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Enum => prop::sample::select(["x", "y", "z"].map(text).to_vec()).boxed(),
        Kind::Date => (0..3).prop_map(|day| Value::Date(mimsy_schema::Date::from_days(day).unwrap())).boxed(),
        _ => (0..3_i64).prop_map(|at| Value::Timestamp(mimsy_schema::Timestamp::from_micros(at).unwrap())).boxed(),
    }
}

fn place() -> impl Strategy<Value = usize> {
    0..FIELDS.len()
}

fn at(place: usize) -> Expr {
    Expr::path(Root::Row, [FIELDS[place].0])
}

/// A question about one field and a constant, two fields of a kind, or something that cannot be looked into.
fn atom() -> BoxedStrategy<Expr> {
    let equal = prop::sample::select(vec![Op::Eq, Op::Ne, Op::Same, Op::In]);
    let ordered = prop::sample::select(vec![Op::Lt, Op::Le, Op::Gt, Op::Ge]);
    let beside = (place(), equal.clone()).prop_flat_map(|(place, op)| {
        value(FIELDS[place].1).prop_map(move |value| Expr::op(op, [at(place), Expr::constant(value)]))
    });
    let before = (prop::sample::select(vec![0_usize, 1, 2, 3, 6, 7]), ordered.clone()).prop_flat_map(|(place, op)| {
        value(FIELDS[place].1).prop_map(move |value| Expr::op(op, [at(place), Expr::constant(value)]))
    });
    let pair = prop::sample::select(vec![(0_usize, 1_usize), (1, 0), (2, 3), (0, 0)]);
    let pairs = (pair, prop_oneof![equal, ordered]).prop_map(|((a, b), op)| Expr::op(op, [at(a), at(b)]));
    let fallback = value(Kind::Int).prop_map(|value| {
        let known = Expr::op(Op::UnwrapOr, [at(1), Expr::constant(value)]);
        Expr::op(Op::Eq, [known, Expr::constant(Value::Int(1))])
    });
    let inside = prop::sample::select(vec!["", "a", "zz"])
        .prop_map(|part| Expr::op(Op::StartsWith, [at(3), Expr::constant(Value::Text(part.to_owned()))]));
    let rows = Just(Expr {
        node: Node::Many(
            Many::Any,
            Path { root: Root::Row, fields: vec![Text::Static("rows")].into() },
            vec![Expr::bool(true)].into(),
        ),
        at: mimsy_schema::At::UNKNOWN,
    });
    let null =
        (place(), prop::sample::select(vec![Op::IsNone, Op::IsSome])).prop_map(|(place, op)| Expr::op(op, [at(place)]));
    prop_oneof![4 => beside, 3 => before, 3 => pairs, 1 => fallback, 1 => inside, 1 => rows, 2 => null, 1 => Just(at(4))].boxed()
}

fn condition() -> impl Strategy<Value = Expr> {
    atom().prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|all| Expr::op(Op::And, all)),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|any| Expr::op(Op::Or, any)),
            inner.prop_map(|one| Expr::op(Op::Not, [one])),
        ]
    })
}

fn row() -> impl Strategy<Value = Vec<Value>> {
    let fields = FIELDS.map(|(_, kind, nullable)| match nullable {
        true => prop_oneof![1 => Just(Value::Null), 3 => value(kind)].boxed(),
        false => value(kind),
    });
    fields.to_vec()
}

struct Values<'a>(&'a [Value]);

impl World for Values<'_> {
    fn value(&self, path: &Path, _: &[Each]) -> Option<Value> {
        let place = FIELDS.iter().position(|(name, ..)| path.fields[0] == *name)?;
        Some(self.0[place].clone())
    }

    fn rows(&self, _: &Path, _: &[Each]) -> Option<Vec<Each>> {
        Some(Vec::new())
    }

    fn now(&self) -> Option<mimsy_schema::Timestamp> {
        None
    }
}

const YES: Value = Value::Bool(true);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_proved_holds_of_every_row(first in condition(), second in condition(), rows in prop::collection::vec(row(), 8)) {
        let schema = schema();
        let model = schema.by_name("Row").unwrap();
        let never = always(&schema, model, &[&first], |values| values[0] != YES) == Some(true);
        let ever = always(&schema, model, &[&first], |values| values[0] == YES) == Some(true);
        let implies = always(&schema, model, &[&first, &second], |values| values[0] != YES || values[1] == YES) == Some(true);
        for row in rows {
            let (a, b) = (evaluate(&first, &Values(&row)), evaluate(&second, &Values(&row)));
            prop_assert!(!never || a != YES, "never: {first:?} of {row:?}");
            prop_assert!(!ever || a == YES, "always: {first:?} of {row:?}");
            prop_assert!(!implies || a != YES || b == YES, "{first:?} implies {second:?} of {row:?}");
        }
    }
}

#[test]
fn contradictions_and_tautologies_are_seen() {
    let schema = schema();
    let model = schema.by_name("Row").unwrap();
    let is = |place: usize, value: Value| Expr::op(Op::Eq, [at(place), Expr::constant(value)]);
    let text = |text: &str| Value::Text(text.to_owned());
    let never = |expr: &Expr| always(&schema, model, &[expr], |values| values[0] != YES) == Some(true);
    assert!(never(&is(5, text("x")).and(is(5, text("y")))));
    let below = |limit| Expr::op(Op::Lt, [at(0), Expr::constant(Value::Int(limit))]);
    assert!(never(&below(3).and(Expr::op(Op::Gt, [at(0), Expr::constant(Value::Int(2))]))), "no integer lies between");
    assert!(!never(&below(4).and(Expr::op(Op::Gt, [at(0), Expr::constant(Value::Int(2))]))));
    let same = Expr::op(Op::Eq, [at(0), at(1)]);
    assert!(never(&same.clone().and(is(0, Value::Int(1))).and(is(1, Value::Int(2)))));
    let all = Expr::op(Op::Or, ["x", "y", "z"].map(|name| is(5, text(name))));
    assert_eq!(always(&schema, model, &[&all], |values| values[0] == YES), Some(true));
    let nullable = Expr::op(Op::Or, [same.clone(), Expr::op(Op::Not, [same])]);
    assert_eq!(always(&schema, model, &[&nullable], |values| values[0] == YES), Some(false), "of NULL it is unknown");
}
