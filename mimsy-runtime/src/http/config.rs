//! The limits and times of the HTTP door. All have a default; each has a code of its own where it refuses.

mod error;
mod keys;

use std::time::Duration;

use super::audience::Audience;
use super::client::Proxies;
use super::compression::Compression;
use super::cors::Cors;
use super::limits::RouteLimits;
use super::params::ParamLimits;
use super::rate::Rate;
use super::standing::Hsts;
pub use error::ConfigError;
pub use keys::KeyRules;

/// How the HTTP door behaves.
///
/// What refuses, with its default and the problem that tells of it:
///
/// | limit | default | problem |
/// |---|---|---|
/// | [`body`](Self::body) | 1 MiB | 413 `BODY_TOO_LARGE` |
/// | [`depth`](Self::depth) | 64 | 400 `JSON_DEPTH` |
/// | [`batch`](Self::batch) | 1000 | 400 `TOO_MANY_ITEMS` |
/// | [`url`](Self::url) | 16 KiB | 414 `URL_TOO_LONG` |
/// | [`params`](Self::params) | 32 filters, 8 includes | 400 `TOO_MANY_FILTERS`, `TOO_MANY_INCLUDES` |
/// | [`time`](Self::time), the body has come | 30 s | 503 `TIMEOUT` |
/// | [`time`](Self::time), the body has not | 30 s | 408 `REQUEST_TIMEOUT` |
/// | [`concurrency`](Self::concurrency) | 4096 | 503 `OVERLOADED`, with `Retry-After` |
/// | [`rates`](Self::rates) | off | 429 `RATE_LIMITED`, with `Retry-After` |
/// | [`connections`](Self::connections) | 10,000, and what file descriptors allow | 503 `OVERLOADED`, and the connection is closed |
/// | [`connections_of_address`](Self::connections_of_address) | off | the same |
///
/// What closes a connection, since there is nobody to tell: a head that does not come within
/// [`head_time`](Self::head_time) (30 s), an answer that is read more slowly than [`write_rate`](Self::write_rate) (4 KiB/s,
/// after [`write_time`](Self::write_time), 30 s), an HTTP/2 connection that asks for nothing for
/// [`idle_time`](Self::idle_time) (2 minutes) or resets streams in floods. What the HTTP library itself refuses has that
/// library's bare answer: a head that is malformed (400) or larger than [`url`](Self::url) and 48 KiB (431).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpConfig {
    /// The path under which the entities are; starts with `/`, does not end with one.
    pub prefix: String,
    /// A body has at most this many bytes.
    pub body: usize,
    /// JSON nests at most this deep.
    pub depth: usize,
    /// A batch has at most this many items.
    pub batch: usize,
    /// A URL has at most this many bytes.
    pub url: usize,
    /// How much a query string may ask for.
    pub params: ParamLimits,
    /// A request takes at most this long.
    pub time: Duration,
    /// At most so many requests are under way at once. Health checks do not count.
    pub concurrency: usize,
    /// How many requests one caller may send.
    pub rates: Rates,
    /// The proxies whose word on the caller's address is taken.
    pub proxies: Proxies,
    /// Where single routes differ.
    pub routes: Vec<RouteLimits>,
    /// How answers are compressed, for those who can read it; `None` turns it off.
    pub compression: Option<Compression>,
    /// Which pages of other origins may use the API; none by default.
    pub cors: Option<Cors>,
    /// Whether browsers are told to come back by HTTPS alone; not by default.
    pub hsts: Option<Hsts>,
    /// What actors may do with API keys of their own.
    pub keys: KeyRules,
    /// The answer to a request with an `Idempotency-Key` is kept this long.
    pub keep_answers: Duration,
    /// Who may read `/metrics`.
    pub metrics: Audience,
    /// Who may read `_schema` under the prefix: the schema as canonical JSON, with all that it says of rules.
    pub schema: Audience,
    /// The roles whose actors may ask `_explain` under the prefix why somebody may not; none by default. They learn how rules
    /// decide on rows that they may read, not what the rest holds.
    pub explainers: Vec<String>,
    /// A too large body is read, and thrown away, up to this many bytes and [`drain_time`](Self::drain_time), so that
    /// its sender can read the answer.
    pub drain: usize,
    /// See [`drain`](Self::drain).
    pub drain_time: Duration,
    /// The head of a request takes at most this long; an idle connection is closed after it, too.
    pub head_time: Duration,
    /// At most so many connections; one more is told so, and closed. Never more than the process may have files open,
    /// less some for the database.
    pub connections: usize,
    /// At most so many of one address, which a trusted proxy is not (of IPv6, a whole /64 counts as one). `None` by
    /// default, since everybody behind a proxy that is not in [`proxies`](Self::proxies) has the same address.
    pub connections_of_address: Option<usize>,
    /// An answer that its reader does not take waits this long …
    pub write_time: Duration,
    /// … and longer by a second for so many bytes that were taken meanwhile.
    pub write_rate: u32,
    /// An HTTP/2 connection without a request is closed after this long. (One of HTTP/1 after
    /// [`head_time`](Self::head_time).)
    pub idle_time: Duration,
    /// At most so many requests at once on a connection of HTTP/2.
    pub streams: u32,
    /// When the server is asked to stop, `/readyz` says so this long before the listener is closed: long enough for a
    /// balancer to notice, which is the period of its probe times the failures that it waits for. None by default, so that
    /// Ctrl-C is quick.
    pub stop_grace: Duration,
    /// When the listener is closed, requests under way have this long to finish.
    pub stop_time: Duration,
}

/// How many requests one caller may send: all `None` by default.
///
/// Off, because which address counts depends on the proxies in front of the server ([`HttpConfig::proxies`]), and a wrong
/// guess locks everybody out who is behind the same one. Where a limit is on, answers tell what is left of it in
/// `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), and a refusal says `Retry-After`.
///
/// They are counted in this process: several servers behind a balancer each let that many through. They hold under the
/// prefix alone; the health checks, and routes of your own beside ours, are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Of one address, whoever asks. Of IPv6, a whole /64 counts as one.
    pub address: Option<Rate>,
    /// Of one actor, from whichever addresses.
    pub actor: Option<Rate>,
    /// Requests with wrong credentials from one address. When it is reached, requests from there are refused before
    /// their credentials are looked at, right ones as well.
    pub failures: Option<Rate>,
}

impl HttpConfig {
    /// How long any request may take.
    pub(crate) fn longest(&self) -> Duration {
        self.routes.iter().filter_map(|route| route.time).fold(self.time, Duration::max)
    }

    /// Find what contradicts itself.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let prefix = self.prefix.as_str();
        if !prefix.is_empty() && (!prefix.starts_with('/') || prefix.ends_with('/') || prefix.contains(['{', '}', '*']))
        {
            return Err(ConfigError(format!(
                "`HttpConfig::prefix` is `{prefix}`: write it as `/api`, with a `/` in front and none behind, or leave it empty"
            )));
        }
        if self.compression.is_some_and(|how| !(1..=9).contains(&how.level)) {
            let what = "a level of compression is a number from 1 to 9; `compression: None` turns it off";
            return Err(ConfigError(what.to_owned()));
        }
        let rates = [self.rates.address, self.rates.actor, self.rates.failures];
        let of_routes = self.routes.iter().map(|route| route.rate);
        if rates.into_iter().chain(of_routes).flatten().any(|rate| !rate.is_possible()) {
            let what = "a rate lets nothing through: its requests, its time and its burst have to be more than nothing";
            return Err(ConfigError(what.to_owned()));
        }
        if self.batch == 0 {
            return Err(ConfigError("`HttpConfig::batch` is 0: no batch could hold anything".to_owned()));
        }
        let gates = self.routes.iter().filter_map(|route| route.concurrency);
        let whole = [self.concurrency, self.connections, self.streams as usize];
        if gates.chain(whole).chain(self.connections_of_address).any(|most| most == 0) {
            let what = "a concurrency of 0 (or no connection, or no stream) lets nothing through: leave it out, or say how many";
            return Err(ConfigError(what.to_owned()));
        }
        Ok(())
    }
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            prefix: "/api".to_owned(),
            body: 1 << 20,
            depth: 64,
            batch: 1000,
            url: 16 << 10,
            params: ParamLimits::default(),
            time: Duration::from_secs(30),
            concurrency: 4096,
            rates: Rates::default(),
            proxies: Proxies::default(),
            routes: Vec::new(),
            compression: Some(Compression::default()),
            cors: None,
            hsts: None,
            keys: KeyRules::default(),
            keep_answers: Duration::from_secs(24 * 3600),
            metrics: Audience::default(),
            schema: Audience::default(),
            explainers: Vec::new(),
            drain: 16 << 20,
            drain_time: Duration::from_secs(2),
            head_time: Duration::from_secs(30),
            connections: 10_000,
            connections_of_address: None,
            write_time: Duration::from_secs(30),
            write_rate: 4 << 10,
            idle_time: Duration::from_secs(120),
            streams: 128,
            stop_grace: Duration::ZERO,
            stop_time: Duration::from_secs(10),
        }
    }
}

#[cfg(test)]
mod tests;
