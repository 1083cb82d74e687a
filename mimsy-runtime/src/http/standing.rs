//! The headers that every answer carries: made once, since they are the same for all.
//!
//! They say what an API's answers are not: no page, no frame, nothing to be guessed at, and nothing for a shared cache. An
//! answer that says otherwise itself keeps its own word.

use std::time::Duration;

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, Entry, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::config::HttpConfig;

/// `Strict-Transport-Security` (RFC 6797): browsers come back by HTTPS alone. Only for servers that are reached by it, and
/// only when that is for good: it cannot be taken back before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hsts {
    /// For how long.
    pub max_age: Duration,
    /// And the domains below this one.
    pub subdomains: bool,
}

/// The headers that every answer carries.
#[derive(Debug)]
pub(crate) struct Standing {
    headers: Vec<(HeaderName, HeaderValue)>,
    vary: HeaderValue,
}

impl Standing {
    pub(crate) fn new(config: &HttpConfig) -> Self {
        let fixed = HeaderValue::from_static;
        let mut headers = vec![
            (CACHE_CONTROL, fixed("private, no-cache")),
            (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (CONTENT_SECURITY_POLICY, fixed("default-src 'none'; frame-ancestors 'none'")),
            (REFERRER_POLICY, fixed("no-referrer")),
            (HeaderName::from_static("cross-origin-resource-policy"), fixed("same-origin")),
        ];
        if let Some(Hsts { max_age, subdomains }) = config.hsts {
            let below = if subdomains { "; includeSubDomains" } else { "" };
            let value = HeaderValue::try_from(format!("max-age={}{below}", max_age.as_secs()));
            headers.extend(value.ok().map(|value| (STRICT_TRANSPORT_SECURITY, value)));
        }
        let vary = if config.compression.is_some() { "Authorization, Accept-Encoding" } else { "Authorization" };
        Self { headers, vary: fixed(vary) }
    }

    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            if let Entry::Vacant(place) = headers.entry(name) {
                place.insert(value.clone());
            }
        }
        // Beside what the answer itself varies with.
        headers.append(VARY, self.vary.clone());
    }
}
