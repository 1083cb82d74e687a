//! Answers that are no problems.

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_TYPE, ETAG, HeaderMap};
use http::{HeaderValue, StatusCode};

/// Room for every header that an answer carries, so that the map never grows.
const HEADERS: usize = 16;

fn with(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = HeaderMap::with_capacity(HEADERS);
    response
}

/// JSON.
pub(crate) fn json(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut response = with(status, Body::from(bytes));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Nothing but a status.
pub(crate) fn bare(status: StatusCode) -> Response {
    with(status, Body::empty())
}

/// Nothing, and that is well.
pub(crate) fn no_content() -> Response {
    bare(StatusCode::NO_CONTENT)
}

/// The caller has this already.
pub(crate) fn not_modified() -> Response {
    bare(StatusCode::NOT_MODIFIED)
}

/// What can be done here.
pub(crate) fn options(allow: HeaderValue) -> Response {
    let mut response = no_content();
    response.headers_mut().insert(ALLOW, allow);
    response
}

/// With an entity tag, if there is one.
pub(crate) fn tagged(mut response: Response, tag: Option<HeaderValue>) -> Response {
    if let Some(tag) = tag {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
