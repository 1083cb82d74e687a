//! `_keys` under the prefix: an actor makes, lists and revokes API keys of their own.
//!
//! A key is told once, in the answer that made it; no cache keeps that answer, and it is not kept for a repetition.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use mimsy_schema::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::config::KeyRules;
use super::dispatch::mounted;
use super::door::Door;
use super::exchange::Exchange;
use super::params::Params;
use super::path::Place;
use super::problem::{Problem, code};
use super::route::Route;
use super::{answer, body, idempotency};
use crate::actions::{KeyInfo, NewKey};
use crate::json::new_key;
use crate::violation::Violation;
use crate::who::Who;

/// The segment under the prefix. No entity has it: names with a leading `_` are the framework's.
pub(crate) const SEGMENT: &str = "_keys";

/// Answer a request about keys.
pub(crate) async fn answer(
    exchange: &Exchange<'_>,
    parts: &Parts,
    body: &mut Body,
    who: &Who,
    place: Place<'_>,
) -> Result<Response, Problem> {
    let door = exchange.door;
    let rules = door.config().keys;
    if !rules.open || place.action.is_some() {
        return Err(Problem::not_found());
    }
    let row = if place.row.is_some() { "/{id}" } else { "" };
    exchange.on(Route::Page(format!("{}/{SEGMENT}{row}", door.config().prefix)));
    let allowed = if place.row.is_some() { "GET, DELETE, OPTIONS" } else { "GET, POST, OPTIONS" };
    let allow = || HeaderValue::from_static(allowed);
    if parts.method == Method::OPTIONS {
        return Ok(answer::options(allow()));
    }
    let method = if parts.method == Method::HEAD { "GET" } else { parts.method.as_str() };
    if !allowed.split(", ").any(|one| one == method) {
        return Err(Problem::method_not_allowed(allow()));
    }
    if matches!(who, Who::Nobody) {
        return Err(Problem::unauthenticated());
    }
    super::accept::check(&parts.headers)?;
    let id = match place.row.map(str::parse::<Uuid>) {
        Some(Err(_)) => return Err(Problem::not_found()),
        Some(Ok(id)) => Some(id),
        None => None,
    };
    Params::none(parts.uri.query().unwrap_or_default()).map_err(Problem::parameters)?;
    match (method, id) {
        ("POST", _) => create(door, parts, body, who, rules).await,
        ("GET", None) => {
            let keys = door.actions().keys(who).await?;
            Ok(json(StatusCode::OK, &Data { data: keys.iter().map(Shown::of).collect::<Vec<_>>() }))
        }
        ("GET", Some(id)) => {
            let keys = door.actions().keys(who).await?;
            let key = keys.iter().find(|key| key.id == id).ok_or_else(Problem::not_found)?;
            Ok(json(StatusCode::OK, &Data { data: Shown::of(key) }))
        }
        (_, id) => {
            door.actions().revoke_key(who, id.ok_or_else(Problem::not_found)?).await?;
            Ok(answer::no_content())
        }
    }
}

async fn create(door: &Door, parts: &Parts, body: &mut Body, who: &Who, rules: KeyRules) -> Result<Response, Problem> {
    if parts.headers.contains_key(idempotency::HEADER) {
        let detail = "`Idempotency-Key` is not supported here: a key is told once, so its answer is not kept. Revoke what \
                      you do not know, and make another.";
        return Err(Problem::new(&code::BAD_HEADER, detail));
    }
    body::check_type(&parts.headers, &["application/json"])?;
    let bytes = body::read(body, door.config().body).await?;
    let asked = new_key(&bytes, door.config().depth)?;
    let now = Timestamp::now();
    let expires_at = asked.expires_at.unwrap_or_else(|| Some(now.saturating_add(rules.usual)));
    if let Some(longest) = rules.longest
        && expires_at.is_none_or(|expires| expires > now.saturating_add(longest))
    {
        let days = longest.as_secs() / (24 * 3600);
        let violation = Violation::field("expires_at", "MAX", format!("a key is valid for {days} days at most"));
        return Err(Problem::invalid(&[violation.with("days", days)], 0));
    }
    let new = NewKey { name: asked.name, actions: asked.actions, expires_at };
    let (info, key) = door.actions().create_key(who, new).await?;
    let shown = Shown { key: Some(key.reveal()), ..Shown::of(&info) };
    let mut response = json(StatusCode::CREATED, &Data { data: shown });
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let place = format!("{}/{}", mounted(door, parts, SEGMENT), info.id);
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(LOCATION, place);
    }
    Ok(response)
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    answer::json(status, serde_json::to_vec(body).expect("texts always serialise"))
}

#[derive(Serialize)]
struct Data<T> {
    data: T,
}

/// A key as its owner sees it.
#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    name: &'a str,
    actions: &'a [String],
    created_at: String,
    expires_at: Option<String>,
    used_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn of(info: &'a KeyInfo) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            id: info.id.to_string(),
            name: &info.name,
            actions: &info.actions,
            created_at: info.created_at.to_string(),
            expires_at: text(info.expires_at),
            used_at: text(info.used_at),
            key: None,
        }
    }
}
