//! What every request gets, whatever it asks: an id, a time limit, an answer even after a panic, headers, a line in the
//! access log. One function instead of a stack of layers.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt;
use http::Method;
use http::request::Parts;
use http_body::Body as _;
use tracing::Level;

use super::body::drain;
use super::compression;
use super::dispatch;
use super::door::Door;
use super::exchange::Exchange;
use super::operators::{self, Page};
use super::problem::{Problem, code};
use super::request_id::{HEADER, RequestId};

/// The target of the access log.
const ACCESS: &str = "mimsy::access";

/// How much of a body is thrown away for somebody who is not let in: what has come already.
const GLANCE: usize = 64 << 10;

/// See [`GLANCE`].
const GLANCE_TIME: Duration = Duration::from_millis(100);

/// What a request is for.
enum Wanted {
    Action,
    Page(Page),
    /// It is known already that it is refused.
    Refusal(Problem),
}

/// Answer a request under the prefix, or one that nothing else answers.
pub(crate) fn handle(door: Door, request: Request) -> impl Future<Output = Response> {
    enveloped(door, request, Wanted::Action)
}

/// Answer a request for a page for operators.
pub(crate) fn page(door: Door, request: Request, page: Page) -> impl Future<Output = Response> {
    enveloped(door, request, Wanted::Page(page))
}

/// Answer a request of which it is known already that it is refused.
pub(crate) fn refuse(door: Door, request: Request, problem: Problem) -> impl Future<Output = Response> {
    enveloped(door, request, Wanted::Refusal(problem))
}

async fn enveloped(door: Door, request: Request, wanted: Wanted) -> Response {
    let config = door.config();
    let (parts, mut body) = request.into_parts();
    let id = RequestId::of(&parts.headers);
    let exchange = Exchange::begin(&door, &parts);
    let preflight = door.sharing().and_then(|sharing| sharing.preflight(&parts));
    let answer = match (wanted, preflight) {
        (Wanted::Refusal(problem), _) => Err(problem),
        // No page of another origin is an operator.
        (Wanted::Page(page), _) => operators::answer(page, &exchange, &parts),
        (Wanted::Action, Some(preflight)) => Ok(preflight),
        (Wanted::Action, None) => admitted(&exchange, &parts, &mut body, &id).await,
    };
    let mut response = answer.unwrap_or_else(|problem| {
        if let Some(cause) = problem.cause() {
            tracing::error!(request_id = id.as_str(), error = ?cause, "a request failed");
        }
        problem.respond(&config.prefix, id.as_str())
    });
    if let Some(how) = &config.compression {
        response = compression::apply(how, &parts.headers, response).await;
    }
    door.metrics().answered(exchange.route(), &parts.method, response.status(), exchange.elapsed());
    log(&parts.method, &exchange, &response, &id);
    let headers = response.headers_mut();
    exchange.tell(headers);
    headers.insert(HEADER, id.into_header());
    door.standing().apply(headers);
    if let Some(sharing) = door.sharing() {
        sharing.apply(&parts.headers, headers);
    }
    response
}

/// The answer, if the request is let in.
async fn admitted(
    exchange: &Exchange<'_>,
    parts: &Parts,
    body: &mut Body,
    id: &RequestId,
) -> Result<Response, Problem> {
    match exchange.admit() {
        Ok(_permit) => answer(exchange, parts, body, id).await,
        Err(problem) => {
            // Others are waiting for the place: its sender gets less time to read the answer.
            drain(body, &parts.headers, GLANCE, GLANCE_TIME).await;
            Err(problem)
        }
    }
}

/// The answer, within its time and even after a panic; what is left of the body is thrown away.
async fn answer(exchange: &Exchange<'_>, parts: &Parts, body: &mut Body, id: &RequestId) -> Result<Response, Problem> {
    let outcome = {
        // Pinned here, since the layers around it would each move it, and it is large.
        let answer = pin!(dispatch::answer(exchange, parts, body));
        let answer = pin!(AssertUnwindSafe(answer).catch_unwind());
        exchange.within(answer).await
    };
    let time = exchange.time().as_secs();
    let answer = match outcome {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => {
            tracing::error!(request_id = id.as_str(), panic = words(panic.as_ref()), "a request panicked");
            Err(Problem::internal())
        }
        // What did not come within the whole time limit is waited for no longer.
        Err(_) if !body.is_end_stream() => {
            let detail = format!("The body was not here after {time} s.");
            return Err(Problem::new(&code::REQUEST_TIMEOUT, detail));
        }
        Err(_) => {
            let detail = format!("There was no answer after {time} s; a write may still be made.");
            Err(Problem::new(&code::TIMEOUT, detail))
        }
    };
    let config = exchange.door.config();
    drain(body, &parts.headers, config.drain, config.drain_time).await;
    answer
}

/// One line a request. Never the query string, a key or a body: they hold what people wrote.
fn log(method: &Method, exchange: &Exchange<'_>, response: &Response, id: &RequestId) {
    if !tracing::enabled!(target: ACCESS, Level::INFO) {
        return;
    }
    let prefix = exchange.door.config().prefix.as_str();
    let template = exchange.route().map_or_else(|| "unmatched".to_owned(), |at| at.template(prefix));
    tracing::info!(
        target: ACCESS,
        method = method.as_str(),
        route = template,
        status = response.status().as_u16(),
        ms = exchange.elapsed().as_secs_f64() * 1e3,
        request_id = id.as_str(),
    );
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words")
}
