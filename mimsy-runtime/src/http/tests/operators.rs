//! The pages for operators, and who gets them.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::http::Audience;

/// A request of this machine, past a socket.
fn local(method: Method, path: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost:3000");
    let here: SocketAddr = "127.0.0.1:4711".parse().unwrap();
    request.extensions_mut().unwrap().insert(ConnectInfo(here));
    request.body(Body::empty()).unwrap()
}

async fn text(router: &Router, request: Request<Body>) -> (u16, HeaderMap, String) {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status.as_u16(), parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn the_metrics_tell_what_was_asked_for() {
    let shop = Shop::open().await;
    for _ in 0..3 {
        shop.get("/api/notes").await;
    }
    shop.send(Method::POST, "/api/notes", serde_json::json!({"title": "secret words"})).await;
    shop.get("/api/notes/7").await;
    shop.get("/api/nope?token=secret").await;
    let (status, headers, metrics) = text(&shop.router, local(Method::GET, "/metrics")).await;
    assert_eq!((status, &headers["content-type"]), (200, &"text/plain; version=0.0.4; charset=utf-8".parse().unwrap()));
    for line in [
        "mimsy_http_requests_total{method=\"GET\",route=\"/api/notes\",status=\"200\"} 3",
        "mimsy_http_requests_total{method=\"POST\",route=\"/api/notes\",status=\"201\"} 1",
        "mimsy_http_requests_total{method=\"GET\",route=\"/api/notes/{id}\",status=\"404\"} 1",
        "mimsy_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
        "mimsy_http_request_duration_seconds_count{method=\"GET\",route=\"/api/notes\"} 3",
        "mimsy_http_requests_in_flight 0",
        "mimsy_store_writes_pending 0",
    ] {
        assert!(metrics.lines().any(|one| one == line), "{line} is not in\n{metrics}");
    }
    let number = |name: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name} is not in\n{metrics}")).parse::<f64>().unwrap()
    };
    assert!(number("mimsy_store_reads_total") >= 3.0 && number("mimsy_store_writes_total") >= 1.0);
    #[cfg(target_os = "linux")]
    assert!(number("process_resident_memory_bytes") > 1e6 && number("process_open_fds") >= 3.0);
    assert!(!metrics.contains("secret"), "nothing that people wrote");
}

#[tokio::test]
async fn the_schema_is_the_canonical_one_and_is_sent_once() {
    let shop = Shop::open().await;
    let (status, headers, schema) = text(&shop.router, local(Method::GET, "/api/_schema")).await;
    assert_eq!((status, &schema), (200, &mimsy_schema::json::canonical(&shop.door.actions().schema())));
    assert_eq!(headers["content-type"], "application/json");
    let mut again = local(Method::GET, "/api/_schema");
    again.headers_mut().insert("if-none-match", headers["etag"].clone());
    assert_eq!(text(&shop.router, again).await.0, 304);
}

#[tokio::test]
async fn for_others_there_is_nothing() {
    let shop = Shop::open().await;
    for path in ["/metrics", "/api/_schema"] {
        let missing = shop.ask(Method::GET, "/api/nope", &[("x-request-id", "same")], Body::empty()).await;
        for method in [Method::GET, Method::POST] {
            let foreign = shop.ask(method.clone(), path, &[("x-request-id", "same")], Body::empty()).await;
            assert_eq!((foreign.status, &foreign.json), (404, &missing.json), "{method} {path}");
            let mut forwarded = local(method, path);
            forwarded.headers_mut().insert("x-forwarded-for", "127.0.0.1".parse().unwrap());
            assert_eq!(text(&shop.router, forwarded).await.0, 404);
        }
        let (status, headers, _) = text(&shop.router, local(Method::POST, path)).await;
        assert_eq!((status, &headers["allow"]), (405, &"GET, HEAD".parse().unwrap()));
        assert_eq!(text(&shop.router, local(Method::GET, &format!("{path}?x=1"))).await.0, 400);
        let head = text(&shop.router, local(Method::HEAD, path)).await;
        assert_eq!((head.0, head.2.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn the_pages_can_be_opened_and_closed() {
    let everybody = HttpConfig { metrics: Audience::Everybody, schema: Audience::Everybody, ..HttpConfig::default() };
    let open = Shop::with(everybody).await;
    let nobody = HttpConfig { metrics: Audience::Nobody, schema: Audience::Nobody, ..HttpConfig::default() };
    let shut = Shop::with(nobody).await;
    for path in ["/metrics", "/api/_schema"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(text(&open.router, request).await.0, 200);
        assert_eq!(text(&shut.router, local(Method::GET, path)).await.0, 404);
    }
    // Axum refuses two routes at one path: this one is free.
    let own = Router::new().route("/metrics", axum::routing::get(async || "mine")).merge(shut.router.clone());
    assert_eq!(text(&own, local(Method::GET, "/metrics")).await.2, "mine");
}

#[tokio::test]
async fn the_server_counts_its_connections() {
    let shop = Shop::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = shop.app.clone();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(async move { app.serve(listener, async { stopped.await.unwrap() }).await });
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    for line in [
        "mimsy_http_connections 1",
        "mimsy_http_connections_accepted_total 1",
        "mimsy_http_connections_refused_total 0",
    ] {
        assert!(answer.lines().any(|one| one == line), "{line} is not in\n{answer}");
    }
    stop.send(()).unwrap();
    served.await.unwrap();
}
