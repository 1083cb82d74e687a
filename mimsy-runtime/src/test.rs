//! A test kit: an application on a database of its own, and requests to it without a socket.
//!
//! ```
//! # use mimsy_runtime::{app::App, entity::{Part, Source}, test};
//! # struct Todo;
//! # impl Source for Todo { fn parts(&self) -> &'static [Part] { &[] } }
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let app = test::start(App::new(Todo)).await;
//! let answer = app.get("/api/tasks").send().await;
//! assert_eq!(answer.status(), 404);
//! # });
//! ```

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ::http::header::{AUTHORIZATION, CONTENT_TYPE};
use ::http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
// Not re-exported: rustc would then write `std::string::String` for `String`, since `serde_json::Value` has one, too.
use serde_json::Value as Json;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::app::{App, ConnectedApp};
use crate::entity::Entity;
use crate::http::{Body, ConnectInfo};
use crate::key::Key as _;
use crate::secret::Secret;

/// How long the tokens of the kit are valid.
const HOUR: Duration = Duration::from_secs(3600);

/// An application under test. Its database goes when it is dropped.
pub struct TestApp {
    app: ConnectedApp,
    _folder: Option<TempDir>,
}

/// Start an application on a SQLite file in a temporary folder (WAL, as in production; not in memory).
///
/// # Panics
/// When the application does not start; the text says why.
pub async fn start(app: App) -> TestApp {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let mut started = start_on(app, &url).await;
    started._folder = Some(folder);
    started
}

/// Start an application on a database that is there.
///
/// # Panics
/// When the application does not start; the text says why.
pub async fn start_on(app: App, url: &str) -> TestApp {
    let seed = app.seeding().cloned();
    let app = app.or_secret(Secret::development()).connect(url).await.unwrap_or_else(|error| panic!("{error}"));
    if let Some(seed) = seed.filter(|_| app.is_new()) {
        app.plant(&seed, Vec::new()).await.unwrap_or_else(|error| panic!("planting failed: {error:?}"));
    }
    TestApp { app, _folder: None }
}

impl TestApp {
    /// The application.
    #[must_use]
    pub fn app(&self) -> &ConnectedApp {
        &self.app
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::GET, path)
    }

    /// `POST` with a JSON body.
    pub fn post(&self, path: &str, body: Json) -> TestRequest<'_> {
        self.request(Method::POST, path).json(&body)
    }

    /// `PATCH` with a JSON body.
    pub fn patch(&self, path: &str, body: Json) -> TestRequest<'_> {
        self.request(Method::PATCH, path).json(&body)
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::DELETE, path)
    }

    /// Any request.
    pub fn request(&self, method: Method, path: &str) -> TestRequest<'_> {
        TestRequest {
            app: self,
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            peer: None,
        }
    }

    /// A token for the actor with a login.
    ///
    /// # Panics
    /// When nobody has the login.
    pub async fn token(&self, login: &str) -> String {
        let actor = self.app.find_login(login).await.unwrap_or_else(|error| panic!("{error}"));
        self.app.token(&actor, HOUR)
    }
}

/// A request that is being put together.
#[must_use]
pub struct TestRequest<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
    peer: Option<IpAddr>,
}

impl TestRequest<'_> {
    /// As an actor.
    pub fn actor<E: Entity>(self, actor: &E) -> Self {
        let token = self.app.app.token(&actor.key().into_values(), HOUR);
        self.bearer(&token)
    }

    /// With a bearer token.
    pub fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// With a header.
    ///
    /// # Panics
    /// When the name or the value cannot be one.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = name.parse::<::http::HeaderName>().unwrap_or_else(|error| panic!("{name}: {error}"));
        let value = HeaderValue::from_str(value).unwrap_or_else(|error| panic!("{value}: {error}"));
        self.headers.append(name, value);
        self
    }

    /// From an address: for limits of addresses, which have nothing to count without one.
    ///
    /// # Panics
    /// When it is none.
    pub fn from(mut self, address: &str) -> Self {
        self.peer = Some(address.parse().unwrap_or_else(|error| panic!("{address}: {error}")));
        self
    }

    /// With a JSON body.
    pub fn json(self, body: &Json) -> Self {
        self.bytes("application/json", body.to_string())
    }

    /// With a body of any kind.
    pub fn bytes(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Send it.
    ///
    /// # Panics
    /// When the path is no URI, or the answer's body breaks off.
    pub async fn send(self) -> TestAnswer {
        let mut request = Request::builder()
            .method(self.method)
            .uri(&self.path)
            .body(Body::from(self.body))
            .unwrap_or_else(|error| panic!("{}: {error}", self.path));
        *request.headers_mut() = self.headers;
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer, 0)));
        }
        let answer = self.app.app.router().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("the body breaks off: {error}")).to_bytes();
        TestAnswer { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct TestAnswer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl TestAnswer {
    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header, if it is there.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as it came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON; `null` where it is none.
    #[must_use]
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or(Json::Null)
    }
}
