//! The axum router: the two health checks, and one handler for everything under the prefix.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{MethodRouter, any, get};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::answer;
use super::door::Door;
use super::envelope::{handle, refuse};
use super::problem::{Problem, code};
use super::request_id::RequestId;

const OK: &[u8] = b"{\"status\":\"ok\"}";

/// The routes of an application, to be merged into another router. What is not there is that one's to say; see
/// [`server`].
pub fn router(door: Door) -> Router {
    let prefix = door.config().prefix.clone();
    let (healthy, ready) = (door.clone(), door.clone());
    let api = any(move |request: Request| handle(door.clone(), request));
    let router = Router::new()
        .route("/healthz", only_get(healthy, get(async || answer::json(StatusCode::OK, OK.to_vec()))))
        .route("/readyz", only_get(ready.clone(), get(move |headers: HeaderMap| readiness(ready.clone(), headers))))
        .route(&format!("{prefix}/"), api.clone())
        .route(&format!("{prefix}/{{*path}}"), api.clone());
    // With an empty prefix, `/` is all of it.
    if prefix.is_empty() { router } else { router.route(&prefix, api) }
}

/// The same for a server that has no other routes: what is not there is a problem as well, with a line in the log.
pub fn server(door: Door) -> Router {
    router(door.clone()).fallback(move |request: Request| handle(door.clone(), request))
}

/// Refuse every other method.
fn only_get(door: Door, get: MethodRouter) -> MethodRouter {
    get.fallback(move |request: Request| {
        let allow = HeaderValue::from_static("GET, HEAD");
        refuse(door.clone(), request, Problem::method_not_allowed(allow))
    })
}

/// Whether requests can be served at the moment: the database answers, and the server is not about to stop.
async fn readiness(door: Door, headers: HeaderMap) -> Response {
    let wrong = if door.is_stopping() {
        Some("The server is stopping.")
    } else if door.actions().ready().await {
        None
    } else {
        Some("The database does not answer.")
    };
    let mut response = match wrong {
        None => answer::json(StatusCode::OK, b"{\"status\":\"ready\"}".to_vec()),
        Some(wrong) => {
            let problem = Problem::new(&code::UNAVAILABLE, wrong);
            problem.respond(&door.config().prefix, RequestId::of(&headers).as_str())
        }
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
