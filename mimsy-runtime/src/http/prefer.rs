//! What the caller would like: `Prefer` (RFC 7240).
//!
//! A preference is advice: one that is unknown or malformed changes nothing, as the RFC asks, and what was followed
//! stands in `Preference-Applied`. `return=minimal` leaves out the row that a write would answer with;
//! `return=representation` and `handling=strict` are how it is anyway. `handling=lenient` is never followed: what is
//! wrong in a request stays refused.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::elements::{elements, pair, parts};

const PREFER: HeaderName = HeaderName::from_static("prefer");
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What was preferred, as far as it is known here. The first of each kind counts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Preferences {
    minimal: bool,
    representation: bool,
    strict: bool,
}

impl Preferences {
    fn of(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        let mut handling = None;
        for element in elements(headers, PREFER) {
            let (name, value) = pair(parts(element).0);
            match (name.to_ascii_lowercase().as_str(), value.to_ascii_lowercase().as_str()) {
                ("return", "minimal") => found.minimal = true,
                ("return", "representation") => found.representation = true,
                ("handling", value) => handling = handling.or(Some(value == "strict")),
                _ => {}
            }
        }
        // They exclude each other, so both together are none (RFC 7240, 4.2).
        if found.minimal && found.representation {
            (found.minimal, found.representation) = (false, false);
        }
        found.strict = handling == Some(true);
        found
    }
}

/// Answer a successful request as its caller prefers.
pub(crate) fn apply(action: &str, headers: &HeaderMap, mut response: Response) -> Response {
    if !headers.contains_key(PREFER) {
        return response;
    }
    let wanted = Preferences::of(headers);
    let mut applied = Vec::new();
    if wrote_rows(action, &response) {
        if wanted.minimal {
            response = minimal(response);
            applied.push("return=minimal");
        } else if wanted.representation {
            applied.push("return=representation");
        }
        response.headers_mut().append(VARY, HeaderValue::from_static("Prefer"));
    }
    if wanted.strict {
        applied.push("handling=strict");
    }
    if let Ok(applied) = HeaderValue::try_from(applied.join(", "))
        && !applied.is_empty()
    {
        response.headers_mut().insert(APPLIED, applied);
    }
    response
}

/// Whether the body holds what was written, and nothing else: that it went well is known without it.
fn wrote_rows(action: &str, response: &Response) -> bool {
    match response.status() {
        StatusCode::CREATED => true,
        StatusCode::OK => matches!(action, "update" | "upsert" | "batch_update"),
        _ => false,
    }
}

/// The same without its body: 201 keeps its status, 200 becomes 204.
fn minimal(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    if parts.status == StatusCode::OK {
        parts.status = StatusCode::NO_CONTENT;
    }
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_preferred() {
        let is = |minimal, representation, strict| Preferences { minimal, representation, strict };
        for (lines, expected) in [
            (&["return=minimal"][..], is(true, false, false)),
            (&["Return = \"Minimal\""], is(true, false, false)),
            (&["return=representation; x=1, handling=strict"], is(false, true, true)),
            (&["respond-async, wait=10", "return=minimal"], is(true, false, false)),
            (&["return=minimal", "return=representation"], is(false, false, false)),
            (&["handling=lenient, handling=strict"], is(false, false, false)),
            (&["handling=strict, handling=lenient"], is(false, false, true)),
            (&["minimal", "return", "return=", "return=everything", ",;=\""], is(false, false, false)),
        ] {
            let headers = lines.iter().map(|line| (PREFER, HeaderValue::from_str(line).unwrap())).collect();
            assert_eq!(Preferences::of(&headers), expected, "{lines:?}");
        }
    }
}
