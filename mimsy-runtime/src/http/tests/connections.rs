//! How long a connection may take for what, over real sockets.

use std::time::Duration;

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::server::{Server, exchange, start};
use super::*;

/// A configuration with something changed.
fn config(change: impl FnOnce(&mut HttpConfig)) -> HttpConfig {
    let mut config = HttpConfig::default();
    change(&mut config);
    config
}

#[tokio::test]
async fn a_connection_too_many_is_told_and_closed_and_there_is_room_again() {
    let server = start(Router::new(), config(|config| config.connections = 1)).await;
    let ask = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = TcpStream::connect(server.address).await.unwrap();
    first.write_all(ask.as_bytes()).await.unwrap();
    first.readable().await.unwrap();
    let refused = exchange(&server, ask).await;
    assert!(refused.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{refused}");
    assert!(refused.contains("\r\nretry-after: 1\r\n") && refused.contains("\r\nconnection: close\r\n"), "{refused}");
    let (_, body) = refused.split_once("\r\n\r\n").unwrap();
    let problem: Json = serde_json::from_str(body).unwrap();
    assert_eq!((&problem["code"], &problem["status"]), (&"OVERLOADED".into(), &503.into()));
    drop(first);
    let last = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    while !exchange(&server, last).await.starts_with("HTTP/1.1 404") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_connects_and_says_nothing_is_not_kept() {
    let server = start(Router::new(), config(|config| config.head_time = Duration::from_millis(200))).await;
    assert_eq!(exchange(&server, "").await, "");
    assert_eq!(exchange(&server, "PRI * HTTP/2.0\r\n\r\nSM").await, "", "nor who begins to say it");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = start(Router::new(), config(|config| config.url = 1000)).await;
    let answer = exchange(&server, &format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(64 << 10))).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn one_address_cannot_take_all_connections() {
    let server = start(Router::new(), config(|config| config.connections_of_address = Some(1))).await;
    let first = TcpStream::connect(server.address).await.unwrap();
    let refused = exchange(&server, "GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    drop(first);
}

#[tokio::test]
async fn a_body_that_trickles_is_not_waited_for() {
    let shop = Shop::with(config(|config| (config.time, config.concurrency) = (Duration::from_millis(50), 1))).await;
    let server = start(shop.router.clone(), HttpConfig::default()).await;
    let head = "POST /api/notes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    for _ in 0..2 {
        // Not asked to close: it is the server that does, since what follows belongs to the body.
        let answer = exchange(&server, head).await;
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("REQUEST_TIMEOUT"), "{answer}");
    }
}

/// An answer that fits into no socket.
fn large() -> Router {
    Router::new().route("/large", get(async || vec![b'x'; 64 << 20]))
}

#[tokio::test]
async fn an_answer_that_is_not_read_does_not_stay() {
    let config = config(|config| (config.write_time, config.write_rate) = (Duration::from_millis(50), u32::MAX));
    let server = start(large(), config).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    // The server ends with its connections: with this one not read, only its being cut off lets it end.
    stream.readable().await.unwrap();
    server.stop.send(()).unwrap();
    server.done.await.unwrap();
    let mut read = Vec::new();
    let ended = stream.read_to_end(&mut read).await;
    assert!(ended.is_err() || read.len() < 64 << 20, "{} bytes", read.len());
}

/// A connection of HTTP/2 whose windows are as large as is said.
async fn http2(server: &Server, window: u32) -> h2::client::SendRequest<bytes::Bytes> {
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (send, connection) =
        h2::client::Builder::new().initial_window_size(window).handshake::<_, bytes::Bytes>(stream).await.unwrap();
    tokio::spawn(connection);
    send.ready().await.unwrap()
}

#[tokio::test]
async fn an_answer_of_http_2_whose_window_stays_shut_does_not_stay() {
    let config = config(|config| {
        (config.head_time, config.write_time) = (Duration::from_millis(200), Duration::from_millis(50));
    });
    let server = start(large(), config).await;
    for window in [0, 1, 20_000] {
        let mut send = http2(&server, window).await;
        let (answer, _) = send.send_request(Request::get("http://x/large").body(()).unwrap(), true).unwrap();
        let mut body = answer.await.unwrap().into_body();
        let mut read = 0;
        // Read, and never give the window back.
        let error = loop {
            match body.data().await {
                Some(Ok(piece)) => read += piece.len(),
                ended => break ended,
            }
        };
        assert!(matches!(error, Some(Err(_))) && read <= window as usize, "{window}: {error:?} after {read}");
    }
}

#[tokio::test]
async fn an_idle_connection_of_http_2_is_finished() {
    let config = config(|config| {
        (config.head_time, config.idle_time) = (Duration::from_millis(200), Duration::from_millis(50));
    });
    let server = start(Router::new(), config).await;
    let mut send = http2(&server, 1000).await;
    let (answer, _) = send.send_request(Request::get("http://x/").body(()).unwrap(), true).unwrap();
    assert_eq!(answer.await.unwrap().status(), 404);
    let gone = futures_util::future::poll_fn(|context| match send.poll_ready(context) {
        std::task::Poll::Ready(Ok(())) => {
            // Ready means that it is still there: look again when the connection moves.
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        }
        other => other,
    })
    .await;
    assert!(gone.is_err());
}

#[tokio::test]
async fn streams_of_http_2_are_limited() {
    let server = start(Router::new(), config(|config| config.streams = 2)).await;
    let mut send = http2(&server, 1000).await;
    let (answer, _) = send.send_request(Request::get("http://x/").body(()).unwrap(), true).unwrap();
    assert_eq!(answer.await.unwrap().status(), 404);
    assert_eq!(send.current_max_send_streams(), 2);
}

/// A frame of HTTP/2 (RFC 9113, 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[tokio::test]
async fn a_flood_of_resets_ends_the_connection() {
    const HEADERS: u8 = 1;
    const RST_STREAM: u8 = 3;
    const SETTINGS: u8 = 4;
    let server = start(Router::new(), HttpConfig::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut flood = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(SETTINGS, 0, 0, &[])].concat();
    for id in (1..2000).step_by(2) {
        // `GET http://x/`, whole and at its end; then taken back.
        flood.extend(frame(HEADERS, 0x5, id, &[0x82, 0x86, 0x84, 0x41, 1, b'x']));
        flood.extend(frame(RST_STREAM, 0, id, &[0, 0, 0, 8]));
    }
    stream.write_all(&flood).await.unwrap();
    let mut read = Vec::new();
    // It may also be cut off hard, for what it still sends.
    let _ = stream.read_to_end(&mut read).await;
    const GOAWAY: &[u8] = &[7, 0, 0, 0, 0, 0];
    let told = read.windows(GOAWAY.len()).position(|window| window == GOAWAY).map(|at| &read[at + 10..at + 14]);
    assert_eq!(told, Some(&[0, 0, 0, 0xb][..]), "ENHANCE_YOUR_CALM: {read:?}");
}

#[tokio::test]
async fn a_server_that_stops_says_so_before_it_closes() {
    let shop = Shop::with(config(|config| config.stop_grace = Duration::from_secs(1))).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, app) = (listener.local_addr().unwrap(), shop.app.clone());
    let done = tokio::spawn(async move {
        app.serve(listener, async { stopped.await.unwrap() }).await;
    });
    let ready = async || {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    assert!(ready().await.unwrap().starts_with("HTTP/1.1 200"));
    stop.send(()).unwrap();
    let mut stopping = false;
    // Until the listener is closed.
    while let Ok(answer) = ready().await {
        stopping |= answer.starts_with("HTTP/1.1 503") && answer.contains("The server is stopping.");
    }
    assert!(stopping);
    done.await.unwrap();
}
