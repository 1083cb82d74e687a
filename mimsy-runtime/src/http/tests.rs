//! The door over a real database: what a request meets, in which order, and what it gets.

mod admission;
mod connections;
mod operators;
mod reads;
mod refusals;
mod representation;
mod server;
mod writes;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Method, Request};
use mimsy_schema::{Timestamp, Value};
use serde_json::Value as Json;
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use crate::app::{App, ConnectedApp};
use crate::http::{Door, HttpConfig};
use crate::json::{JsonRows, sample};
use crate::secret::Secret;
use crate::token::{Claims, Tokens};
use crate::who::Who;

/// The sample on a database of its own, with one org and one user.
struct Shop {
    app: ConnectedApp,
    router: Router,
    door: Door,
    user: Uuid,
    _folder: TempDir,
}

/// An answer.
struct Answer {
    status: u16,
    headers: HeaderMap,
    json: Json,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

impl Shop {
    async fn open() -> Self {
        Self::with(HttpConfig::default()).await
    }

    async fn with(config: HttpConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("shop.db").display());
        let app = App::new(sample::Sample).secret(Secret::development()).http(config).connect(&url).await.unwrap();
        let (router, axum::Extension(door)) = (app.router(), app.layer());
        let org = plant(&door, "Org", &[("name", Value::Text("Acme".to_owned()))]).await;
        let user = plant(&door, "User", &[("org", Value::Uuid(org))]).await;
        Self { app, router, door, user, _folder: folder }
    }

    /// A token of the user.
    fn token(&self) -> String {
        let exp = Timestamp::now().as_seconds() + 60;
        let claims = Claims { sub: self.user.to_string(), exp, iat: None, nbf: None, iss: None, aud: None };
        Tokens::new(Secret::development().token_key()).mint(&claims)
    }

    /// Ask, as the user unless the headers say otherwise.
    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", format!("Bearer {}", self.token()));
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        answer(&self.router, request.body(body.into()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], Body::empty()).await
    }

    async fn send(&self, method: Method, path: &str, body: Json) -> Answer {
        self.ask(method, path, &[("content-type", "application/json")], body.to_string()).await
    }
}

/// As nobody.
const NOBODY: (&str, &str) = ("authorization", "");

async fn answer(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let json = if bytes.is_empty() { Json::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Answer { status: parts.status.as_u16(), headers: parts.headers, json }
}

/// Plant a row past every policy; its key.
async fn plant(door: &Door, entity: &str, values: &[(&str, Value)]) -> Uuid {
    let schema = door.actions().schema();
    let model = schema.by_name(entity).unwrap();
    let input = values.iter().map(|(name, value)| (model.field_index(name).unwrap(), value.clone())).collect();
    let output = JsonRows::new(schema.clone(), b"", 0);
    let created = door.actions().create(&Who::System("a test".into()), model.id, input, output).await.unwrap();
    let [Value::Uuid(key)] = created.key[..] else { panic!("the key is {:?}", created.key) };
    key
}
