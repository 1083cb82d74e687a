//! Laws of partial evaluation. That SQL agrees with it is proved in the integration tests.

use mimsy_schema::{Expr, Op, Path, Root, Value};
use proptest::prelude::*;

use super::*;

/// A yes-no-unknown field of a root.
fn atom() -> impl Strategy<Value = Expr> {
    let roots = prop::sample::select(vec![Root::Actor, Root::Old, Root::New]);
    let fields = prop::sample::select(vec!["a", "b"]);
    prop_oneof![
        6 => (roots, fields).prop_map(|(root, field)| Expr::path(root, [field])),
        1 => prop::sample::select(vec![Value::Null, Value::Bool(true), Value::Bool(false)]).prop_map(Expr::constant),
    ]
}

fn condition() -> impl Strategy<Value = Expr> {
    atom().prop_recursive(5, 32, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|all| Expr::op(Op::And, all)),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|any| Expr::op(Op::Or, any)),
            inner.clone().prop_map(|one| Expr::op(Op::Not, [one])),
            (inner.clone(), inner).prop_map(|(a, b)| Expr::op(Op::Same, [a, b])),
        ]
    })
}

/// A value for each of the six fields.
fn world() -> impl Strategy<Value = Vec<Value>> {
    let value = prop::sample::select(vec![Value::Null, Value::Bool(true), Value::Bool(false)]);
    prop::collection::vec(value, 6)
}

/// The six fields, and no rows of relations.
struct Six<'a>(&'a [Value]);

impl World for Six<'_> {
    fn value(&self, path: &Path, _: &[Each]) -> Option<Value> {
        let root = match path.root {
            Root::Actor => 0,
            Root::Old | Root::Row => 2,
            Root::New => 4,
            Root::Each(_) => return None,
        };
        Some(self.0[root + usize::from(path.fields[0] == "b")].clone())
    }

    fn rows(&self, _: &Path, _: &[Each]) -> Option<Vec<Each>> {
        None
    }

    fn now(&self) -> Option<mimsy_schema::Timestamp> {
        None
    }
}

proptest! {
    #[test]
    fn folding_keeps_the_meaning(expr in condition(), world in world()) {
        let left = residual(&expr, &Known::default());
        prop_assert_eq!(evaluate(&left, &Six(&world)), evaluate(&expr, &Six(&world)));
    }

    #[test]
    fn a_settled_condition_holds_where_the_whole_one_does(expr in condition(), world in world()) {
        let yes = |expr: &Expr| evaluate(expr, &Six(&world)) == Value::Bool(true);
        prop_assert_eq!(yes(&settled(&residual(&expr, &Known::default()))), yes(&expr));
    }

    #[test]
    fn hope_refuses_nothing_that_could_still_be_allowed(expr in condition(), world in world()) {
        let hoped = optimistic(&expr, Root::New);
        prop_assert!(!hoped.mentions(Root::New));
        if evaluate(&expr, &Six(&world)) == Value::Bool(true) {
            prop_assert_eq!(evaluate(&hoped, &Six(&world)), Value::Bool(true));
        }
    }
}

#[test]
fn an_unknown_is_no_but_under_a_negation_it_is_yes() {
    let unknown = Expr::constant(Value::Null);
    assert_eq!(constant(&settled(&unknown)), Some(Value::Bool(false)));
    let negated = Expr::op(Op::Not, [unknown]);
    assert_eq!(constant(&settled(&negated)), Some(Value::Bool(false)), "`cannot` that is unknown forbids");
}
