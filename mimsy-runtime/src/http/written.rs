//! The answer to a write, before it is a response: the answer to a request with an `Idempotency-Key` is kept, and given
//! again.

use axum::response::Response;
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use mimsy_schema::{EntityId, Value};
use serde::{Deserialize, Serialize};

use super::answer;
use crate::actions::Kept;

/// The answer to a write.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<HeaderValue>,
    pub(crate) tag: Option<HeaderValue>,
    /// JSON; empty if there is none.
    pub(crate) body: Vec<u8>,
    /// The rows that the body shows.
    pub(crate) shows: Vec<(EntityId, Vec<Value>)>,
}

/// How it is kept.
#[derive(Serialize, Deserialize)]
struct Form {
    status: u16,
    location: Option<String>,
    tag: Option<String>,
    body: String,
}

impl Written {
    /// Nothing to show.
    pub(crate) fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, location: None, tag: None, body: Vec::new(), shows: Vec::new() }
    }

    /// What is kept of it.
    pub(crate) fn kept(&self) -> Kept {
        // Our own headers are ASCII, our bodies JSON and so UTF-8.
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let header = |value: &Option<HeaderValue>| value.as_ref().map(|value| text(value.as_bytes()));
        let form = Form {
            status: self.status.as_u16(),
            location: header(&self.location),
            tag: header(&self.tag),
            body: text(&self.body),
        };
        let answer = serde_json::to_string(&form).expect("texts and numbers always serialise");
        Kept { answer, shows: self.shows.clone() }
    }

    /// From what was kept of it; `None` where that is nothing of ours.
    pub(crate) fn from_kept(answer: &str) -> Option<Self> {
        let form: Form = serde_json::from_str(answer).ok()?;
        let header = |text: Option<String>| text.map(HeaderValue::try_from).transpose().ok();
        let (location, tag) = (header(form.location)?, header(form.tag)?);
        let status = StatusCode::from_u16(form.status).ok()?;
        Some(Self { status, location, tag, body: form.body.into_bytes(), shows: Vec::new() })
    }

    /// As a response.
    pub(crate) fn respond(self) -> Response {
        let mut response = match self.body.is_empty() {
            true => answer::bare(self.status),
            false => answer::json(self.status, self.body),
        };
        if let Some(location) = self.location {
            response.headers_mut().insert(LOCATION, location);
        }
        answer::tagged(response, self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_the_same_answer() {
        let whole = Written {
            status: StatusCode::CREATED,
            location: Some(HeaderValue::from_static("/api/invoices/7")),
            tag: Some(HeaderValue::from_static("\"1-ab\"")),
            body: "{\"data\":{\"name\":\"é \\u0007\"}}".as_bytes().to_vec(),
            shows: Vec::new(),
        };
        for written in [whole, Written::nothing()] {
            let again = Written::from_kept(&written.kept().answer).unwrap();
            assert_eq!(format!("{again:?}"), format!("{written:?}"));
        }
        for text in ["", "{}", "{\"status\":1,\"body\":\"\"}"] {
            assert!(Written::from_kept(text).is_none(), "{text}");
        }
    }
}
