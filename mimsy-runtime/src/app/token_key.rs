//! Keys of tokens in files.

use std::path::{Path, PathBuf};

use crate::token::ed25519::{KeyError, SigningKey, TrustedKeys};

/// The environment variable that names the file of the key that signs tokens.
pub const VARIABLE: &str = "MIMSY_TOKEN_KEY";

/// Why a file gives no key.
#[derive(Debug, thiserror::Error)]
#[error("the key of tokens in {} cannot be used: {cause}", path.display())]
pub struct KeyFileError {
    path: PathBuf,
    #[source]
    cause: Cause,
}

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error(transparent)]
    Unreadable(#[from] std::io::Error),
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The key in the file that `MIMSY_TOKEN_KEY` names, if it names one.
pub(super) fn from_env() -> Result<Option<SigningKey>, KeyFileError> {
    std::env::var_os(VARIABLE).map(SigningKey::from_file).transpose()
}

fn read<K>(path: PathBuf, key: impl FnOnce(&str) -> Result<K, KeyError>) -> Result<K, KeyFileError> {
    let read = std::fs::read_to_string(&path).map_err(Cause::from);
    read.and_then(|text| key(&text).map_err(Cause::from)).map_err(|cause| KeyFileError { path, cause })
}

impl SigningKey {
    /// A new key, and its PEM.
    ///
    /// # Errors
    /// Where the system has no randomness.
    pub fn generate() -> Result<(Self, String), std::io::Error> {
        let mut entropy = [0; 32];
        getrandom::fill(&mut entropy).map_err(std::io::Error::other)?;
        Ok(Self::from_entropy(&entropy))
    }

    /// The key in a PEM file.
    ///
    /// # Errors
    /// Where it cannot be read, or is no such key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        read(path.as_ref().to_owned(), Self::from_pem)
    }
}

impl TrustedKeys {
    /// The keys in a file: PEM, or JSON Web Keys.
    ///
    /// # Errors
    /// Where it cannot be read, or holds no key for EdDSA with Ed25519.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        read(path.as_ref().to_owned(), Self::read)
    }
}
