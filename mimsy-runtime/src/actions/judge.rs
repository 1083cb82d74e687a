//! Judging a write inside its transaction: the decision on the rows, and the rule to name when it refuses.

use mimsy_schema::{Effect, Expr, Model, Value};

use super::session::Session;
use crate::error::{Error, Refusal};
use crate::policy::{self, Known};
use crate::row::Cell;
use crate::store::Tx;

/// The value of an expression on a row that is in memory and, as it stands now, in the database.
///
/// What follows from memory alone needs no statement; a path through a relation asks the database.
pub(super) async fn judge(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    key: &[Value],
    expr: &Expr,
    known: &Known<'_>,
) -> Result<Value, Error> {
    let left = policy::residual(expr, known);
    if let Some(value) = policy::constant(&left) {
        return Ok(value);
    }
    // The row itself is in the database: there, its paths lead on.
    let scope = |entity| session.scope(entity);
    let mut reader = session.reader(tx.dialect(), &scope);
    reader.known = Known { new: None, ..*known };
    let select = reader.row(model, key, &[], &Expr::bool(true), &[&left], false);
    let mut answer = Value::Null;
    tx.rows(&select.statement, &mut |row| {
        if let Cell::Bool(yes) = row.cell(select.checks.start)? {
            answer = Value::Bool(yes);
        }
        Ok(())
    })
    .await?;
    Ok(answer)
}

/// Require the decision of a verb.
pub(super) async fn require(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    verb: &str,
    key: &[Value],
    known: &Known<'_>,
) -> Result<(), Error> {
    let decision = session.decision(model, verb);
    if judge(tx, session, model, key, &decision, known).await? == Value::Bool(true) {
        return Ok(());
    }
    Err(refusal(tx, session, model, verb, key, known).await?)
}

/// Which rule refused: a `cannot` that holds, else a `must` that does not; else no `can` holds.
pub(super) async fn refusal(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    verb: &str,
    key: &[Value],
    known: &Known<'_>,
) -> Result<Error, Error> {
    let nobody = known.actor.is_none();
    for effect in [Effect::Cannot, Effect::Must] {
        for rule in model.rules(verb).filter(|rule| rule.effect == effect) {
            let body = policy::judged(rule, verb == "update", nobody);
            let answer = judge(tx, session, model, key, &body, known).await?;
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
    Ok(Session::closed(model, verb))
}
