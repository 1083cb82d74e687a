//! Create, update and delete.
//!
//! A write runs as a task of its own: a caller that hangs up, or a time limit that passes, drops the answer and never
//! stops a commit half-way.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderValue, StatusCode};
use mimsy_schema::{EntityId, Schema, Value};

use super::dispatch::Asked;
use super::params::Params;
use super::problem::{Problem, code};
use super::read::ROW;
use super::written::Written;
use super::{body, etag, idempotency, path};
use crate::actions::{Created, Done, Edit, Expected, Got, Upserted, Work};
use crate::error::Error;
use crate::json::{Form, JsonRows, decode, write};
use crate::query::View;
use crate::row::{Cell, Row};

pub(crate) const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Preconditions (RFC 9110, 13.1) that are not looked at when a row is created.
const MEANINGLESS_IN_CREATE: &[&str] = &["If-Match", "If-None-Match", "If-Unmodified-Since", "If-Modified-Since"];

/// And when a row is changed or deleted.
const MEANINGLESS_IN_CHANGE: &[&str] = &["If-None-Match", "If-Unmodified-Since", "If-Modified-Since"];

/// And when a row is put under a key.
const MEANINGLESS_IN_UPSERT: &[&str] = &["If-Unmodified-Since", "If-Modified-Since"];

const NEW: &str = "a new row has no version yet, so there is nothing to compare. Leave it out.";
const VERSIONS: &str = "a write compares versions only. Send `If-Match` with the `ETag` of the row.";

/// A new row.
pub(crate) async fn create(asked: Asked<'_>, body: &mut Body) -> Result<Response, Problem> {
    let name = understood(&asked, MEANINGLESS_IN_CREATE, NEW)?;
    let bytes = bytes(&asked, body, &[JSON]).await?;
    let input = decode(asked.model, &bytes, Form::Create, asked.door.config().depth)?;
    let output = JsonRows::new(asked.schema.clone(), b"{\"data\":", ROW);
    let work = asked.door.actions().creating(&asked.who, asked.model.id, input, output)?;
    let shown = Shown::by(&asked);
    settle(&asked, name, &bytes, work, move |created| shown.created(created)).await
}

/// A changed row.
pub(crate) async fn update(asked: Asked<'_>, key: Vec<Value>, body: &mut Body) -> Result<Response, Problem> {
    let name = understood(&asked, MEANINGLESS_IN_CHANGE, VERSIONS)?;
    let expected = expected(&asked)?;
    let bytes = bytes(&asked, body, &[JSON, MERGE_PATCH]).await?;
    let input = decode(asked.model, &bytes, Form::Update, asked.door.config().depth)?;
    let output = JsonRows::new(asked.schema.clone(), b"{\"data\":", ROW);
    let edit = Edit { key: key.clone(), input, expected };
    let work = asked.door.actions().updating(&asked.who, asked.model.id, edit, output)?;
    let shown = Shown::by(&asked);
    settle(&asked, name, &bytes, work, move |got| shown.row(StatusCode::OK, key, got)).await
}

/// A row under a key: a new one, or in the place of the one that is there.
pub(crate) async fn upsert(asked: Asked<'_>, key: Vec<Value>, body: &mut Body) -> Result<Response, Problem> {
    let name = understood(&asked, MEANINGLESS_IN_UPSERT, VERSIONS)?;
    let expected = absent(&asked)?.map_or_else(|| expected(&asked), Ok)?;
    let bytes = bytes(&asked, body, &[JSON]).await?;
    let input = decode(asked.model, &bytes, Form::Upsert, asked.door.config().depth)?;
    let output = JsonRows::new(asked.schema.clone(), b"{\"data\":", ROW);
    let work = asked.door.actions().upserting(&asked.who, asked.model.id, Edit { key, input, expected }, output)?;
    let shown = Shown::by(&asked);
    settle(&asked, name, &bytes, work, move |put| match put {
        Upserted { key, got: Some(got), created: false } => shown.row(StatusCode::OK, key, got),
        Upserted { key, got, .. } => shown.created(Created { key, got }),
    })
    .await
}

/// A row less.
pub(crate) async fn delete(asked: Asked<'_>, key: Vec<Value>) -> Result<Response, Problem> {
    let name = understood(&asked, MEANINGLESS_IN_CHANGE, VERSIONS)?;
    Params::none(asked.query()).map_err(Problem::parameters)?;
    let expected = expected(&asked)?;
    let work = asked.door.actions().deleting(&asked.who, asked.model.id, key, expected)?;
    settle(&asked, name, b"", work, |()| Written::nothing()).await
}

/// Run a write, and answer what `finish` makes of it; once, if the request has a name. The one way out of every write.
pub(crate) async fn settle<T: Send + 'static>(
    asked: &Asked<'_>,
    name: Option<String>,
    body: &[u8],
    work: Work<T>,
    finish: impl FnOnce(T) -> Written + Send + 'static,
) -> Result<Response, Problem> {
    let actions = asked.door.actions().clone();
    let Some(name) = name else {
        return Ok(finish(apart(async move { actions.run(work).await }).await?).respond());
    };
    let once = idempotency::once(asked, name, body, asked.door.config().keep_answers);
    let work = work.map(finish);
    match apart(async move { actions.once(once, work, Written::kept).await }).await? {
        Done::Now(written) => Ok(written.respond()),
        Done::Before(kept) => idempotency::replay(&kept),
    }
}

async fn bytes(asked: &Asked<'_>, body: &mut Body, types: &[&str]) -> Result<Bytes, Problem> {
    Params::none(asked.query()).map_err(Problem::parameters)?;
    body::check_type(&asked.parts.headers, types)?;
    body::read(body, asked.limits.body).await
}

/// Refuse what would be ignored: a caller that sends it relies on it. Answers the name under which the write is to be
/// done once, if it has one.
pub(crate) fn understood(asked: &Asked<'_>, meaningless: &[&str], instead: &str) -> Result<Option<String>, Problem> {
    let headers = &asked.parts.headers;
    let Some(name) = meaningless.iter().find(|name| headers.contains_key(**name)) else {
        return idempotency::key(headers, &asked.who);
    };
    Err(Problem::new(&code::BAD_HEADER, format!("`{name}` is not supported here: {instead}")))
}

/// Whether `If-None-Match: *` expects that there is no row.
fn absent(asked: &Asked<'_>) -> Result<Option<Expected>, Problem> {
    let headers = &asked.parts.headers;
    let mut values = headers.get_all(IF_NONE_MATCH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() || value.as_bytes().trim_ascii() != b"*" {
        let detail = "`If-None-Match` is supported here as `*` alone: put the row if there is none.";
        return Err(Problem::new(&code::BAD_HEADER, detail));
    }
    if headers.contains_key(IF_MATCH) {
        let detail = "`If-Match` wants a row to be there, and `If-None-Match` wants none: send one of them.";
        return Err(Problem::new(&code::BAD_HEADER, detail));
    }
    Ok(Some(Expected::Nothing))
}

/// The versions that `If-Match` expects.
pub(crate) fn expected(asked: &Asked<'_>) -> Result<Expected, Problem> {
    if asked.model.entity.external && asked.parts.headers.contains_key(IF_MATCH) {
        let detail = "`If-Match` is not supported here: the table is not kept by this server, so its rows have no version \
                      to compare. Leave it out.";
        return Err(Problem::new(&code::BAD_HEADER, detail));
    }
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

/// What the answer to a write needs to know of the request.
pub(crate) struct Shown {
    schema: Arc<Schema>,
    entity: EntityId,
    scope: u128,
    collection: String,
}

impl Shown {
    pub(crate) fn by(asked: &Asked<'_>) -> Self {
        let entity = asked.model.id;
        let scope = asked.door.actions().scope_hash(&asked.who, entity);
        Self { schema: Arc::clone(asked.schema), entity, scope, collection: asked.collection() }
    }

    pub(crate) fn created(&self, Created { key, got }: Created<JsonRows>) -> Written {
        let location = HeaderValue::try_from(format!("{}/{}", self.collection, path::segment(&key))).ok();
        let written = match got {
            Some(got) => self.row(StatusCode::CREATED, key, got),
            None => Written { status: StatusCode::CREATED, body: self.key_only(&key), ..Written::nothing() },
        };
        Written { location, ..written }
    }

    pub(crate) fn row(&self, status: StatusCode, key: Vec<Value>, got: Got<JsonRows>) -> Written {
        let tag = etag::of(&self.schema, self.scope, &View::default(), got.version);
        let mut body = got.output.into_bytes();
        body.push(b'}');
        Written { status, location: None, tag, body, shows: vec![(self.entity, key)] }
    }

    /// All that its creator may know of a row that it cannot read.
    fn key_only(&self, key: &[Value]) -> Vec<u8> {
        let mut bytes = b"{\"data\":{".to_vec();
        let model = self.schema.model(self.entity);
        let values = key.to_vec();
        for (at, field) in model.key.iter().enumerate() {
            if at > 0 {
                bytes.push(b',');
            }
            write::text(&mut bytes, &model.fields()[*field].name);
            bytes.push(b':');
            write::cell(&mut bytes, values.cell(at).unwrap_or(Cell::Null));
        }
        bytes.extend_from_slice(b"}}");
        bytes
    }
}
