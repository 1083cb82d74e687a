//! `Idempotency-Key`: a caller that does not know whether its write was made repeats the request, and it is made once
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! The draft wants a quoted string, most clients send the bare text; both are read, and mean the same.

use std::time::Duration;

use axum::response::Response;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::dispatch::Asked;
use super::problem::{Problem, code};
use super::written::Written;
use crate::actions::Once;
use crate::digest::Digest;
use crate::who::Who;

pub(crate) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A key has at most this many characters.
const LONGEST: usize = 255;

/// The key of a request, if it has one.
///
/// # Errors
/// It is malformed, there are two, or nobody sends it.
pub(crate) fn key(headers: &HeaderMap, who: &Who) -> Result<Option<String>, Problem> {
    let refused = |detail: String| Err(Problem::new(&code::BAD_HEADER, detail));
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return refused("There are two `Idempotency-Key` headers.".to_owned());
    }
    let Some(key) = value.to_str().ok().and_then(read) else {
        return refused(format!(
            "`Idempotency-Key` is malformed: send a text of 1 to {LONGEST} visible ASCII characters, such as a UUID, that \
             names this request and no other."
        ));
    };
    if !matches!(who, Who::Actor(_)) {
        return refused(
            "`Idempotency-Key` is kept for those who say who they are; send the request without it.".to_owned(),
        );
    }
    Ok(Some(key))
}

/// A bare text, or a quoted string (RFC 8941, 3.3.3).
fn read(value: &str) -> Option<String> {
    let value = value.trim_matches([' ', '\t']);
    let key = match value.strip_prefix('"') {
        Some(rest) => unquote(rest)?,
        None if value.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';')) => {
            value.to_owned()
        }
        None => return None,
    };
    (1..=LONGEST).contains(&key.len()).then_some(key)
}

/// What stands before the closing quote, which has to be the end.
fn unquote(rest: &str) -> Option<String> {
    let mut key = String::new();
    let mut bytes = rest.bytes();
    loop {
        match bytes.next()? {
            b'"' => return bytes.next().is_none().then_some(key),
            b'\\' => match bytes.next()? {
                escaped @ (b'"' | b'\\') => key.push(char::from(escaped)),
                _ => return None,
            },
            plain @ b' '..=b'~' => key.push(char::from(plain)),
            _ => return None,
        }
    }
}

/// Which request is done once: its key, method and path name it; what it asks for is its query, its body, and the version
/// that it expects.
pub(crate) fn once(asked: &Asked<'_>, key: String, body: &[u8], keep: Duration) -> Once {
    let parts = asked.parts;
    let expected = [IF_MATCH, IF_NONE_MATCH];
    let expected = expected.iter().flat_map(|name| parts.headers.get_all(name)).map(HeaderValue::as_bytes);
    let request = Digest::of([asked.query().as_bytes(), body].into_iter().chain(expected));
    Once { name: vec![parts.method.to_string(), parts.uri.path().to_owned(), key], request, keep }
}

/// The answer that was given before.
pub(crate) fn replay(kept: &str) -> Result<Response, Problem> {
    let mut response = Written::from_kept(kept).ok_or_else(Problem::internal)?.respond();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let longest = "k".repeat(255);
        for (value, expected) in [
            ("8e03978e-40d5-43e8-bc93-6894a57f9324", Some("8e03978e-40d5-43e8-bc93-6894a57f9324")),
            ("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", Some("8e03978e-40d5-43e8-bc93-6894a57f9324")),
            (" a\t", Some("a")),
            ("\"a b\"", Some("a b")),
            ("\"a\\\"b\\\\\"", Some("a\"b\\")),
            (longest.as_str(), Some(longest.as_str())),
            (&"k".repeat(256), None),
            (&format!("\"{}\"", "k".repeat(256)), None),
            ("", None),
            (" ", None),
            ("\"\"", None),
            ("\"", None),
            ("\"a", None),
            ("a\"", None),
            ("\"a\"b", None),
            ("\"a\";x=1", None),
            ("\"a\\n\"", None),
            ("\"a\\", None),
            ("a b", None),
            ("a,b", None),
            ("a;b", None),
            ("é", None),
        ] {
            assert_eq!(read(value).as_deref(), expected, "{value}");
        }
    }
}
