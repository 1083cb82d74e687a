//! Judging a write inside its transaction: the decision on the rows, and the rule to name when it refuses.

use mimsy_schema::{Effect, Expr, Kind, Model, Value};

use super::session::Session;
use crate::error::{Error, Refusal};
use crate::policy::{self, Known};
use crate::row::Cell;
use crate::sql::Reader;
use crate::store::Tx;

/// The value of an expression on rows in memory.
///
/// What follows from memory alone needs no statement; a path through a relation asks the database for the rows beyond.
pub(super) async fn judge(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    expr: &Expr,
    known: &Known<'_>,
) -> Result<Value, Error> {
    let known = Known { now: Some(session.now), ..*known };
    let left = policy::residual(expr, &known);
    if let Some(value) = policy::constant(&left) {
        return Ok(value);
    }
    let scope = |entity| session.scope(entity);
    let reader = Reader { known, ..session.reader(tx.dialect(), &scope) };
    let mut answer = Value::Null;
    tx.rows(&reader.value(model, &left, Kind::Bool, true), &mut |row| {
        if let Cell::Bool(yes) = row.cell(0)? {
            answer = Value::Bool(yes);
        }
        Ok(())
    })
    .await?;
    Ok(answer)
}

/// Require the decision of a verb. Answers whether the rows in memory decided it alone; where they did not, the answer
/// may be another one after the write.
pub(super) async fn require(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    verb: &str,
    known: &Known<'_>,
) -> Result<bool, Error> {
    let decision = session.decision(model, verb);
    if judge(tx, session, model, &decision, known).await? == Value::Bool(true) {
        let known = Known { now: Some(session.now), ..*known };
        return Ok(policy::constant(&policy::residual(&decision, &known)).is_some());
    }
    Err(refusal(tx, session, model, verb, known).await?)
}

/// Which rule refused: a `cannot` that holds, else a `must` that does not; else no `can` holds.
pub(super) async fn refusal(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    verb: &str,
    known: &Known<'_>,
) -> Result<Error, Error> {
    if !session.who.covers(model, verb) {
        return Ok(session.closed(model, verb));
    }
    let nobody = known.actor.is_none();
    for effect in [Effect::Cannot, Effect::Must] {
        for rule in model.rules(verb).filter(|rule| rule.effect == effect) {
            let body = policy::judged(rule, verb == "update", nobody);
            let answer = judge(tx, session, model, &body, known).await?;
            let refuses = match effect {
                Effect::Cannot => answer == Value::Bool(true),
                _ => answer != Value::Bool(true),
            };
            if refuses {
                let reason = if rule.doc.is_empty() { "A rule refuses this." } else { rule.doc.as_str() };
                let refusal = Refusal { rule: Some(rule.name.to_string()), reason: reason.to_owned() };
                return Ok(Error::forbidden(refusal));
            }
        }
    }
    Ok(session.closed(model, verb))
}
