//! The axum router: the two health checks, and one handler for everything under the prefix.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{any, get};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::answer;
use super::door::Door;
use super::envelope::handle;
use super::problem::{Problem, code};
use super::request_id::RequestId;

/// The routes of an application, to be served or merged into another router.
pub fn router(door: Door) -> Router {
    let prefix = door.config().prefix.clone();
    let ready = door.clone();
    let api = any(move |request: Request| handle(door.clone(), request));
    let router = Router::new()
        .route("/healthz", get(async || answer::json(StatusCode::OK, b"{\"status\":\"ok\"}".to_vec())))
        .route("/readyz", get(move |headers: HeaderMap| readiness(ready.clone(), headers)))
        .route(&format!("{prefix}/"), api.clone())
        .route(&format!("{prefix}/{{*path}}"), api.clone());
    // With an empty prefix, `/` is all of it.
    if prefix.is_empty() { router } else { router.route(&prefix, api) }
}

/// Whether requests can be served at the moment: the database answers.
async fn readiness(door: Door, headers: HeaderMap) -> Response {
    let mut response = if door.actions().ready().await {
        answer::json(StatusCode::OK, b"{\"status\":\"ready\"}".to_vec())
    } else {
        let problem = Problem::new(&code::UNAVAILABLE, "The database does not answer.");
        problem.respond(&door.config().prefix, RequestId::of(&headers).as_str())
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
