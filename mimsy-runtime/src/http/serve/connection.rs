//! One connection: requests in, answers out, each in its time.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::Service;

use super::Phase;
use super::paced::Paced;
use super::watch::{Times, Verdict, Watch, Watched};
use crate::http::config::HttpConfig;

/// Room for the headers of a request, beside its URL.
const HEADERS: usize = 48 << 10;

/// HTTP/2: what is buffered of an answer that its reader does not take.
const SEND_BUFFER: usize = 64 << 10;

/// HTTP/2: streams that the caller reset before they were looked at, and that were reset for the caller's own errors. Past
/// them the connection is closed: that is what a flood of resets is (CVE-2023-44487).
const RESETS: usize = 32;

/// How connections are served.
pub(super) struct Connections {
    builder: Builder<TokioExecutor>,
    router: Router,
    config: Arc<HttpConfig>,
}

impl Connections {
    pub(super) fn new(router: Router, config: &HttpConfig) -> Self {
        let head = config.url + HEADERS;
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(config.head_time).max_buf_size(head);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(config.head_time)
            .keep_alive_timeout(config.head_time)
            .max_concurrent_streams(config.streams)
            .max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX))
            .max_send_buf_size(SEND_BUFFER)
            .max_pending_accept_reset_streams(RESETS)
            .max_local_error_reset_streams(RESETS);
        Self { builder, router, config: Arc::new(config.clone()) }
    }

    /// Serve one until it ends; it holds its place until then.
    pub(super) fn serve<P: Send + 'static>(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        place: P,
        phase: watch::Receiver<Phase>,
    ) -> impl Future<Output = ()> + Send + use<P> {
        let (builder, router, config) = (self.builder.clone(), self.router.clone(), Arc::clone(&self.config));
        async move {
            let _place = place;
            run(builder, stream, peer, router, &config, phase).await;
        }
    }
}

async fn run(
    builder: Builder<TokioExecutor>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    config: &HttpConfig,
    mut phase: watch::Receiver<Phase>,
) {
    // Answers are small and written at once; waiting for more would only delay them. Failing is harmless.
    let _ = stream.set_nodelay(true);
    let watch = Watch::new(Times::new(config));
    let seen = Arc::clone(&watch);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let mut router = router.clone();
        let stream = seen.begin(request.version());
        // As axum's own server tells it, so that its extractor works in routes beside ours.
        request.extensions_mut().insert(ConnectInfo(peer));
        async move {
            let response = Service::call(&mut router, request).await.unwrap_or_else(|never| match never {});
            Ok::<_, Infallible>(response.map(|body| Watched::new(body, stream)))
        }
    });
    let stream = Paced::new(stream, config.write_time, config.write_rate);
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    let mut look = pin!(tokio::time::sleep_until(watch.first()));
    let (mut watching, mut finishing) = (true, false);
    loop {
        tokio::select! {
            // First of all: a request that has come is begun before it is heard that no more shall come.
            biased;
            // How a connection ends is its peer's affair.
            _ = connection.as_mut() => return,
            changed = phase.changed() => match *phase.borrow_and_update() {
                Phase::Serving if changed.is_ok() => {}
                Phase::Finishing => connection.as_mut().graceful_shutdown(),
                // Also when the server itself is gone.
                _ => return,
            },
            () = look.as_mut(), if watching => match watch.verdict(look.deadline()) {
                Verdict::Look(then) => look.as_mut().reset(then),
                Verdict::Leave => watching = false,
                Verdict::Finish if !finishing => {
                    finishing = true;
                    connection.as_mut().graceful_shutdown();
                    let then = look.deadline() + config.head_time;
                    look.as_mut().reset(then);
                }
                Verdict::Finish | Verdict::Close => return,
            },
        }
    }
}
