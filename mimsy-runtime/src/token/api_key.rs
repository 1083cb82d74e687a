//! The text of an API key: `mimsy_`, 43 random characters, 6 that check them. Pure, given the randomness.
//!
//! The random part is 256 bits in base 62 (digits, capitals, small letters), so nobody guesses one, and a fast hash of it
//! is as good as a slow one: slow hashes make up for what people choose. The check is a number in base 62, too: the first
//! eight bytes (big-endian) of the SHA-256 of all that stands before it, modulo 62⁶. It tells a mistyped key from one that
//! was revoked, and a scanner for leaked secrets a key from any other text, without asking a database.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// What every key starts with.
pub const PREFIX: &str = "mimsy_";

/// 62⁴³ is a little more than 2²⁵⁶.
const RANDOM: usize = 43;

const CHECK: usize = 6;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// An API key. Its `Debug` tells nothing of it; [`reveal`](ApiKey::reveal) does.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// The key of 32 random bytes.
    #[must_use]
    pub fn from_entropy(entropy: &[u8; 32]) -> Self {
        let mut text = String::with_capacity(PREFIX.len() + RANDOM + CHECK);
        text.push_str(PREFIX);
        text.push_str(&base62(*entropy));
        let check = check(&text);
        text.push_str(&check);
        Self(text)
    }

    /// The key that a text is; `None` where it is none, or was mistyped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let whole = text.len() == PREFIX.len() + RANDOM + CHECK && text.starts_with(PREFIX) && text.is_ascii();
        let (key, said) = text.split_at_checked(PREFIX.len() + RANDOM).filter(|_| whole)?;
        (said == check(key)).then(|| Self(text.to_owned()))
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of([&self.0])
    }

    /// The key itself, to hand it to its owner, once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// A number of 256 bits as digits, the least significant first.
fn base62(mut number: [u8; 32]) -> String {
    let digit = |_| {
        // Long division by 62, byte by byte.
        let rest = number.iter_mut().fold(0u16, |rest, byte| {
            let part = (rest << 8) | u16::from(*byte);
            // The quotient is below 256, since the rest is below 62.
            *byte = u8::try_from(part / 62).unwrap_or(u8::MAX);
            part % 62
        });
        char::from(DIGITS[usize::from(rest)])
    };
    (0..RANDOM).map(digit).collect()
}

fn check(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let mut number = hash.iter().take(8).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let digit = |_| {
        let digit = DIGITS[usize::try_from(number % 62).unwrap_or(0)];
        number /= 62;
        char::from(digit)
    };
    (0..CHECK).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_text_is_as_documented() {
        assert_eq!(
            ApiKey::from_entropy(&[0; 32]).reveal()[..PREFIX.len() + RANDOM],
            *"mimsy_0000000000000000000000000000000000000000000"
        );
        let mut one = [0; 32];
        one[31] = 63;
        assert!(ApiKey::from_entropy(&one).reveal().starts_with("mimsy_110000"), "63 is 1 * 62 + 1");
        assert_eq!(format!("{:?}", ApiKey::from_entropy(&[7; 32])), "ApiKey(…)");
    }

    #[test]
    fn what_is_no_key_is_none() {
        let good = ApiKey::from_entropy(&[7; 32]).reveal().to_owned();
        for text in ["", "mimsy_", "a.b.c", &good[..good.len() - 1], &format!("{good}0"), &good.to_uppercase()] {
            assert_eq!(ApiKey::parse(text), None, "{text}");
        }
        assert_eq!(ApiKey::parse(&format!("mimsy_{}", "é".repeat(24) + "x")), None);
    }

    proptest! {
        #[test]
        fn every_key_is_read_and_has_its_own_digest(entropy: [u8; 32], other: [u8; 32]) {
            let key = ApiKey::from_entropy(&entropy);
            prop_assert_eq!(key.reveal().len(), 55);
            prop_assert_eq!(ApiKey::parse(key.reveal()), Some(key.clone()));
            prop_assume!(entropy != other);
            prop_assert_ne!(key.digest(), ApiKey::from_entropy(&other).digest());
        }

        #[test]
        fn a_mistyped_key_is_none(entropy: [u8; 32], at in 0usize..55, to in "[0-9A-Za-z_]") {
            let mut text = ApiKey::from_entropy(&entropy).reveal().to_owned();
            prop_assume!(text[at..=at] != *to);
            text.replace_range(at..=at, &to);
            prop_assert_eq!(ApiKey::parse(&text), None);
        }
    }
}
