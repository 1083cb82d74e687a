//! What actors may do with API keys of their own, over HTTP.

use std::time::Duration;

const DAY: u64 = 24 * 3600;

/// What actors may do with API keys of their own, over HTTP. Keys that are there are taken in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRules {
    /// Whether actors make, list and revoke their own keys under `_keys`.
    pub open: bool,
    /// How long a key is valid when nothing is said.
    pub usual: Duration,
    /// How long it is valid at most; `None`: as long as is asked for, also for ever.
    pub longest: Option<Duration>,
}

impl Default for KeyRules {
    fn default() -> Self {
        Self { open: true, usual: Duration::from_secs(90 * DAY), longest: Some(Duration::from_secs(366 * DAY)) }
    }
}
