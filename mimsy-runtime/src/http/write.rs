//! Create, update and delete.
//!
//! A write runs as a task of its own: a caller that hangs up, or a time limit that passes, drops the answer and never
//! stops a commit half-way.

use std::future::Future;

use axum::body::Body;
use axum::response::Response;
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use mimsy_schema::Value;

use super::dispatch::Asked;
use super::params::Params;
use super::problem::{Problem, code};
use super::read::ROW;
use super::{answer, body, etag, path};
use crate::actions::{Created, Expected, Got, Input};
use crate::error::Error;
use crate::json::{Form, JsonRows, decode, write};
use crate::query::View;
use crate::row::{Cell, Row};

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Preconditions (RFC 9110, 13.1) that are not looked at when a row is created.
const MEANINGLESS_IN_CREATE: &[&str] = &["If-Match", "If-None-Match", "If-Unmodified-Since", "If-Modified-Since"];

/// And when a row is changed or deleted.
const MEANINGLESS_IN_CHANGE: &[&str] = &["If-None-Match", "If-Unmodified-Since", "If-Modified-Since"];

/// A new row.
pub(crate) async fn create(asked: Asked<'_>, body: &mut Body) -> Result<Response, Problem> {
    understood(&asked, MEANINGLESS_IN_CREATE)?;
    let input = read(&asked, body, Form::Create, &[JSON]).await?;
    let (actions, who, entity) = (asked.door.actions().clone(), asked.who.clone(), asked.model.id);
    let output = JsonRows::new(asked.schema.clone(), b"{\"data\":", ROW);
    let Created { key, got } = apart(async move { actions.create(&who, entity, input, output).await }).await?;
    let location = HeaderValue::try_from(format!("{}/{}", asked.collection(), path::segment(&key))).ok();
    let mut response = match got {
        Some(got) => row(&asked, StatusCode::CREATED, got),
        None => answer::json(StatusCode::CREATED, key_only(&asked, &key)),
    };
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// A changed row.
pub(crate) async fn update(asked: Asked<'_>, key: Vec<Value>, body: &mut Body) -> Result<Response, Problem> {
    understood(&asked, MEANINGLESS_IN_CHANGE)?;
    let expected = expected(&asked)?;
    let input = read(&asked, body, Form::Update, &[JSON, MERGE_PATCH]).await?;
    let (actions, who, entity) = (asked.door.actions().clone(), asked.who.clone(), asked.model.id);
    let output = JsonRows::new(asked.schema.clone(), b"{\"data\":", ROW);
    let got = apart(async move { actions.update(&who, entity, key, input, expected, output).await }).await?;
    Ok(row(&asked, StatusCode::OK, got))
}

/// A row less.
pub(crate) async fn delete(asked: Asked<'_>, key: Vec<Value>) -> Result<Response, Problem> {
    understood(&asked, MEANINGLESS_IN_CHANGE)?;
    Params::none(asked.query()).map_err(Problem::parameters)?;
    let expected = expected(&asked)?;
    let (actions, who, entity) = (asked.door.actions().clone(), asked.who.clone(), asked.model.id);
    apart(async move { actions.delete(&who, entity, key, expected).await }).await?;
    Ok(answer::no_content())
}

async fn read(asked: &Asked<'_>, body: &mut Body, form: Form, types: &[&str]) -> Result<Input, Problem> {
    Params::none(asked.query()).map_err(Problem::parameters)?;
    body::check_type(&asked.parts.headers, types)?;
    let bytes = body::read(body, asked.limits.body).await?;
    Ok(decode(asked.model, &bytes, form, asked.door.config().depth)?)
}

/// Refuse what would be ignored: a caller that sends it relies on it.
fn understood(asked: &Asked<'_>, meaningless: &[&str]) -> Result<(), Problem> {
    let headers = &asked.parts.headers;
    let detail = if headers.contains_key("idempotency-key") {
        "`Idempotency-Key` is not supported yet: send the request without it, and do not repeat it blindly.".to_owned()
    } else if let Some(name) = meaningless.iter().find(|name| headers.contains_key(**name)) {
        let instead = match meaningless.contains(&"If-Match") {
            true => "a new row has no version yet, so there is nothing to compare. Leave it out.",
            false => "a write compares versions only. Send `If-Match` with the `ETag` of the row.",
        };
        format!("`{name}` is not supported here: {instead}")
    } else {
        return Ok(());
    };
    Err(Problem::new(&code::BAD_HEADER, detail))
}

/// The versions that `If-Match` expects.
pub(crate) fn expected(asked: &Asked<'_>) -> Result<Expected, Problem> {
    etag::expected(&asked.parts.headers).map_err(|name| {
        let detail =
            format!("`{name}` is malformed: send the `ETag` of the row as you got it, quotes included, or `*`.");
        Problem::new(&code::BAD_HEADER, detail)
    })
}

/// Run a write as a task of its own.
async fn apart<T: Send + 'static>(
    write: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::spawn(write).await {
        Ok(done) => done.map_err(Problem::from),
        Err(stopped) if stopped.is_panic() => std::panic::resume_unwind(stopped.into_panic()),
        Err(_) => Err(Problem::new(&code::UNAVAILABLE, "The server stops; look whether the write was made.")),
    }
}

fn row(asked: &Asked<'_>, status: StatusCode, got: Got<JsonRows>) -> Response {
    let scope = asked.door.actions().scope_hash(&asked.who, asked.model.id);
    let tag = etag::of(asked.schema, scope, &View::default(), got.version);
    let mut bytes = got.output.into_bytes();
    bytes.push(b'}');
    answer::tagged(answer::json(status, bytes), tag)
}

/// All that its creator may know of a row that it cannot read.
fn key_only(asked: &Asked<'_>, key: &[Value]) -> Vec<u8> {
    let mut bytes = b"{\"data\":{".to_vec();
    let values = key.to_vec();
    for (at, field) in asked.model.key.iter().enumerate() {
        if at > 0 {
            bytes.push(b',');
        }
        write::text(&mut bytes, &asked.model.fields()[*field].name);
        bytes.push(b':');
        write::cell(&mut bytes, values.cell(at).unwrap_or(Cell::Null));
    }
    bytes.extend_from_slice(b"}}");
    bytes
}
