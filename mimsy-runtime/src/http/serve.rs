//! The server: accepts connections, and stops without cutting off a request.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::Service;

use super::config::HttpConfig;

/// After a failed accept (no file descriptors left, for one), wait before the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What connections are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Finish what is under way, take nothing new.
    Finishing,
    /// Stop.
    Stopped,
}

/// Serve `router` until `stop` is ready; then finish what is under way, within the configured time.
pub async fn serve(listener: TcpListener, router: Router, config: &HttpConfig, stop: impl Future<Output = ()>) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(config.head_time);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(config.head_time);
    let (phase, _) = watch::channel(Phase::Serving);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::spawn(connection(builder.clone(), stream, peer, router.clone(), phase.subscribe()));
            }
            Err(error) => failed(&error).await,
        }
    }
    drop(listener);
    phase.send_replace(Phase::Finishing);
    if tokio::time::timeout(config.stop_time, phase.closed()).await.is_err() {
        tracing::warn!("{} connections did not finish in time", phase.receiver_count());
        phase.send_replace(Phase::Stopped);
        phase.closed().await;
    }
}

/// Ready when the process is asked to stop: by Ctrl-C or, on Unix, SIGTERM.
pub async fn stop_signal() {
    let interrupt = async {
        // Without a handler there is nothing to wait for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

async fn failed(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    // These belong to the one connection that failed.
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "cannot accept a connection");
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}

async fn connection(
    builder: Builder<TokioExecutor>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut phase: watch::Receiver<Phase>,
) {
    // Answers are small and written at once; waiting for more would only delay them. Failing is harmless.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let mut router = router.clone();
        // As axum's own server tells it, so that its extractor works in routes beside ours.
        request.extensions_mut().insert(ConnectInfo(peer));
        async move { Ok::<_, Infallible>(Service::call(&mut router, request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    loop {
        tokio::select! {
            // How a connection ends is its peer's affair.
            _ = connection.as_mut() => return,
            changed = phase.changed() => match *phase.borrow_and_update() {
                Phase::Serving if changed.is_ok() => {}
                Phase::Finishing => connection.as_mut().graceful_shutdown(),
                // Also when the server itself is gone.
                _ => return,
            },
        }
    }
}
