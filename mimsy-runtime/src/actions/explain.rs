//! Why somebody may do something with a row, or may not: what each rule says of it, and the fewest answers that would have
//! to be others.
//!
//! For those who may see the rows anyway, whoever is spoken of.

use mimsy_schema::{At, Effect, EntityId, Expr, Model, Op, Root, Value, words::called};

use super::Actions;
use super::session::Session;
use crate::error::Error;
use crate::policy::{self, Known, Over, missing, value};
use crate::query::{Condition, Query, Test};
use crate::who::Who;

/// What was explained of some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// A row each.
    pub rows: Vec<Reasons>,
    /// Whether there are more of them.
    pub more: bool,
}

/// Why something is allowed with one row, or is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Reasons {
    /// The key of the row.
    pub key: Vec<Value>,
    /// Whether it is allowed.
    pub allowed: bool,
    /// What each rule says that has a say.
    pub rules: Vec<Ruled>,
    /// The fewest answers that would have to be others for it to be allowed: none where it is, `None` where no answers would
    /// do.
    pub missing: Option<Vec<Missing>>,
}

/// What a rule says of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruled {
    /// Its name.
    pub rule: String,
    /// The verb that it is asked about: the one in question, or `read`, which comes before each.
    pub verb: String,
    /// What it does when it holds.
    pub effect: Effect,
    /// Its public reason.
    pub reason: String,
    /// Whether it holds: yes, no, or NULL for unknown.
    pub answer: Value,
}

/// An answer that would have to be another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// The rule that asks; empty if the question is nobody's rule.
    pub rule: String,
    /// Where it asks.
    pub at: At,
    /// The question, in the words of a rule.
    pub question: String,
    /// The answer: yes, no, or NULL for unknown.
    pub is: Value,
    /// What it would have to be.
    pub wanted: bool,
}

/// A rule as it is asked about one row.
struct Asked<'a> {
    verb: &'a str,
    rule: &'a mimsy_schema::PolicyRule,
    body: Expr,
}

impl Actions {
    /// Explain to `viewer` what `who` may do with a row, or, without a key, with the rows where they may not; at most `limit` of
    /// them, and only such that the viewer may read.
    ///
    /// A change is judged as one that changes nothing. One statement asks everything about all rows.
    ///
    /// # Errors
    /// What the store says.
    pub async fn explain(
        &self,
        viewer: &Who,
        who: &Who,
        verb: &str,
        entity: EntityId,
        key: Option<Vec<Value>>,
        limit: u32,
    ) -> Result<Explained, Error> {
        let session = self.session(who);
        let viewer = self.session(viewer);
        let verb = verb.to_owned();
        self.store()
            .read(move |tx| {
                Box::pin(async move {
                    let model = session.model(entity);
                    let verbs: Vec<&str> = if verb == "read" { vec!["read"] } else { vec!["read", &verb] };
                    let decided = verbs.iter().map(|verb| alone(&session.decision(model, verb)));
                    let decided = Expr::op(Op::And, decided.collect::<Vec<_>>());
                    let rules = asked(&session, model, &verbs);
                    let mut questions = policy::atoms(&decided);
                    for rule in &rules {
                        let new = policy::atoms(&rule.body);
                        questions.extend(new.into_iter().filter(|one| !questions.contains(one)).collect::<Vec<_>>());
                    }
                    let known = Known { now: Some(session.now), ..session.known() };
                    let left: Vec<Expr> = questions.iter().map(|one| policy::residual(one, &known)).collect();
                    let open: Vec<&Expr> = left.iter().filter(|one| policy::constant(one).is_none()).collect();
                    let hidden = policy::settled(&policy::residual(&decided, &known));
                    let which = match key {
                        Some(_) => Expr::bool(true),
                        None => Expr::op(Op::Not, [Expr::op(Op::UnwrapOr, [hidden, Expr::bool(false)])]),
                    };
                    let which = policy::residual(&which, &known);
                    let scopes = (|entity| viewer.scope(entity), |entity| session.scope(entity));
                    let reader = viewer.reader(tx.dialect(), &scopes.0);
                    let subject = session.reader(tx.dialect(), &scopes.1);
                    let select = reader.explained(&subject, model, &with_key(model, key), &which, &open, limit);
                    // What follows from the actor alone is no column.
                    let mut cells = select.checks.clone();
                    let mut cell = |one: &Expr| if policy::constant(one).is_none() { cells.next() } else { None };
                    let places: Vec<Option<usize>> = left.iter().map(&mut cell).collect();
                    let mut rows = Vec::new();
                    tx.rows(&select.statement, &mut |row| {
                        let key = (0..model.key.len()).map(|at| Ok(row.cell(at)?.to_value()));
                        let key = key.collect::<Result<Vec<Value>, _>>()?;
                        let answers = left.iter().zip(&places).map(|(one, place)| match place {
                            Some(place) => Ok(row.cell(*place)?.to_value()),
                            None => Ok(policy::constant(one).unwrap_or(Value::Null)),
                        });
                        let answers = answers.collect::<Result<Vec<Value>, _>>()?;
                        rows.push(reasons(&session, model, &decided, &rules, key, &|one| {
                            let place = questions.iter().position(|known| known == one);
                            place.map_or(Value::Null, |place| answers[place].clone())
                        }));
                        Ok(())
                    })
                    .await?;
                    let more = rows.len() > limit as usize;
                    rows.truncate(limit as usize);
                    Ok::<_, Error>(Explained { rows, more })
                })
            })
            .await
    }
}

/// A decision about one row: before a change as after it.
fn alone(decision: &Expr) -> Expr {
    decision.rooted(Root::Old, Root::Row).rooted(Root::New, Root::Row)
}

fn with_key(model: &Model, key: Option<Vec<Value>>) -> Query {
    let test = |(field, value): (&usize, Value)| Condition::Field { path: vec![*field], test: Test::Eq(value) };
    let filter = model.key.iter().zip(key.into_iter().flatten()).map(test).collect();
    Query { filter, ..Query::default() }
}

/// The rules that have a say.
fn asked<'a>(session: &Session, model: &'a Model, verbs: &[&'a str]) -> Vec<Asked<'a>> {
    let of = |verb: &&'a str| {
        let verb = *verb;
        let over = Over::of(verb);
        model.rules(verb).filter(move |rule| over.concerns(rule)).map(move |rule| (verb, over, rule))
    };
    let asked = verbs.iter().flat_map(of);
    asked
        .map(|(verb, over, rule)| Asked { verb, rule, body: alone(&policy::judged(rule, over, session.is_nobody())) })
        .collect()
}

fn reasons(
    session: &Session,
    model: &Model,
    decided: &Expr,
    rules: &[Asked<'_>],
    key: Vec<Value>,
    answer: &dyn Fn(&Expr) -> Value,
) -> Reasons {
    let actor = session.schema().actor().map_or_else(String::new, |actor| called(&actor.entity.name));
    let row = called(&model.entity.name);
    let ruled = rules.iter().map(|asked| Ruled {
        rule: asked.rule.name.to_string(),
        verb: asked.verb.to_owned(),
        effect: asked.rule.effect,
        reason: asked.rule.doc.to_string(),
        answer: value(&asked.body, answer),
    });
    let missing = missing(decided, answer).map(|wanted| {
        let told = wanted.into_iter().map(|one| {
            let asks = rules.iter().find(|asked| policy::atoms(&asked.body).contains(&one.atom));
            Missing {
                rule: asks.map_or_else(String::new, |asked| asked.rule.name.to_string()),
                at: if one.atom.at.line > 0 {
                    one.atom.at.clone()
                } else {
                    asks.map_or(At::UNKNOWN, |asked| asked.rule.at.clone())
                },
                question: one.atom.words(&actor, &row).to_string(),
                is: one.is,
                wanted: one.wanted,
            }
        });
        told.collect()
    });
    Reasons { key, allowed: value(decided, answer) == Value::Bool(true), rules: ruled.collect(), missing }
}
