//! What every request gets, whatever it asks: an id, a time limit, an answer even after a panic, headers, a line in the
//! access log. One function instead of a stack of layers.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Instant;

use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt;
use http::header::{CACHE_CONTROL, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, StatusCode};
use http_body::Body as _;
use tracing::Level;

use super::body::drain;
use super::dispatch::{self, Route};
use super::door::Door;
use super::problem::{Problem, code};
use super::request_id::{HEADER, RequestId};

/// The target of the access log.
const ACCESS: &str = "mimsy::access";

/// Answer a request under the prefix, or one that nothing else answers.
pub(crate) fn handle(door: Door, request: Request) -> impl Future<Output = Response> {
    enveloped(door, request, None)
}

/// Answer a request of which it is known already that it is refused.
pub(crate) fn refuse(door: Door, request: Request, problem: Problem) -> impl Future<Output = Response> {
    enveloped(door, request, Some(problem))
}

async fn enveloped(door: Door, request: Request, refused: Option<Problem>) -> Response {
    let started = Instant::now();
    let config = door.config();
    let (parts, mut body) = request.into_parts();
    let id = RequestId::of(&parts.headers);
    let mut route = None;
    let outcome = {
        // Pinned here, since the layers around it would each move it, and it is large.
        let mut answer = pin!(async {
            match refused {
                Some(problem) => Err(problem),
                None => dispatch::answer(&door, &parts, &mut body, &mut route).await,
            }
        });
        let answer = AssertUnwindSafe(answer.as_mut()).catch_unwind();
        tokio::time::timeout(config.time, answer).await
    };
    let answer = match outcome {
        Ok(Ok(Ok(response))) => Ok(response),
        Ok(Ok(Err(problem))) => Err(problem),
        Ok(Err(panic)) => {
            tracing::error!(request_id = id.as_str(), panic = words(panic.as_ref()), "a request panicked");
            Err(Problem::internal())
        }
        Err(_) if !body.is_end_stream() => {
            let detail = format!("The body was not here after {} s.", config.time.as_secs());
            Err(Problem::new(&code::REQUEST_TIMEOUT, detail))
        }
        Err(_) => {
            let detail = format!("There was no answer after {} s; a write may still be made.", config.time.as_secs());
            Err(Problem::new(&code::TIMEOUT, detail))
        }
    };
    let mut response = answer.unwrap_or_else(|problem| {
        if let Some(cause) = problem.cause() {
            tracing::error!(request_id = id.as_str(), error = ?cause, "a request failed");
        }
        problem.respond(&config.prefix, id.as_str())
    });
    // What did not come within the whole time limit is waited for no longer.
    if response.status() != StatusCode::REQUEST_TIMEOUT {
        drain(&mut body, &parts.headers, config.drain, config.drain_time).await;
    }
    log(&parts.method, &config.prefix, route.as_ref(), &response, started, &id);
    let headers = response.headers_mut();
    headers.insert(HEADER, id.into_header());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    // Beside what the answer itself varies with.
    headers.append(VARY, HeaderValue::from_static("Authorization"));
    response
}

/// One line a request. Never the query string, a key or a body: they hold what people wrote.
fn log(method: &Method, prefix: &str, route: Option<&Route>, response: &Response, started: Instant, id: &RequestId) {
    if !tracing::enabled!(target: ACCESS, Level::INFO) {
        return;
    }
    let template = route.map_or_else(|| "unmatched".to_owned(), |route| format!("{prefix}{}", route.template()));
    tracing::info!(
        target: ACCESS,
        method = method.as_str(),
        route = template,
        status = response.status().as_u16(),
        ms = started.elapsed().as_secs_f64() * 1e3,
        request_id = id.as_str(),
    );
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words")
}
