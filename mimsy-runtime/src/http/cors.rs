//! Pages of other origins: Cross-Origin Resource Sharing (the Fetch standard, 3.2). Off until configured.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    ORIGIN, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};

use super::config::ConfigError;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");

/// Headers that the API reads.
const READ: &str =
    "accept, authorization, content-type, idempotency-key, if-match, if-none-match, prefer, x-request-id";

/// Headers that the API writes, beside those that every page may see.
const WRITTEN: &str = "etag, idempotency-replayed, link, location, preference-applied, ratelimit, ratelimit-policy, retry-after, \
                       www-authenticate, x-request-id";

/// Which pages of other origins may use the API.
///
/// ```
/// use mimsy_runtime::http::{Cors, HttpConfig};
/// let config = HttpConfig { cors: Some(Cors::of(["https://app.example.com"])), ..HttpConfig::default() };
/// # assert!(config.cors.is_some());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// Whose pages.
    pub origins: Origins,
    /// Whether their requests carry cookies and client certificates. Bearer tokens do not need it.
    pub credentials: bool,
    /// Headers that they may send, beside those that the API itself reads.
    pub headers: Vec<String>,
    /// Headers of answers that they may see, beside those that the API itself writes.
    pub expose: Vec<String>,
    /// How long a browser remembers what it may do.
    pub max_age: Duration,
}

/// Origins of pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// All there are. Never with credentials.
    Any,
    /// These, exactly as a browser writes them: `https://app.example.com`, `http://localhost:5173`.
    Listed(Vec<String>),
}

impl Cors {
    /// For the pages of these origins.
    #[must_use]
    pub fn of<T: Into<String>>(origins: impl IntoIterator<Item = T>) -> Self {
        Self::with(Origins::Listed(origins.into_iter().map(Into::into).collect()))
    }

    /// For all pages.
    #[must_use]
    pub fn any() -> Self {
        Self::with(Origins::Any)
    }

    fn with(origins: Origins) -> Self {
        let max_age = Duration::from_secs(600);
        Self { origins, credentials: false, headers: Vec::new(), expose: Vec::new(), max_age }
    }
}

/// The same, made ready for every request.
#[derive(Debug)]
pub(crate) struct Sharing {
    /// `None`: any.
    origins: Option<Vec<HeaderValue>>,
    credentials: bool,
    headers: HeaderValue,
    expose: HeaderValue,
    max_age: HeaderValue,
}

impl Sharing {
    pub(crate) fn new(cors: &Cors) -> Result<Self, ConfigError> {
        let origins = match &cors.origins {
            Origins::Any if cors.credentials => {
                let what = "`Cors::credentials` with every origin would let any page act as whoever looks at it: list the \
                            origins, or leave the credentials out (bearer tokens do not need them)";
                return Err(ConfigError(what.to_owned()));
            }
            Origins::Any => None,
            Origins::Listed(origins) => Some(origins.iter().map(|one| origin(one)).collect::<Result<_, _>>()?),
        };
        let list = |known: &str, more: &[String]| {
            let names = more.iter().map(|name| name.parse::<HeaderName>().map_err(|_| name));
            let names = names.collect::<Result<Vec<_>, _>>().map_err(|name| {
                ConfigError(format!("`Cors` names the header `{name}`, which no header can be called"))
            })?;
            let all: Vec<&str> = std::iter::once(known).chain(names.iter().map(HeaderName::as_str)).collect();
            HeaderValue::try_from(all.join(", ")).map_err(|error| ConfigError(error.to_string()))
        };
        Ok(Self {
            origins,
            credentials: cors.credentials,
            headers: list(READ, &cors.headers)?,
            expose: list(WRITTEN, &cors.expose)?,
            max_age: HeaderValue::from(cors.max_age.as_secs()),
        })
    }

    /// The answer to a browser that asks first whether it may.
    pub(crate) fn preflight(&self, parts: &Parts) -> Option<Response> {
        let asks = parts.method == Method::OPTIONS
            && parts.headers.contains_key(ORIGIN)
            && parts.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        asks.then(|| {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            let headers = response.headers_mut();
            if self.allowed(&parts.headers).is_some() {
                headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
                headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, self.headers.clone());
                headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
            }
            response
        })
    }

    /// Let the page see the answer, if it is of an origin that may.
    pub(crate) fn apply(&self, asked: &HeaderMap, headers: &mut HeaderMap) {
        if self.origins.is_some() {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        let Some(allowed) = self.allowed(asked) else { return };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, self.expose.clone());
        if self.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
    }

    fn allowed(&self, asked: &HeaderMap) -> Option<HeaderValue> {
        let origin = asked.get(ORIGIN)?;
        match &self.origins {
            None => Some(HeaderValue::from_static("*")),
            Some(known) => known.iter().find(|known| *known == origin).cloned(),
        }
    }
}

/// An origin, if a browser can ever send it like this.
fn origin(text: &str) -> Result<HeaderValue, ConfigError> {
    let wrong = |why: &str| {
        ConfigError(format!(
            "`Cors` lists the origin `{text}`: {why}, as in `https://app.example.com` or `http://localhost:5173`"
        ))
    };
    if text.contains('*') {
        return Err(wrong("an origin has no wildcards; list each one"));
    }
    if text == "null" {
        return Err(wrong("any page can make itself an origin of that name; name one with a scheme and a host"));
    }
    let Some((scheme, host)) = text.split_once("://") else {
        return Err(wrong("an origin has a scheme and a host"));
    };
    if host.is_empty() || host.contains(['/', '?', '#', '@']) || scheme.parse::<http::uri::Scheme>().is_err() {
        return Err(wrong("an origin is a scheme, a host and perhaps a port, and nothing behind them"));
    }
    if text.chars().any(|one| one.is_ascii_uppercase() || !one.is_ascii_graphic()) {
        return Err(wrong("a browser writes it in lower case, and other scripts in their ASCII form"));
    }
    let port = text.parse::<Uri>().ok().and_then(|uri| uri.port_u16());
    if matches!((scheme, port), ("http", Some(80)) | ("https", Some(443))) {
        return Err(wrong("a browser leaves the usual port out"));
    }
    HeaderValue::from_str(text).map_err(|_| wrong("no header can hold it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for text in ["https://app.example.com", "http://localhost:5173", "tauri://localhost", "https://[::1]:8080"] {
            assert_eq!(origin(text).unwrap(), text);
        }
        for (text, said) in [
            ("*", "no wildcards"),
            ("https://*.example.com", "no wildcards"),
            ("null", "any page"),
            ("app.example.com", "a scheme and a host"),
            ("https://app.example.com/", "nothing behind"),
            ("https://", "nothing behind"),
            ("https://me@app.example.com", "nothing behind"),
            ("https://App.example.com", "lower case"),
            ("https://müller.example", "lower case"),
            ("https://app.example.com:443", "usual port"),
            ("http://app.example.com:80", "usual port"),
        ] {
            let error = origin(text).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn credentials_are_for_listed_origins() {
        let every = Cors { credentials: true, ..Cors::any() };
        assert!(Sharing::new(&every).unwrap_err().to_string().contains("any page act as whoever"));
        assert!(Sharing::new(&Cors { credentials: true, ..Cors::of(["https://a.example"]) }).is_ok());
        let named = |name: &str| Cors { headers: vec![name.to_owned()], ..Cors::any() };
        assert!(Sharing::new(&named("x-my-header")).is_ok() && Sharing::new(&named("my header")).is_err());
    }
}
