//! `_explain` under the prefix: why an actor may not, for those whose role the configuration lists.
//!
//! `?action=delete&entity=invoices&id=…&as=…`: of one row; without `id`, of all rows where it is refused. Only of rows, and
//! only for actors, that the asker may read: a role in one organisation explains nothing of another one. What a rule asks
//! beyond those rows is answered all the same.

use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use mimsy_schema::name::{listed, nearest};
use mimsy_schema::{Effect, EntityId, Model, Schema, Value};
use serde::Serialize;

use super::door::Door;
use super::exchange::Exchange;
use super::params::{Faults, Plain};
use super::path::{self, Place};
use super::problem::Problem;
use super::route::Route;
use super::{accept, answer};
use crate::actions::{Explained, Missing, Output, Reasons, Ruled};
use crate::query::View;
use crate::row::BadCell;
use crate::who::Who;

/// The segment under the prefix. No entity has it: names with a leading `_` are the framework's.
pub(crate) const SEGMENT: &str = "_explain";

/// At most how many rows where nothing is said, and at all.
const LIMIT: (u32, u32) = (20, 1000);

pub(crate) async fn answer(
    exchange: &Exchange<'_>,
    parts: &Parts,
    who: &Who,
    place: Place<'_>,
) -> Result<Response, Problem> {
    let door = exchange.door;
    let schema = door.actions().schema();
    // For others there is nothing here.
    if place.row.is_some() || place.action.is_some() || !admits(door, &schema, who) {
        return Err(Problem::not_found());
    }
    exchange.on(Route::Page(format!("{}/{SEGMENT}", door.config().prefix)));
    let allow = || HeaderValue::from_static("GET, HEAD, OPTIONS");
    if parts.method == Method::OPTIONS {
        return Ok(answer::options(allow()));
    }
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return Err(Problem::method_not_allowed(allow()));
    }
    accept::check(&parts.headers)?;
    let asked = Asked::read(&schema, parts.uri.query().unwrap_or_default()).map_err(Problem::parameters)?;
    let subject = match &asked.subject {
        None => who.clone(),
        Some(key) => actor(door, &schema, who, key.clone()).await?,
    };
    let limit = asked.limit;
    let (verb, key, single) = (asked.verb, asked.key, asked.single);
    let explained = door.actions().explain(who, &subject, &verb, asked.entity, key, limit).await?;
    if single && explained.rows.is_empty() {
        return Err(Problem::not_found());
    }
    let body = Shown::of(&explained, limit);
    Ok(answer::json(StatusCode::OK, serde_json::to_vec(&body).expect("texts and numbers always serialise")))
}

/// Whether the asker has one of the roles that are listed.
fn admits(door: &Door, schema: &Schema, who: &Who) -> bool {
    let role = schema.actor().and_then(|actor| actor.fields().iter().position(|field| field.role));
    // An API key does what it was made for, and it was made for no explanations.
    match (role, who.values().filter(|_| !who.is_narrowed())) {
        (Some(role), Some(values)) => {
            matches!(&values[role], Value::Text(name) if door.config().explainers.contains(name))
        }
        _ => false,
    }
}

/// The actor with a key, if the asker may read them.
async fn actor(door: &Door, schema: &Schema, who: &Who, key: Vec<Value>) -> Result<Who, Problem> {
    struct Nowhere;
    impl Output for Nowhere {
        fn row(&mut self, _: &crate::actions::Found<'_>) -> Result<(), BadCell> {
            Ok(())
        }
    }
    let entity = schema.actor().ok_or_else(Problem::not_found)?.id;
    door.actions().get(who, entity, key.clone(), View::default(), Nowhere).await?;
    door.actions().actor(key).await?.map(Who::Actor).ok_or_else(Problem::not_found)
}

/// What is to be explained.
struct Asked {
    entity: EntityId,
    verb: String,
    key: Option<Vec<Value>>,
    single: bool,
    subject: Option<Vec<Value>>,
    limit: u32,
}

impl Asked {
    fn read(schema: &Schema, query: &str) -> Result<Self, Faults> {
        const NAMES: &[&str] = &["action", "entity", "id", "as", "limit"];
        let mut given = Plain::read(query, NAMES);
        let routed: Vec<&Model> = schema.models().iter().filter(|model| model.routes.is_some()).collect();
        let paths = || routed.iter().filter_map(|model| Some(model.routes.as_ref()?.path.as_str()));
        let model = given.required("entity").and_then(|name| {
            let model = schema.by_path(&name);
            if model.is_none() {
                given.fault("entity", one_of(&name, paths()));
            }
            model
        });
        let verb = given.required("action").and_then(|action| {
            let verbs = model?.spoken();
            let verb = mimsy_schema::routes::verb(&action);
            if verbs.contains(&verb) {
                return Some(verb.to_owned());
            }
            given.fault("action", one_of(&action, verbs.iter().copied()));
            None
        });
        let id = given.optional("id");
        let key = id.as_ref().and_then(|id| path::key(model?, id));
        let subject = given.optional("as");
        let subject_key = subject.as_ref().and_then(|sub| path::subject(schema.actor()?, sub));
        if id.is_some() && key.is_none() && model.is_some() {
            given.fault("id", "is no key of this entity".to_owned());
        }
        if subject.is_some() && subject_key.is_none() {
            given.fault("as", "is no key of an actor".to_owned());
        }
        let limit =
            given.optional("limit").map_or(Some(LIMIT.0), |limit| limit.parse().ok().filter(|limit| *limit > 0));
        if limit.is_none() {
            given.fault("limit", "must be a whole number above 0".to_owned());
        }
        let (faults, complete) = (given.faults, model.zip(verb).zip(limit));
        match complete.filter(|_| faults.listed.is_empty()) {
            Some(((model, verb), limit)) => Ok(Self {
                entity: model.id,
                verb,
                single: key.is_some(),
                key,
                subject: subject_key,
                limit: limit.min(LIMIT.1),
            }),
            None => Err(faults),
        }
    }
}

fn one_of<'a>(word: &str, words: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(word, words.clone()) {
        Some(near) => format!("there is no such thing; did you mean `{near}`?"),
        None => format!("there is no such thing; there are {}", listed(words)),
    }
}

/// The answer.
#[derive(Serialize)]
struct Shown<'a> {
    data: Vec<ShownRow<'a>>,
    page: ShownPage,
}

#[derive(Serialize)]
struct ShownPage {
    limit: u32,
    more: bool,
}

#[derive(Serialize)]
struct ShownRow<'a> {
    /// As in a path.
    id: String,
    allowed: bool,
    rules: Vec<ShownRule<'a>>,
    missing: Option<Vec<ShownMissing<'a>>>,
}

#[derive(Serialize)]
struct ShownRule<'a> {
    rule: &'a str,
    action: &'a str,
    effect: &'static str,
    reason: &'a str,
    /// `null`: unknown.
    holds: Option<bool>,
}

#[derive(Serialize)]
struct ShownMissing<'a> {
    rule: &'a str,
    place: Option<String>,
    question: &'a str,
    is: Option<bool>,
    wanted: bool,
}

impl<'a> Shown<'a> {
    fn of(explained: &'a Explained, limit: u32) -> Self {
        Self { data: explained.rows.iter().map(row).collect(), page: ShownPage { limit, more: explained.more } }
    }
}

fn row(row: &Reasons) -> ShownRow<'_> {
    let missing = row.missing.as_ref().map(|missing| missing.iter().map(one).collect());
    ShownRow { id: path::segment(&row.key), allowed: row.allowed, rules: row.rules.iter().map(rule).collect(), missing }
}

fn rule(ruled: &Ruled) -> ShownRule<'_> {
    let effect = match ruled.effect {
        Effect::Can => "can",
        Effect::Cannot => "cannot",
        Effect::Must => "must",
    };
    ShownRule { rule: &ruled.rule, action: &ruled.verb, effect, reason: &ruled.reason, holds: known(&ruled.answer) }
}

fn one(missing: &Missing) -> ShownMissing<'_> {
    let place = (missing.at.line > 0).then(|| missing.at.to_string());
    let (is, wanted) = (known(&missing.is), missing.wanted);
    ShownMissing { rule: &missing.rule, place, question: &missing.question, is, wanted }
}

fn known(answer: &Value) -> Option<bool> {
    if let Value::Bool(answer) = answer { Some(*answer) } else { None }
}
