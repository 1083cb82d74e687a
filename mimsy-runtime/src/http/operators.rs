//! The pages for operators: what the server counts, and the schema it runs.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, ETAG};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use mimsy_schema::json::canonical;

use super::audience::Audience;
use super::exchange::Exchange;
use super::metrics::{Gauges, TEXT};
use super::params::Params;
use super::problem::Problem;
use super::route::Route;
use super::{answer, etag};

/// A page for operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// `/metrics`, for Prometheus.
    Metrics,
    /// `_schema` under the prefix: the canonical JSON of the schema.
    Schema,
}

impl Page {
    /// Where it is.
    pub(crate) fn path(self, prefix: &str) -> String {
        match self {
            Self::Metrics => "/metrics".to_owned(),
            Self::Schema => format!("{prefix}/_schema"),
        }
    }
}

/// The page, for those whom it is for.
pub(crate) fn answer(page: Page, exchange: &Exchange<'_>, parts: &Parts) -> Result<Response, Problem> {
    let config = exchange.door.config();
    exchange.on(Route::Page(page.path(&config.prefix)));
    let audience: &Audience = match page {
        Page::Metrics => &config.metrics,
        Page::Schema => &config.schema,
    };
    // Before the method: for others there is nothing here.
    if !audience.admits(&config.proxies, parts) {
        return Err(Problem::not_found());
    }
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return Err(Problem::method_not_allowed(HeaderValue::from_static("GET, HEAD")));
    }
    Params::none(parts.uri.query().unwrap_or_default()).map_err(Problem::parameters)?;
    Ok(match page {
        Page::Metrics => metrics(exchange),
        Page::Schema => schema(exchange, parts),
    })
}

fn metrics(exchange: &Exchange<'_>) -> Response {
    let door = exchange.door;
    let load = door.actions().load();
    let gauges = Gauges {
        under_way: door.gate().inside(),
        reads: load.reads,
        writes: load.writes,
        writing: load.writing,
        writable: load.trouble.is_none(),
        pool: load.connections.map(|connections| (connections.open, connections.idle)),
    };
    let text = door.metrics().text(&door.actions().schema(), &door.config().prefix, gauges);
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(TEXT));
    response
}

fn schema(exchange: &Exchange<'_>, parts: &Parts) -> Response {
    let schema = exchange.door.actions().schema();
    let tag = HeaderValue::try_from(format!("\"{:032x}\"", schema.hash())).ok();
    if let Some(known) = etag::none_match(&parts.headers, tag.as_ref()) {
        return answer::tagged(answer::not_modified(), Some(known));
    }
    let mut response = answer::json(StatusCode::OK, canonical(&schema).into_bytes());
    if let Some(tag) = tag {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
