//! The id of a request: the caller's own, if it is plain, or a new one.

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries it, in and out.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over.
const LONGEST: usize = 128;

/// The id of a request: 1 to 128 visible ASCII characters.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's id, or a new one where it sent none, or one that a log should not hold.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let plain = |value: &&HeaderValue| {
            (1..=LONGEST).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
        };
        headers.get(&HEADER).filter(plain).map_or_else(Self::new, |value| Self(value.clone()))
    }

    fn new() -> Self {
        let mut buffer = [0; 36];
        let text = Uuid::now_v7().hyphenated().encode_lower(&mut buffer);
        Self(HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("none")))
    }

    /// As text.
    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// As a header.
    pub(crate) fn into_header(self) -> HeaderValue {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_id_is_taken_over_and_another_is_not() {
        let long = "a".repeat(129);
        for (sent, taken) in [
            (Some("abc-123"), true),
            (Some(&long[..128]), true),
            (Some(long.as_str()), false),
            (Some(""), false),
            (Some("a b"), false),
            (Some("é"), false),
            (None, false),
        ] {
            let value = sent.map(|sent| HeaderValue::from_bytes(sent.as_bytes()).unwrap());
            let headers: HeaderMap = value.map(|value| (HEADER, value)).into_iter().collect();
            let id = RequestId::of(&headers);
            assert_eq!(Some(id.as_str()) == sent, taken, "{sent:?}");
            assert!(taken || Uuid::try_parse(id.as_str()).is_ok(), "a new id is a UUID");
        }
    }
}
