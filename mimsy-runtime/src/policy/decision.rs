//! The rules of a verb as one expression.

use mimsy_schema::{Effect, Expr, Model, Op, PolicyRule, Root, Value};

use super::residual::{Known, constant, residual, settled};

/// What a verb is judged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// One row: that is read, created or deleted.
    Row,
    /// A change: the row before and the row after.
    Change,
}

impl Over {
    /// What a verb is judged on. (`upsert` on either: on a row that it creates, on a change of one that is there.)
    #[must_use]
    pub fn of(verb: &str) -> Self {
        if verb == "update" { Self::Change } else { Self::Row }
    }

    /// Whether a rule has something to say: one with three parameters speaks of changes alone.
    pub(crate) fn concerns(self, rule: &PolicyRule) -> bool {
        self == Self::Change || rule.params < 3
    }
}

/// When `verb` is allowed, over the actor and the row ([`Root::Row`]); of a change over the actor, the old row and the
/// new one ([`Root::Old`], [`Root::New`]).
///
/// Of a change, a rule with one or two parameters speaks of both rows: a `can` or a `must` has to hold on both, a
/// `cannot` forbids if it holds on either. `nobody`: a rule with an actor is unknown.
#[must_use]
pub fn decision(model: &Model, verb: &str, nobody: bool) -> Expr {
    decision_over(model, verb, Over::of(verb), nobody)
}

/// The same for a verb that is judged on rows as well as on changes.
#[must_use]
pub fn decision_over(model: &Model, verb: &str, over: Over, nobody: bool) -> Expr {
    let (mut musts, mut cans, mut cannots) = (Vec::new(), Vec::new(), Vec::new());
    for rule in model.rules(verb).filter(|rule| over.concerns(rule)) {
        let body = judged(rule, over, nobody);
        match rule.effect {
            Effect::Must => musts.push(body),
            Effect::Can => cans.push(body),
            Effect::Cannot => cannots.push(Expr::op(Op::Not, [body])),
        }
    }
    musts.push(Expr::op(Op::Or, cans));
    musts.extend(cannots);
    Expr::op(Op::And, musts)
}

/// The body of a rule, as it is judged.
pub(crate) fn judged(rule: &PolicyRule, over: Over, nobody: bool) -> Expr {
    if nobody && rule.params > 1 {
        return Expr::constant(Value::Null);
    }
    if over == Over::Row || rule.params > 2 {
        return rule.body.clone();
    }
    let rows = [rule.body.rooted(Root::Row, Root::Old), rule.body.rooted(Root::Row, Root::New)];
    Expr::op(if rule.effect == Effect::Cannot { Op::Or } else { Op::And }, rows)
}

/// Whether some rules could ever let nobody do `verb`.
#[must_use]
pub fn open_to_nobody(model: &Model, verb: &str) -> bool {
    let left = settled(&residual(&decision(model, verb, true), &Known::default()));
    constant(&left) != Some(Value::Bool(false))
}
