//! Why a configuration cannot be.

/// The configuration of the HTTP door contradicts itself or the schema; says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub(crate) String);
