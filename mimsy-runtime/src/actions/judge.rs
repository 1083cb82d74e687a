//! Judging rows inside their transaction: the decision on each, and the rule to name where it refuses.
//!
//! What follows from memory alone needs no statement. What looks beyond the rows is asked once for all of them.

use std::collections::HashMap;

use mimsy_schema::{Effect, Expr, Model, Value};

use super::failed::Failed;
use super::item::{Item, Pair};
use super::session::Session;
use crate::error::{Error, Refusal};
use crate::policy::{self, Over, Reads};
use crate::row::Cell;
use crate::sql::{BINDS, Question};
use crate::store::Tx;

/// The value of an expression on a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Verdict {
    /// The value.
    pub(super) answer: Value,
    /// Whether the row in memory decided it alone; otherwise the answer may be another one after the write.
    pub(super) settled: bool,
}

impl Verdict {
    /// Whether it is yes: unknown never allows.
    pub(super) fn is_yes(&self) -> bool {
        self.answer == Value::Bool(true)
    }
}

/// The value of an expression on each of some rows in memory.
pub(super) async fn judge(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    expr: &Expr,
    rows: &[Pair<'_>],
) -> Result<Vec<Verdict>, Error> {
    let mut verdicts = Vec::with_capacity(rows.len());
    for row in rows {
        let answer = policy::constant(&policy::residual(expr, &row.known(session, model)));
        let settled = answer.is_some();
        verdicts.push(Verdict { answer: answer.unwrap_or(Value::Null), settled });
    }
    if verdicts.iter().any(|verdict| !verdict.settled) {
        ask(tx, session, model, expr, rows, &mut verdicts).await?;
    }
    Ok(verdicts)
}

/// Ask the database what memory could not tell. Rows that are alike in what the expression reads are one question.
async fn ask(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    expr: &Expr,
    rows: &[Pair<'_>],
    verdicts: &mut [Verdict],
) -> Result<(), Error> {
    let expr = policy::residual(expr, &session.known());
    let reads = Reads::of(&expr, model);
    let values = |row: &[Value], fields: &[usize]| fields.iter().map(|field| row[*field].clone()).collect();
    let mut asked: HashMap<Question, Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| !verdicts[*at].settled) {
        let old = values(row.old.unwrap_or(row.new), &reads.old);
        asked.entry(Question { new: values(row.new, &reads.new), old }).or_default().push(at);
    }
    let asked: Vec<(Question, Vec<usize>)> = asked.into_iter().collect();
    let scope = |entity| session.scope(entity);
    let reader = session.reader(tx.dialect(), &scope);
    for part in asked.chunks((BINDS / (reads.new.len() + reads.old.len() + 2)).max(1)) {
        let questions: Vec<&Question> = part.iter().map(|(question, _)| question).collect();
        tx.rows(&reader.answers(model, &expr, &reads, &questions), &mut |row| {
            if let (Cell::Int(at), Cell::Bool(yes)) = (row.cell(0)?, row.cell(1)?)
                && let Some((_, rows)) = usize::try_from(at).ok().and_then(|at| part.get(at))
            {
                rows.iter().for_each(|at| verdicts[*at].answer = Value::Bool(yes));
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Require the decision of a verb on some of the items. Answers those that memory alone did not decide.
pub(super) async fn require(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    verb: &str,
    items: &[Item],
    which: &[usize],
) -> Result<Vec<usize>, Failed> {
    let (mut open, mut refused) = (Vec::new(), Vec::new());
    for over in [Over::Row, Over::Change] {
        let here: Vec<usize> = which.iter().copied().filter(|at| items[*at].over() == over).collect();
        if here.is_empty() {
            continue;
        }
        let pairs: Vec<Pair<'_>> = here.iter().map(|at| items[*at].pair()).collect();
        let verdicts = judge(tx, session, model, &session.decision_over(model, verb, over), &pairs).await?;
        let mut denied = Vec::new();
        for ((at, pair), verdict) in here.into_iter().zip(pairs).zip(verdicts) {
            match verdict.is_yes() {
                false => denied.push((at, pair)),
                true if !verdict.settled => open.push(at),
                true => {}
            }
        }
        refused.extend(refusals(tx, session, model, verb, over, denied).await?);
    }
    refused.sort_by_key(|(at, _)| *at);
    Failed::unless_empty(refused).map(|()| open)
}

/// Which rule refused each row: a `cannot` that holds, else a `must` that does not; else no `can` holds.
pub(super) async fn refusals(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    verb: &str,
    over: Over,
    mut rows: Vec<(usize, Pair<'_>)>,
) -> Result<Vec<(usize, Error)>, Error> {
    let mut told = Vec::with_capacity(rows.len());
    for effect in [Effect::Cannot, Effect::Must] {
        for rule in model.rules(verb).filter(|rule| rule.effect == effect && over.concerns(rule)) {
            // An API key that was not made for it asks no rule.
            if rows.is_empty() || !session.who.covers(model, verb) {
                break;
            }
            let body = policy::judged(rule, over, session.is_nobody());
            let pairs: Vec<Pair<'_>> = rows.iter().map(|(_, pair)| *pair).collect();
            let mut verdicts = judge(tx, session, model, &body, &pairs).await?.into_iter();
            rows.retain(|(at, _)| {
                let yes = verdicts.next().is_some_and(|verdict| verdict.is_yes());
                let refuses = yes == (effect == Effect::Cannot);
                if refuses {
                    let reason = if rule.doc.is_empty() { "A rule refuses this." } else { rule.doc.as_str() };
                    let refusal = Refusal { rule: Some(rule.name.to_string()), reason: reason.to_owned() };
                    told.push((*at, Error::forbidden(refusal)));
                }
                !refuses
            });
        }
    }
    told.extend(rows.into_iter().map(|(at, _)| (at, session.closed(model, verb))));
    Ok(told)
}
