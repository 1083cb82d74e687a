//! The secret of an installation, and the keys that follow from it.
//!
//! One secret, `MIMSY_SECRET`; every purpose has its own key, derived by HKDF-SHA256 (RFC 5869), so that a leaked key of
//! one purpose tells nothing about another. Nothing here is ever logged or printed.
//!
//! To change the secret, keep the old one in `MIMSY_SECRET_PREVIOUS` for as long as tokens of it are valid: they and its
//! cursors are taken, and new ones are made with the new secret.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;

/// The environment variable that holds the secret.
pub const VARIABLE: &str = "MIMSY_SECRET";

/// The environment variable that holds earlier secrets, separated by commas.
pub const PREVIOUS: &str = "MIMSY_SECRET_PREVIOUS";

/// A secret has at least this many bytes.
pub const SHORTEST: usize = 32;

/// What a debug build uses when nothing is said. Public, hence worthless: anybody can mint tokens with it.
const DEVELOPMENT: &[u8] = b"mimsy development secret, known to everybody";

/// The keys of an installation.
#[derive(Clone)]
pub struct Secret {
    current: Keys,
    previous: Vec<Keys>,
}

/// The keys that follow from one secret.
#[derive(Clone)]
struct Keys {
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
    /// An earlier one is too short to have ever been one.
    #[error(
        "one of the secrets in MIMSY_SECRET_PREVIOUS, which are separated by commas, has {0} bytes, and none has fewer \
         than 32"
    )]
    ShortPrevious(usize),
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
        Ok(Self { current: Keys::derive(secret), previous: Vec::new() })
    }

    /// Also take what an earlier secret has made.
    ///
    /// # Errors
    /// When it has fewer than [`SHORTEST`] bytes.
    pub fn with_previous(mut self, secret: &[u8]) -> Result<Self, SecretError> {
        if secret.len() < SHORTEST {
            return Err(SecretError::ShortPrevious(secret.len()));
        }
        self.previous.push(Keys::derive(secret));
        Ok(self)
    }

    /// The keys that follow from `MIMSY_SECRET`, and from `MIMSY_SECRET_PREVIOUS`. A debug build falls back to a key that
    /// everybody knows, with a warning.
    ///
    /// # Errors
    /// When a secret is too short, or, in a release build, missing.
    pub fn from_env() -> Result<Self, SecretError> {
        let secret = Self::current_from_env()?;
        let previous = std::env::var_os(PREVIOUS).unwrap_or_default();
        let previous = previous.as_encoded_bytes().split(|byte| *byte == b',');
        previous.filter(|one| !one.is_empty()).try_fold(secret, Self::with_previous)
    }

    fn current_from_env() -> Result<Self, SecretError> {
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
        Self { current: Keys::derive(DEVELOPMENT), previous: Vec::new() }
    }

    /// The key that signs tokens.
    #[must_use]
    pub fn token_key(&self) -> &[u8; 32] {
        &self.current.token
    }

    /// The keys that signed tokens before.
    pub fn previous_token_keys(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.previous.iter().map(|keys| &keys.token)
    }

    /// The key that seals cursors.
    #[must_use]
    pub fn cursor_key(&self) -> &[u8; 32] {
        &self.current.cursor
    }

    /// The keys that sealed cursors before.
    pub fn previous_cursor_keys(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.previous.iter().map(|keys| &keys.cursor)
    }
}

impl Keys {
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
    fn earlier_secrets_are_kept_apart() {
        let old = Secret::new(&[8; 32]).unwrap();
        let new = Secret::new(&[7; 32]).unwrap().with_previous(&[8; 32]).unwrap().with_previous(&[9; 32]).unwrap();
        assert_eq!(new.token_key(), Secret::new(&[7; 32]).unwrap().token_key());
        assert_eq!(new.previous_token_keys().next(), Some(old.token_key()));
        assert_eq!(new.previous_cursor_keys().next(), Some(old.cursor_key()));
        assert_eq!(new.previous_cursor_keys().count(), 2);
        assert_eq!(new.with_previous(&[1; 31]).unwrap_err(), SecretError::ShortPrevious(31));
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
