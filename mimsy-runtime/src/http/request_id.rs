//! The id of a request: the caller's own, if it is plain, or a new one.

use std::cell::RefCell;

use http::{HeaderMap, HeaderName, HeaderValue};
use mimsy_schema::Timestamp;
use uuid::Builder;

/// The header that carries it, in and out.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over.
const LONGEST: usize = 128;

/// A UUID of version 7 takes this many random bytes.
const RANDOM: usize = 10;

/// Random bytes, fetched for many ids at a time: a system call for each would cost more than all else about it.
struct Supply {
    bytes: [u8; 64 * RANDOM],
    used: usize,
}

impl Supply {
    const EMPTY: Self = Self { bytes: [0; 64 * RANDOM], used: 64 * RANDOM };

    fn take(&mut self) -> [u8; RANDOM] {
        if self.used == self.bytes.len() {
            // Without randomness an id is still a name, only not a unique one.
            let _ = getrandom::fill(&mut self.bytes);
            self.used = 0;
        }
        let mut taken = [0; RANDOM];
        taken.copy_from_slice(&self.bytes[self.used..self.used + RANDOM]);
        self.used += RANDOM;
        taken
    }
}

thread_local! {
    static SUPPLY: RefCell<Supply> = const { RefCell::new(Supply::EMPTY) };
}

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

    pub(crate) fn new() -> Self {
        let mut buffer = [0; 36];
        let random = SUPPLY.with_borrow_mut(Supply::take);
        let millis = u64::try_from(Timestamp::now().as_micros() / 1000).unwrap_or_default();
        let uuid = Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        let text = uuid.hyphenated().encode_lower(&mut buffer);
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
    use std::collections::HashSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn new_ids_differ() {
        let ids: HashSet<String> = (0..1000).map(|_| RequestId::new().as_str().to_owned()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| Uuid::try_parse(id).is_ok_and(|uuid| uuid.get_version_num() == 7)));
    }

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
