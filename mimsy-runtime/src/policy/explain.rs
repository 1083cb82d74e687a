//! Why a decision is not yes: the fewest questions that would have to be answered otherwise.
//!
//! Pure. The answers of single questions are given; which of them decide is found here. Whoever turns the named ones turns
//! the decision.

use mimsy_schema::{Expr, Node, Op, Value};

/// A single question of a condition, and the answer that would be needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The question: anything but `&&`, `||` and `!`.
    pub atom: Expr,
    /// What its answer is.
    pub is: Value,
    /// What it would have to be.
    pub wanted: bool,
}

impl Wanted {
    fn is_turned(&self) -> bool {
        self.is != Value::Bool(self.wanted)
    }
}

/// Answers that make a condition turn out as wanted: some as they are, some turned.
type Way = Vec<Wanted>;

/// At most this many ways are kept at each step, those that turn the fewest answers.
const WAYS: usize = 64;

/// The questions of a condition, each once.
#[must_use]
pub fn atoms(expr: &Expr) -> Vec<Expr> {
    let mut found = Vec::new();
    collect(expr, &mut found);
    found
}

fn collect(expr: &Expr, found: &mut Vec<Expr>) {
    match &expr.node {
        Node::Op(Op::And | Op::Or | Op::Not, operands) => operands.iter().for_each(|one| collect(one, found)),
        Node::Const(_) => {}
        _ if found.contains(expr) => {}
        _ => found.push(expr.clone()),
    }
}

/// What a condition amounts to. `answer` tells what a question's answer is.
#[must_use]
pub fn value(expr: &Expr, answer: &dyn Fn(&Expr) -> Value) -> Value {
    let join = |operands: &[Expr], decisive: bool| {
        let answers: Vec<Value> = operands.iter().map(|one| value(one, answer)).collect();
        match answers.iter().all(|one| *one == Value::Bool(!decisive)) {
            true => Value::Bool(!decisive),
            false if answers.contains(&Value::Bool(decisive)) => Value::Bool(decisive),
            false => Value::Null,
        }
    };
    match &expr.node {
        Node::Const(leaf) => leaf.value(),
        Node::Op(Op::And, operands) => join(operands, false),
        Node::Op(Op::Or, operands) => join(operands, true),
        Node::Op(Op::Not, operands) => match operands.first().map(|one| value(one, answer)) {
            Some(Value::Bool(answer)) => Value::Bool(!answer),
            _ => Value::Null,
        },
        _ => answer(expr),
    }
}

/// The fewest questions that would have to be answered otherwise for a condition to be yes: none where it is yes, `None`
/// where no answers would do. `answer` tells what a question's answer is.
#[must_use]
pub fn missing(expr: &Expr, answer: &dyn Fn(&Expr) -> Value) -> Option<Vec<Wanted>> {
    let mut way = ways(expr, true, answer).into_iter().next()?;
    way.retain(Wanted::is_turned);
    Some(way)
}

/// The ways to make a condition turn out as wanted, those that turn the fewest answers first. In none of them is a
/// question both yes and no.
fn ways(expr: &Expr, wanted: bool, answer: &dyn Fn(&Expr) -> Value) -> Vec<Way> {
    let every = |operands: &[Expr]| {
        operands.iter().fold(vec![Way::new()], |so_far, operand| {
            let own = ways(operand, wanted, answer);
            let both = so_far.iter().flat_map(|one| own.iter().filter_map(|other| together(one, other)));
            fewest(both.collect())
        })
    };
    let some = |operands: &[Expr]| fewest(operands.iter().flat_map(|one| ways(one, wanted, answer)).collect());
    match (&expr.node, wanted) {
        (Node::Const(leaf), _) if leaf.value() == Value::Bool(wanted) => vec![Way::new()],
        (Node::Const(_), _) => Vec::new(),
        (Node::Op(Op::And, operands), true) | (Node::Op(Op::Or, operands), false) => every(operands),
        (Node::Op(Op::Or, operands), true) | (Node::Op(Op::And, operands), false) => some(operands),
        (Node::Op(Op::Not, operands), _) => operands.first().map_or_else(Vec::new, |one| ways(one, !wanted, answer)),
        _ => vec![vec![Wanted { atom: expr.clone(), is: answer(expr), wanted }]],
    }
}

/// Two ways at once; `None` where one wants yes of what the other wants no of.
fn together(one: &Way, other: &Way) -> Option<Way> {
    let mut both = one.clone();
    for wanted in other {
        match both.iter().find(|known| known.atom == wanted.atom) {
            Some(known) if known.wanted != wanted.wanted => return None,
            Some(_) => {}
            None => both.push(wanted.clone()),
        }
    }
    Some(both)
}

fn fewest(mut ways: Vec<Way>) -> Vec<Way> {
    ways.sort_by_key(|way| way.iter().filter(|one| one.is_turned()).count());
    ways.truncate(WAYS);
    ways
}

#[cfg(test)]
mod tests {
    use mimsy_schema::{Path, Root, Timestamp};
    use proptest::prelude::*;

    use super::*;
    use crate::policy::{Each, World, evaluate};

    /// Five questions without a meaning.
    const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

    struct Answers([Value; 5]);

    impl World for Answers {
        fn value(&self, path: &Path, _: &[Each]) -> Option<Value> {
            NAMES.iter().position(|name| path.fields[0] == *name).map(|place| self.0[place].clone())
        }

        fn rows(&self, _: &Path, _: &[Each]) -> Option<Vec<Each>> {
            None
        }

        fn now(&self) -> Option<Timestamp> {
            None
        }
    }

    fn answer() -> impl Strategy<Value = Value> {
        prop::sample::select(vec![Value::Bool(true), Value::Bool(false), Value::Null])
    }

    fn condition() -> impl Strategy<Value = Expr> {
        let atom = prop_oneof![
            8 => prop::sample::select(NAMES.to_vec()).prop_map(|name| Expr::path(Root::Row, [name])),
            1 => answer().prop_map(Expr::constant),
        ];
        atom.prop_recursive(4, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|all| Expr::op(Op::And, all)),
                prop::collection::vec(inner.clone(), 0..4).prop_map(|any| Expr::op(Op::Or, any)),
                inner.prop_map(|one| Expr::op(Op::Not, [one])),
            ]
        })
    }

    /// The fewest answers to turn, by trying all.
    fn tried(expr: &Expr, answers: &[Value; 5]) -> Option<usize> {
        (0..243_usize)
            .filter_map(|mut number| {
                let world = std::array::from_fn(|_| {
                    let answer = [Value::Bool(true), Value::Bool(false), Value::Null][number % 3].clone();
                    number /= 3;
                    answer
                });
                let turned = answers.iter().zip(&world).filter(|(before, after)| before != after).count();
                (evaluate(expr, &Answers(world)) == Value::Bool(true)).then_some(turned)
            })
            .min()
    }

    proptest! {
        #[test]
        fn turning_what_is_named_turns_the_decision(expr in condition(), answers in prop::array::uniform5(answer())) {
            let world = Answers(answers.clone());
            prop_assert_eq!(value(&expr, &|atom| evaluate(atom, &world)), evaluate(&expr, &world));
            match missing(&expr, &|atom| evaluate(atom, &world)) {
                None => prop_assert_eq!(tried(&expr, &answers), None),
                Some(wanted) => {
                    prop_assert_eq!(Some(wanted.len()), tried(&expr, &answers), "no fewer would do");
                    let mut turned = answers;
                    for one in wanted {
                        let Node::Path(path) = &one.atom.node else { panic!("{:?}", one.atom) };
                        let place = NAMES.iter().position(|name| path.fields[0] == *name).unwrap();
                        prop_assert_eq!(&turned[place], &one.is);
                        turned[place] = Value::Bool(one.wanted);
                    }
                    prop_assert_eq!(evaluate(&expr, &Answers(turned)), Value::Bool(true));
                }
            }
        }
    }
}
