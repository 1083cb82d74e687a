//! The axum router: the two health checks, the pages for operators, and one handler for everything under the prefix.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{MethodRouter, any, get};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::answer;
use super::audience::Audience;
use super::door::Door;
use super::envelope::{handle, page, refuse};
use super::operators::Page;
use super::problem::{Problem, code};
use super::request_id::RequestId;

/// How long the database may take to say that it is there.
const READY: Duration = Duration::from_secs(5);

const OK: &[u8] = b"{\"status\":\"ok\"}";

const READY_FOR_ALL: &[u8] = b"{\"status\":\"ready\"}";

/// The routes of an application, to be merged into another router. What is not there is that one's to say; see
/// [`server`].
pub fn router(door: Door) -> Router {
    let prefix = door.config().prefix.clone();
    let (healthy, ready) = (door.clone(), door.clone());
    let mut router = Router::new();
    let config = door.config();
    for (which, audience) in [(Page::Metrics, &config.metrics), (Page::Schema, &config.schema)] {
        if *audience != Audience::Nobody {
            let door = door.clone();
            router =
                router.route(&which.path(&prefix), any(move |request: Request| page(door.clone(), request, which)));
        }
    }
    let api = any(move |request: Request| handle(door.clone(), request));
    let router = router
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
    } else if tokio::time::timeout(READY, door.actions().ready()).await.unwrap_or(false) {
        None
    } else {
        Some("The database does not answer.")
    };
    let mut response = match wrong {
        // Ready all the same: reads are served, and a balancer that takes no unready server would end those as well.
        None => answer::json(
            StatusCode::OK,
            match door.actions().trouble().map(Problem::from) {
                None => READY_FOR_ALL.to_vec(),
                Some(why) => format!("{{\"status\":\"ready\",\"writes\":\"{}\"}}", why.code()).into_bytes(),
            },
        ),
        Some(wrong) => {
            let problem = Problem::new(&code::UNAVAILABLE, wrong).retry_after(5);
            problem.respond(&door.config().prefix, RequestId::of(&headers).as_str())
        }
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
