//! The limits and times of the HTTP door. All have a default; each has a code of its own where it refuses.

use std::time::Duration;

use super::params::ParamLimits;

/// How the HTTP door behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpConfig {
    /// The path under which the entities are; starts with `/`, does not end with one.
    pub prefix: String,
    /// A body has at most this many bytes.
    pub body: usize,
    /// JSON nests at most this deep.
    pub depth: usize,
    /// A URL has at most this many bytes.
    pub url: usize,
    /// How much a query string may ask for.
    pub params: ParamLimits,
    /// A request takes at most this long.
    pub time: Duration,
    /// A too large body is read, and thrown away, up to this many bytes and [`drain_time`](Self::drain_time), so that
    /// its sender can read the answer.
    pub drain: usize,
    /// See [`drain`](Self::drain).
    pub drain_time: Duration,
    /// The head of a request takes at most this long; an idle connection is closed after it, too.
    pub head_time: Duration,
    /// When the server stops, requests under way have this long to finish.
    pub stop_time: Duration,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            prefix: "/api".to_owned(),
            body: 1 << 20,
            depth: 64,
            url: 16 << 10,
            params: ParamLimits::default(),
            time: Duration::from_secs(30),
            drain: 16 << 20,
            drain_time: Duration::from_secs(2),
            head_time: Duration::from_secs(30),
            stop_time: Duration::from_secs(10),
        }
    }
}
