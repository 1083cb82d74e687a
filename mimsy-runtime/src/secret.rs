//! The secret of an installation, and the keys that follow from it.
//!
//! One secret, `MIMSY_SECRET`; every purpose has its own key, derived by HKDF-SHA256 (RFC 5869), so that a leaked key of
//! one purpose tells nothing about another. Nothing here is ever logged or printed.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;

/// The environment variable that holds the secret.
pub const VARIABLE: &str = "MIMSY_SECRET";

/// A secret has at least this many bytes.
pub const SHORTEST: usize = 32;

/// What a debug build uses when nothing is said. Public, hence worthless: anybody can mint tokens with it.
const DEVELOPMENT: &[u8] = b"mimsy development secret, known to everybody";

/// The keys of an installation.
#[derive(Clone)]
pub struct Secret {
    token: [u8; 32],
    cursor: [u8; 32],
}

/// There is no usable secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// `MIMSY_SECRET` is not set, in a release build.
    #[error(
        "MIMSY_SECRET is not set; tokens and cursors are signed with it, so a release build does not start without one. \
         Make one by `openssl rand -base64 48`, and give every node the same"
    )]
    Missing,
    /// It is too short.
    #[error("MIMSY_SECRET has {0} bytes and needs at least 32; make one by `openssl rand -base64 48`")]
    Short(usize),
}

impl Secret {
    /// The keys that follow from a secret.
    ///
    /// # Errors
    /// When the secret has fewer than [`SHORTEST`] bytes.
    pub fn new(secret: &[u8]) -> Result<Self, SecretError> {
        if secret.len() < SHORTEST {
            return Err(SecretError::Short(secret.len()));
        }
        Ok(Self::derive(secret))
    }

    /// The keys that follow from `MIMSY_SECRET`. A debug build falls back to a key that everybody knows, with a warning.
    ///
    /// # Errors
    /// When the secret is too short, or, in a release build, missing.
    pub fn from_env() -> Result<Self, SecretError> {
        match std::env::var_os(VARIABLE) {
            Some(secret) => Self::new(secret.as_encoded_bytes()),
            None if cfg!(debug_assertions) => {
                tracing::warn!(
                    "MIMSY_SECRET is not set: this debug build uses a key that everybody knows; a release build would \
                     not start"
                );
                Ok(Self::development())
            }
            None => Err(SecretError::Missing),
        }
    }

    /// The fixed keys of development and of tests. Anybody can mint tokens with them.
    #[must_use]
    pub fn development() -> Self {
        Self::derive(DEVELOPMENT)
    }

    fn derive(secret: &[u8]) -> Self {
        let extracted = Hkdf::<Sha256>::new(Some(b"mimsy"), secret);
        let key = |purpose: &[u8]| {
            let mut key = [0; 32];
            // 32 bytes are one block of SHA-256; HKDF fails only past 255 blocks.
            extracted.expand(purpose, &mut key).expect("one block can always be derived");
            key
        };
        Self { token: key(b"token v1"), cursor: key(b"cursor v1") }
    }

    /// The key that signs tokens.
    #[must_use]
    pub fn token_key(&self) -> &[u8; 32] {
        &self.token
    }

    /// The key that seals cursors.
    #[must_use]
    pub fn cursor_key(&self) -> &[u8; 32] {
        &self.cursor
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_enough_and_never_printed() {
        assert_eq!(Secret::new(&[7; 31]).unwrap_err(), SecretError::Short(31));
        let secret = Secret::new(&[7; 32]).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn every_purpose_and_every_secret_has_its_own_key() {
        let (one, other) = (Secret::new(&[7; 32]).unwrap(), Secret::new(&[8; 32]).unwrap());
        assert_ne!(one.token_key(), one.cursor_key());
        assert_ne!(one.token_key(), other.token_key());
        assert_ne!(one.cursor_key(), other.cursor_key());
        assert_eq!(one.token_key(), Secret::new(&[7; 32]).unwrap().token_key());
    }
}
