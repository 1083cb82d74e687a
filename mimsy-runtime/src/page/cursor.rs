//! Cursors: the sort keys of a page's last or first row, sealed.
//!
//! XChaCha20-Poly1305 under a key of the installation; the [`binding`](super::binding()) is the associated data, so a
//! cursor opens only beside the query that gave it. The nonce is a MAC of what is sealed (as in SIV, RFC 5297): equal
//! pages have equal cursors, nothing here needs randomness, and two different texts never share a nonce.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use mimsy_schema::{Date, Document, Finite, Fixed, Time, Timestamp, Value};
use sha2::Sha256;
use uuid::Uuid;

const NONCE: usize = 24;

/// No honest cursor is longer: it holds a few values, and a URL has its own limit.
const LONGEST: usize = 12 << 10;

/// Seals cursors with one key, and opens those of earlier ones, too. Cheap to clone.
#[derive(Clone)]
pub struct Cursors {
    cipher: XChaCha20Poly1305,
    mac: Hmac<Sha256>,
    previous: Vec<XChaCha20Poly1305>,
}

impl std::fmt::Debug for Cursors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cursors(…)")
    }
}

impl Cursors {
    /// With a key; see [`Secret::cursor_key`](crate::secret::Secret::cursor_key).
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        // The nonce's MAC has a key of its own, derived from the same one.
        let mac = |key: &[u8]| Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        let nonce_key = mac(key).chain_update(b"nonce").finalize().into_bytes();
        Self { cipher: XChaCha20Poly1305::new(&(*key).into()), mac: mac(&nonce_key), previous: Vec::new() }
    }

    /// Also open what was sealed with an earlier key.
    #[must_use]
    pub fn with_previous(mut self, key: &[u8; 32]) -> Self {
        self.previous.push(XChaCha20Poly1305::new(&(*key).into()));
        self
    }

    /// The cursor at a row with these values of the sort keys and the key.
    #[must_use]
    pub fn seal(&self, values: &[Value], binding: u128) -> String {
        let mut plain = Vec::with_capacity(64);
        for value in values {
            write(&mut plain, value);
        }
        let bound = binding.to_le_bytes();
        let digest = self.mac.clone().chain_update(bound).chain_update(&plain).finalize().into_bytes();
        let mut nonce = XNonce::default();
        nonce.copy_from_slice(&digest[..NONCE]);
        let sealed = self
            .cipher
            .encrypt(&nonce, Payload { msg: &plain, aad: &bound })
            .expect("a few values are far below the cipher's limit");
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&sealed);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The values of a cursor; `None` if it was not sealed here, was changed, or belongs to another query or schema. Why
    /// is nobody's business.
    #[must_use]
    pub fn open(&self, cursor: &str, binding: u128) -> Option<Vec<Value>> {
        if cursor.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let nonce = XNonce::try_from(nonce).ok()?;
        let bound = binding.to_le_bytes();
        // A cursor does not say which key sealed it: the right one is the one that opens it.
        let mut keys = std::iter::once(&self.cipher).chain(&self.previous);
        let plain = keys.find_map(|key| key.decrypt(&nonce, Payload { msg: sealed, aad: &bound }).ok())?;
        let mut rest = plain.as_slice();
        let mut values = Vec::new();
        while !rest.is_empty() {
            values.push(read(&mut rest)?);
        }
        Some(values)
    }
}

/// A value as bytes: a tag, then the value; texts carry their length. Unambiguous in a sequence.
pub(super) fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(0),
        Value::Bool(value) => out.extend([1, u8::from(*value)]),
        Value::Int(value) => tagged(out, 2, &value.to_le_bytes()),
        Value::Text(text) => counted(out, 3, text.as_bytes()),
        Value::Decimal(number) => {
            tagged(out, 4, &number.unscaled.to_le_bytes());
            out.push(number.scale);
        }
        Value::Timestamp(moment) => tagged(out, 5, &moment.as_micros().to_le_bytes()),
        Value::Uuid(uuid) => tagged(out, 6, uuid.as_bytes()),
        Value::Float(number) => tagged(out, 7, &number.get().to_le_bytes()),
        Value::Bytes(bytes) => counted(out, 8, bytes),
        Value::Date(date) => tagged(out, 9, &date.as_days().to_le_bytes()),
        Value::Time(time) => tagged(out, 10, &time.as_micros().to_le_bytes()),
        Value::Json(document) => counted(out, 11, document.as_str().as_bytes()),
        // No query holds one.
        Value::List(_) | Value::Merge(_) | Value::Flawed(_) => out.push(u8::MAX),
    }
}

fn counted(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    tagged(out, tag, &u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(bytes);
}

fn tagged(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    out.extend_from_slice(bytes);
}

fn read(rest: &mut &[u8]) -> Option<Value> {
    let [tag] = take(rest)?;
    Some(match tag {
        0 => Value::Null,
        1 => Value::Bool(take::<1>(rest)? == [1]),
        2 => Value::Int(i64::from_le_bytes(take(rest)?)),
        3 => Value::Text(std::str::from_utf8(take_counted(rest)?).ok()?.to_owned()),
        4 => {
            let unscaled = i128::from_le_bytes(take(rest)?);
            let [scale] = take(rest)?;
            Value::Decimal(Fixed::new(unscaled, scale))
        }
        5 => Value::Timestamp(Timestamp::from_micros(i64::from_le_bytes(take(rest)?))?),
        6 => Value::Uuid(Uuid::from_bytes(take(rest)?)),
        7 => Value::Float(Finite::new(f64::from_le_bytes(take(rest)?))?),
        8 => Value::Bytes(take_counted(rest)?.to_vec()),
        9 => Value::Date(Date::from_days(i32::from_le_bytes(take(rest)?))?),
        10 => Value::Time(Time::from_micros(i64::from_le_bytes(take(rest)?))?),
        11 => Value::Json(Document::parse(std::str::from_utf8(take_counted(rest)?).ok()?).ok()?),
        _ => return None,
    })
}

fn take_counted<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(take(rest)?) as usize;
    let (head, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(head)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<String>().prop_map(Value::Text),
            (any::<i64>(), 0u8..19).prop_map(|(unscaled, scale)| Value::Decimal(Fixed::new(unscaled.into(), scale))),
            (Timestamp::MIN.as_micros()..=Timestamp::MAX.as_micros())
                .prop_map(|micros| Timestamp::from_micros(micros).map_or(Value::Null, Value::Timestamp)),
            any::<[u8; 16]>().prop_map(|bytes| Value::Uuid(Uuid::from_bytes(bytes))),
            any::<f64>().prop_map(|number| Finite::new(number).map_or(Value::Null, Value::Float)),
            any::<Vec<u8>>().prop_map(Value::Bytes),
            (Date::MIN.as_days()..=Date::MAX.as_days())
                .prop_map(|days| Date::from_days(days).map_or(Value::Null, Value::Date)),
            (0..=Time::MAX.as_micros()).prop_map(|micros| Time::from_micros(micros).map_or(Value::Null, Value::Time)),
            any::<i64>().prop_map(|number| Value::Json(Document::parse(&number.to_string()).unwrap())),
        ]
    }

    fn cursors() -> Cursors {
        Cursors::new(&[7; 32])
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(values in prop::collection::vec(value(), 0..5), binding: u128) {
            let sealed = cursors().seal(&values, binding);
            prop_assert_eq!(cursors().open(&sealed, binding), Some(values));
        }

        #[test]
        fn nothing_else_opens(values in prop::collection::vec(value(), 0..5), binding: u128, other: u128) {
            let sealed = cursors().seal(&values, binding);
            prop_assume!(binding != other);
            prop_assert_eq!(cursors().open(&sealed, other), None);
            prop_assert_eq!(Cursors::new(&[8; 32]).open(&sealed, binding), None);
        }

        #[test]
        fn a_cursor_outlives_its_key(values in prop::collection::vec(value(), 0..5), binding: u128, other: u128) {
            let sealed = cursors().seal(&values, binding);
            let ring = Cursors::new(&[8; 32]).with_previous(&[9; 32]).with_previous(&[7; 32]);
            prop_assert_eq!(ring.open(&sealed, binding), Some(values.clone()));
            prop_assert_ne!(ring.seal(&values, binding), sealed.clone(), "new ones are sealed with the new key");
            prop_assume!(binding != other);
            prop_assert_eq!(ring.open(&sealed, other), None);
        }

        #[test]
        fn a_changed_cursor_does_not_open(values in prop::collection::vec(value(), 0..5), at: usize, to: u8) {
            let mut bytes = cursors().seal(&values, 1).into_bytes();
            let at = at % bytes.len();
            prop_assume!(bytes[at] != to);
            bytes[at] = to;
            if let Ok(text) = String::from_utf8(bytes) {
                prop_assert_eq!(cursors().open(&text, 1), None);
            }
        }

        #[test]
        fn any_text_is_no_cursor(text: String) {
            prop_assert_eq!(cursors().open(&text, 1), None);
        }
    }

    #[test]
    fn what_is_no_cursor_does_not_open() {
        for text in ["", "a", "AAAA", &"A".repeat(64), &"A".repeat(20_000)] {
            assert_eq!(cursors().open(text, 1), None);
        }
    }
}
