//! The server: accepts connections as long as there is room for them, and stops without cutting off a request.
//!
//! Beyond that, how long a connection may take for what is a matter of `serve::connection`.

mod connection;
mod descriptors;
mod paced;
mod places;
mod refusal;
mod signal;
mod watch;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::FutureExt;
use tokio::net::{TcpListener, TcpStream};

use self::connection::Connections;
use self::places::Places;
use self::refusal::Refusals;
use super::config::HttpConfig;
use super::door::Door;
use super::metrics::Sockets;

pub use self::descriptors::raise_file_limit;
pub use self::signal::stop_signal;

/// After a failed accept (no file descriptors left, for one), wait before the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Connections that wait to be accepted when the listener is closed: at most so many are still taken.
const LAST: usize = 1024;

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
    serve_counted(listener, router, config, stop, &Arc::default()).await;
}

/// The same for a router with a door: it answers on `/metrics` for the server as well, and on `/readyz` when that stops.
pub async fn serve_door(listener: TcpListener, router: Router, door: &Door, stop: impl Future<Output = ()>) {
    serve_counted(listener, router, door.config(), door.until(stop), door.metrics().sockets()).await;
}

async fn serve_counted(
    listener: TcpListener,
    router: Router,
    config: &HttpConfig,
    stop: impl Future<Output = ()>,
    sockets: &Arc<Sockets>,
) {
    let places = Places::new(config);
    let connections = Connections::new(router, config);
    let refusals = Refusals::new(config);
    let (phase, _) = tokio::sync::watch::channel(Phase::Serving);
    let take = |stream: TcpStream, peer: SocketAddr| match places.take(peer.ip()) {
        Some(place) => {
            let place = (place, sockets.open());
            tokio::spawn(connections.serve(stream, peer, place, phase.subscribe()));
        }
        None => {
            sockets.refuse();
            refusals.turn_away(stream);
        }
    };
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => take(stream, peer),
            Err(error) => failed(&error).await,
        }
    }
    // Whoever has connected already would be cut off with the listener.
    for _ in 0..LAST {
        let Some(Ok((stream, peer))) = listener.accept().now_or_never() else { break };
        take(stream, peer);
    }
    drop(listener);
    phase.send_replace(Phase::Finishing);
    if tokio::time::timeout(config.stop_time, phase.closed()).await.is_err() {
        tracing::warn!("{} connections did not finish in time", phase.receiver_count());
        phase.send_replace(Phase::Stopped);
        phase.closed().await;
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
