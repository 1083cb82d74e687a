use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};

use super::*;
use crate::http::{CurrentActor, Rate, Rates, serve};

/// A running server, and what stops it.
pub(super) struct Server {
    pub(super) address: std::net::SocketAddr,
    pub(super) stop: oneshot::Sender<()>,
    pub(super) done: tokio::task::JoinHandle<()>,
}

pub(super) async fn start(router: Router, config: HttpConfig) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let done = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        serve(listener, router, &config, stopped).await;
    });
    Server { address, stop, done }
}

/// Send, and read until the server closes.
pub(super) async fn exchange(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_server_stops() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, go) = (entered.clone(), leave.clone());
    let slow = get(async move || {
        inside.notify_one();
        go.notified().await;
        "done"
    });
    let server = start(Router::new().route("/slow", slow), HttpConfig::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    entered.notified().await;
    server.stop.send(()).unwrap();
    // The listener is gone before the request is.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    leave.notify_one();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
    server.done.await.unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_server() {
    let entered = Arc::new(Notify::new());
    let inside = entered.clone();
    let endless = get(async move || {
        inside.notify_one();
        std::future::pending::<&str>().await
    });
    let config = HttpConfig { stop_time: Duration::from_millis(10), ..HttpConfig::default() };
    let server = start(Router::new().route("/endless", endless), config).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    entered.notified().await;
    server.stop.send(()).unwrap();
    server.done.await.unwrap();
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let config = HttpConfig { head_time: Duration::from_millis(10), ..HttpConfig::default() };
    let server = start(Router::new(), config).await;
    exchange(&server, "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await;
}

#[tokio::test]
async fn a_sender_of_too_much_can_read_why() {
    let shop = Shop::open().await;
    let server = start(shop.router.clone(), HttpConfig::default()).await;
    let body = "x".repeat(10 << 20);
    let request = format!(
        "POST /api/notes HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(&server, &request).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("BODY_TOO_LARGE"), "{answer}");
    let waiting = "POST /api/notes HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n";
    let answer = exchange(&server, waiting).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "a sender that asks first is told at once: {answer}");
}

#[tokio::test]
async fn the_server_knows_where_a_request_comes_from() {
    let rates = Rates { address: Some(Rate::per_hour(1)), ..Rates::default() };
    let shop = Shop::with(HttpConfig { rates, ..HttpConfig::default() }).await;
    let server = start(shop.router.clone(), HttpConfig::default()).await;
    for status in [200, 429] {
        let answer = exchange(&server, "GET /api/notes HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}

#[tokio::test]
async fn an_actor_in_a_route_beside_ours() {
    let shop = Shop::open().await;
    let who = get(async |CurrentActor(who): CurrentActor| match who {
        Who::Nobody => "nobody".to_owned(),
        Who::Actor(row) => format!("{:?}", row.key),
        Who::System(why) => why.to_string(),
    });
    let router = Router::new().route("/who", who).layer(shop.door.layer()).merge(shop.router.clone());
    let server = start(router, HttpConfig::default()).await;
    for (header, expected) in [
        (String::new(), "nobody".to_owned()),
        (format!("authorization: Bearer {}\r\n", shop.token()), format!("[Uuid({})]", shop.user)),
        ("authorization: Bearer x\r\n".to_owned(), "INVALID_TOKEN".to_owned()),
    ] {
        let answer =
            exchange(&server, &format!("GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n")).await;
        assert!(answer.contains(&expected), "{answer}");
    }
}
