//! From a request to its action: who, what, and whether that is there at all.
//!
//! The order is the contract: 401 for bad credentials, 404 for a path, 405 for a method, 401 where nobody could ever be
//! allowed, 406 for a caller that reads no JSON; then `read` and `write` look at parameters and bodies.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::MatchedPath;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, Method};
use mimsy_schema::routes::verb;
use mimsy_schema::{Model, Routes, Schema};

use super::door::Door;
use super::exchange::Exchange;
use super::limits::Limits;
use super::params::Params;
use super::problem::{Problem, code};
use super::route::{Route, Shape};
use super::{accept, answer, batch, explain, keys, path, prefer, read, write};
use crate::who::Who;

/// A request whose path and method name an action.
pub(crate) struct Asked<'a> {
    pub(crate) door: &'a Door,
    pub(crate) parts: &'a Parts,
    pub(crate) schema: &'a Arc<Schema>,
    pub(crate) model: &'a Model,
    pub(crate) who: Who,
    pub(crate) limits: &'a Limits,
}

impl Asked<'_> {
    /// The query string; empty if there is none.
    pub(crate) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// What reads the query string.
    pub(crate) fn params(&self) -> Params<'_> {
        let limits = self.door.config().params;
        Params { schema: self.schema, model: self.model, limits, cursors: self.door.cursors() }
    }

    /// The path of the entity's collection as the caller sees it, also where the router is nested under another path.
    pub(crate) fn collection(&self) -> String {
        let path = self.model.routes.as_ref().map_or("", |routes| routes.path.as_str());
        mounted(self.door, self.parts, path)
    }
}

/// A path under the prefix as the caller sees it.
pub(crate) fn mounted(door: &Door, parts: &Parts, path: &str) -> String {
    let matched = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    let mount = matched.and_then(|matched| matched.split_once("/{*")).map(|(mount, _)| mount);
    match mount {
        Some(mount) if !mount.contains('{') => format!("{mount}/{path}"),
        // Nested under a parameter, whose value is not at hand: relative to the collection itself.
        Some(_) => path.to_owned(),
        None => format!("{}/{path}", door.config().prefix),
    }
}

/// An action over HTTP: its method, what its path names, its name.
const ACTIONS: &[(Method, Shape, &str)] = &[
    (Method::GET, Shape::Collection, "list"),
    (Method::HEAD, Shape::Collection, "list"),
    (Method::POST, Shape::Collection, "create"),
    (Method::GET, Shape::Row, "get"),
    (Method::HEAD, Shape::Row, "get"),
    (Method::PATCH, Shape::Row, "update"),
    (Method::PUT, Shape::Row, "upsert"),
    (Method::DELETE, Shape::Row, "delete"),
    (Method::POST, Shape::BatchCreate, "batch_create"),
    (Method::POST, Shape::BatchUpdate, "batch_update"),
    (Method::POST, Shape::BatchDelete, "batch_delete"),
];

/// Answer a request. The exchange hears of what becomes known on the way, and may refuse.
pub(crate) async fn answer(exchange: &Exchange<'_>, parts: &Parts, body: &mut Body) -> Result<Response, Problem> {
    let door = exchange.door;
    let length = parts.uri.path().len() + parts.uri.query().map_or(0, |query| query.len() + 1);
    if length > door.config().url {
        let detail = format!("The URL has {length} bytes, and {} are the most.", door.config().url);
        return Err(Problem::new(&code::URL_TOO_LONG, detail));
    }
    let who = door.who(parts).await?;
    exchange.identified(&who)?;
    let schema = door.actions().schema();
    let rest = parts.uri.path().strip_prefix(door.config().prefix.as_str());
    let place = rest.and_then(path::read).ok_or_else(Problem::not_found)?;
    if place.entity == keys::SEGMENT {
        return keys::answer(exchange, parts, body, &who, place).await;
    }
    if place.entity == explain::SEGMENT {
        return explain::answer(exchange, parts, &who, place).await;
    }
    let model = schema.by_path(place.entity).ok_or_else(Problem::not_found)?;
    let (Some(routes), Some(shape)) = (model.routes.as_ref(), Shape::of(&place)) else {
        return Err(Problem::not_found());
    };
    exchange.on(Route::Entity { schema: Arc::clone(&schema), entity: model.id, shape });
    let action = match find(routes, &parts.method, shape) {
        Some(action) => action,
        None => return not_an_action(routes, &parts.method, shape),
    };
    let verb = verb(action);
    if matches!(who, Who::Nobody) && !door.actions().open_to_nobody(model.id, verb) {
        return Err(Problem::unauthenticated());
    }
    accept::check(&parts.headers)?;
    let limits = door.limits().of(model.id, action);
    exchange.enter(limits, &who)?;
    let asked = Asked { door, parts, schema: &schema, model, who, limits };
    let key = match place.row {
        Some(segment) => path::key(model, segment).ok_or_else(Problem::not_found)?,
        None => Vec::new(),
    };
    let response = match action {
        "list" => read::list(asked).await,
        "get" => read::get(asked, key).await,
        "create" => write::create(asked, body).await,
        "update" => write::update(asked, key, body).await,
        "upsert" => write::upsert(asked, key, body).await,
        "batch_create" => batch::create(asked, body).await,
        "batch_update" => batch::update(asked, body).await,
        "batch_delete" => batch::delete(asked, body).await,
        _ => write::delete(asked, key).await,
    }?;
    Ok(prefer::apply(action, &parts.headers, response))
}

fn find(routes: &Routes, method: &Method, shape: Shape) -> Option<&'static str> {
    let here = ACTIONS.iter().find(|(one, of, _)| one == method && *of == shape);
    here.map(|(_, _, action)| *action).filter(|action| routes.has(action))
}

/// OPTIONS, a wrong method, or a path at which nothing can be done.
fn not_an_action(routes: &Routes, method: &Method, shape: Shape) -> Result<Response, Problem> {
    let here = ACTIONS.iter().filter(|(_, of, action)| *of == shape && routes.has(action));
    let mut methods: Vec<&str> = here.map(|(method, _, _)| method.as_str()).collect();
    if methods.is_empty() {
        return Err(Problem::not_found());
    }
    methods.push("OPTIONS");
    let allow = HeaderValue::try_from(methods.join(", ")).map_err(|_| Problem::internal())?;
    if method == Method::OPTIONS {
        return Ok(answer::options(allow));
    }
    Err(Problem::method_not_allowed(allow))
}
