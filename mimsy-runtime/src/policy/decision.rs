//! The rules of a verb as one expression.

use mimsy_schema::{Effect, Expr, Model, Op, PolicyRule, Root, Value};

use super::residual::{Known, constant, residual, settled};

/// When `verb` is allowed, over the actor and the row ([`Root::Row`]); for `update` over the actor, the old row and the
/// new one ([`Root::Old`], [`Root::New`]).
///
/// On `update`, a rule with one or two parameters speaks of both rows: a `can` or a `must` has to hold on both, a
/// `cannot` forbids if it holds on either. `nobody`: a rule with an actor is unknown.
#[must_use]
pub fn decision(model: &Model, verb: &str, nobody: bool) -> Expr {
    let (mut musts, mut cans, mut cannots) = (Vec::new(), Vec::new(), Vec::new());
    for rule in model.rules(verb) {
        let body = judged(rule, verb == "update", nobody);
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

/// The body of a rule, as the verb judges it.
pub(crate) fn judged(rule: &PolicyRule, on_update: bool, nobody: bool) -> Expr {
    if nobody && rule.params > 1 {
        return Expr::constant(Value::Null);
    }
    if !on_update || rule.params > 2 {
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
