use std::time::Duration;

use http::header::{ALLOW, WWW_AUTHENTICATE};
use serde_json::json;

use super::*;

const XML: (&str, &str) = ("accept", "application/xml, text/xml;q=0.5");

const MISSING: &str = "/api/notes/00000000-0000-7000-8000-000000000000";

#[tokio::test]
async fn the_order_of_checks() {
    let shop = Shop::open().await;
    let bad = ("authorization", "Bearer a.b.c");
    let json_type = ("content-type", "application/json");
    for (method, path, headers, body, expected) in [
        (Method::GET, "/api/nope", vec![bad], "", (401, "INVALID_TOKEN")),
        (Method::GET, "/api/notes", vec![bad], "", (401, "INVALID_TOKEN")),
        (Method::GET, "/api/notes", vec![("authorization", "Basic eDp5")], "", (401, "INVALID_TOKEN")),
        (Method::GET, "/api/nope", vec![NOBODY], "", (404, "NOT_FOUND")),
        (Method::GET, "/api", vec![], "", (404, "NOT_FOUND")),
        (Method::GET, "/api/", vec![], "", (404, "NOT_FOUND")),
        (Method::GET, "/api/notes/", vec![], "", (404, "NOT_FOUND")),
        (Method::POST, "/api/notes:import", vec![], "", (404, "NOT_FOUND")),
        (Method::GET, "/api/notes/7", vec![], "", (404, "NOT_FOUND")),
        (Method::GET, "/api/tags/7", vec![], "", (404, "NOT_FOUND")),
        (Method::PUT, "/api/notes", vec![NOBODY], "", (405, "METHOD_NOT_ALLOWED")),
        (Method::DELETE, "/api/invoices", vec![NOBODY], "", (405, "METHOD_NOT_ALLOWED")),
        (Method::GET, "/api/invoices", vec![NOBODY], "", (401, "UNAUTHENTICATED")),
        (Method::POST, "/api/invoices", vec![NOBODY], "x", (401, "UNAUTHENTICATED")),
        (Method::GET, "/api/notes?x=1", vec![NOBODY], "", (400, "UNKNOWN_PARAMETER")),
        (Method::GET, "/api/notes?x=1&limit=0", vec![], "", (400, "BAD_PARAMETER")),
        (Method::GET, "/api/notes?after=x", vec![], "", (400, "CURSOR_INVALID")),
        (Method::POST, "/api/notes?x=1", vec![json_type], "{}", (400, "UNKNOWN_PARAMETER")),
        (Method::DELETE, &format!("{MISSING}?x=1"), vec![], "", (400, "UNKNOWN_PARAMETER")),
        (Method::POST, "/api/notes", vec![], "{}", (415, "UNSUPPORTED_MEDIA_TYPE")),
        (Method::POST, "/api/notes", vec![("content-type", "text/plain")], "{}", (415, "UNSUPPORTED_MEDIA_TYPE")),
        (
            Method::POST,
            "/api/notes",
            vec![("content-type", "application/merge-patch+json")],
            "{}",
            (415, "UNSUPPORTED_MEDIA_TYPE"),
        ),
        (Method::POST, "/api/notes", vec![json_type], "", (400, "MALFORMED_JSON")),
        (Method::POST, "/api/notes", vec![json_type], "{", (400, "MALFORMED_JSON")),
        (Method::POST, "/api/notes", vec![json_type], "[]", (422, "VALIDATION")),
        (Method::POST, "/api/notes", vec![json_type], r#"{"titel": "a"}"#, (422, "VALIDATION")),
        (Method::POST, "/api/notes", vec![json_type], r#"{"title": "a", "title": "b"}"#, (400, "DUPLICATE_KEY")),
        (Method::PATCH, MISSING, vec![json_type], r#"{"titel": 7}"#, (422, "VALIDATION")),
        (Method::PATCH, MISSING, vec![json_type, ("if-match", "\"1\"")], "{}", (404, "NOT_FOUND")),
        (Method::PATCH, MISSING, vec![json_type, ("if-match", "1")], "{}", (400, "BAD_HEADER")),
        (Method::DELETE, MISSING, vec![], "", (404, "NOT_FOUND")),
        (Method::GET, "/api/invoices", vec![NOBODY, XML], "", (401, "UNAUTHENTICATED")),
        (Method::GET, "/api/notes", vec![NOBODY, XML], "", (406, "NOT_ACCEPTABLE")),
        (Method::GET, "/api/notes?x=1", vec![("accept", "text/html")], "", (406, "NOT_ACCEPTABLE")),
        (Method::POST, "/api/notes", vec![XML], "x", (406, "NOT_ACCEPTABLE")),
        (Method::DELETE, MISSING, vec![XML], "", (406, "NOT_ACCEPTABLE")),
        (Method::GET, "/api/nope", vec![XML], "", (404, "NOT_FOUND")),
        (Method::GET, "/api/notes", vec![("if-match", "*")], "", (400, "BAD_HEADER")),
        (Method::GET, MISSING, vec![("if-match", "1")], "", (400, "BAD_HEADER")),
        (Method::GET, MISSING, vec![("if-match", "*")], "", (404, "NOT_FOUND")),
        (Method::POST, "/healthz", vec![NOBODY], "", (405, "METHOD_NOT_ALLOWED")),
        (Method::DELETE, "/readyz", vec![NOBODY], "", (405, "METHOD_NOT_ALLOWED")),
    ] {
        let answer = shop.ask(method.clone(), path, &headers, body.to_owned()).await;
        assert_eq!((answer.status, answer.code()), expected, "{method} {path} {headers:?} {body}: {}", answer.json);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.headers.contains_key(WWW_AUTHENTICATE), answer.status == 401);
        assert_eq!(answer.headers.contains_key(ALLOW), answer.status == 405);
    }
}

#[tokio::test]
async fn a_header_that_would_be_ignored_is_refused() {
    let shop = Shop::open().await;
    let json_type = ("content-type", "application/json");
    let not_in_create =
        "is not supported here: a new row has no version yet, so there is nothing to compare. Leave it out.";
    let not_in_change =
        "is not supported here: a write compares versions only. Send `If-Match` with the `ETag` of the row.";
    for (method, path, name, detail) in [
        (Method::POST, "/api/notes", "If-Match", not_in_create),
        (Method::POST, "/api/notes", "If-None-Match", not_in_create),
        (Method::POST, "/api/notes", "If-Unmodified-Since", not_in_create),
        (Method::POST, "/api/notes", "If-Modified-Since", not_in_create),
        (Method::PATCH, MISSING, "If-None-Match", not_in_change),
        (Method::PATCH, MISSING, "If-Unmodified-Since", not_in_change),
        (Method::PATCH, MISSING, "If-Modified-Since", not_in_change),
        (Method::DELETE, MISSING, "If-None-Match", not_in_change),
        (Method::DELETE, MISSING, "If-Unmodified-Since", not_in_change),
        (Method::DELETE, MISSING, "If-Modified-Since", not_in_change),
    ] {
        let answer = shop.ask(method.clone(), path, &[json_type, (name, "*")], r#"{"title": "a"}"#).await;
        assert_eq!((answer.status, answer.code()), (400, "BAD_HEADER"), "{method} {name}: {}", answer.json);
        assert_eq!(answer.json["detail"], format!("`{name}` {detail}"), "{method}");
    }
    assert_eq!(shop.get("/api/notes?count=exact").await.json["page"]["count"]["value"], 0, "nothing was written");
    let read = shop.ask(Method::GET, "/api/notes", &[("idempotency-key", "a")], Body::empty()).await;
    assert_eq!(read.status, 200, "a read is idempotent by itself");
}

#[tokio::test]
async fn a_server_answers_every_path() {
    let shop = Shop::open().await;
    let server = crate::http::server(shop.door.clone());
    for (path, status) in [("/", 404), ("/nope", 404), ("/apix", 404), ("/api", 404), ("/api/notes", 200)] {
        let request = Request::get(path).header("x-request-id", "abc").body(Body::empty()).unwrap();
        let answer = answer(&server, request).await;
        assert_eq!((answer.status, answer.header("x-request-id")), (status, "abc"), "{path}");
        if status == 404 {
            assert_eq!((answer.code(), answer.header("content-type")), ("NOT_FOUND", "application/problem+json"));
        }
    }
    let own = Router::new().fallback(async || "mine").merge(shop.router.clone());
    let request = Request::get("/nope").body(Body::empty()).unwrap();
    let response = own.oneshot(request).await.unwrap();
    assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "mine", "a merged router leaves it to the other");
}

#[tokio::test]
async fn every_not_found_is_alike() {
    let shop = Shop::open().await;
    let same = ("x-request-id", "same");
    let of = async |path: &str| shop.ask(Method::GET, path, &[same], Body::empty()).await;
    let missing = of(MISSING).await;
    for path in ["/api/nope", "/api/notes/7", "/api/notes/7/8", "/api/notes:x"] {
        assert_eq!(of(path).await.json, missing.json, "{path}");
    }
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let shop = Shop::open().await;
    for (method, path, id) in [
        (Method::GET, "/api/notes", "abc"),
        (Method::GET, "/api/nope", "abc"),
        (Method::GET, "/api/notes?x", "abc"),
        (Method::POST, "/healthz", "abc"),
    ] {
        let answer = shop.ask(method, path, &[("x-request-id", id)], Body::empty()).await;
        for (name, expected) in [
            ("x-request-id", id),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "private, no-cache"),
            ("vary", "Authorization, Accept-Encoding"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", ""),
            ("access-control-allow-origin", ""),
        ] {
            assert_eq!(answer.header(name), expected, "{path}: {name}");
        }
        assert!(answer.status == 200 || answer.json["instance"] == id, "{}", answer.json);
    }
    let made = shop.get("/api/notes").await.header("x-request-id").to_owned();
    assert!(Uuid::try_parse(&made).is_ok(), "{made}");
}

#[tokio::test]
async fn options_tell_what_is_there() {
    let shop = Shop::open().await;
    for (path, allow) in [
        ("/api/notes", "GET, HEAD, POST, OPTIONS"),
        (MISSING, "GET, HEAD, PATCH, DELETE, OPTIONS"),
        ("/api/tags", "GET, HEAD, OPTIONS"),
    ] {
        let answer = shop.ask(Method::OPTIONS, path, &[NOBODY], Body::empty()).await;
        assert_eq!((answer.status, answer.header("allow")), (204, allow), "{path}");
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_told_which_are_read() {
    let shop = Shop::open().await;
    for (method, headers, name, expected) in [
        (Method::POST, vec![("content-type", "text/plain")], "accept", "application/json"),
        (Method::PATCH, vec![], "accept", "application/json, application/merge-patch+json"),
        (
            Method::PATCH,
            vec![("content-type", "application/json"), ("content-encoding", "gzip")],
            "accept-encoding",
            "identity",
        ),
    ] {
        let path = if method == Method::POST { "/api/notes" } else { MISSING };
        let answer = shop.ask(method, path, &headers, "{}").await;
        assert_eq!((answer.status, answer.header(name)), (415, expected), "{headers:?}");
    }
}

#[tokio::test]
async fn tokens_of_nobody_here() {
    let shop = Shop::open().await;
    let tokens = Tokens::new(Secret::development().token_key());
    let now = Timestamp::now().as_seconds();
    let claims = |sub: &str, exp| Claims { sub: sub.to_owned(), exp, iat: None, nbf: None, iss: None, aud: None };
    for (token, detail) in [
        (
            tokens.mint(&claims(&Uuid::nil().to_string(), now + 60)),
            "The actor that the credentials name does not exist.",
        ),
        (tokens.mint(&claims("ada", now + 60)), "The token's `sub` is no key of User."),
        (tokens.mint(&claims(&shop.user.to_string(), now - 1)), "the token has expired"),
    ] {
        let header = format!("Bearer {token}");
        let answer = shop.ask(Method::GET, "/api/notes", &[("authorization", &header)], Body::empty()).await;
        assert_eq!((answer.status, answer.json["detail"].as_str().unwrap()), (401, detail));
        assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    }
}

#[tokio::test]
async fn limits() {
    let shop = Shop::with(HttpConfig { body: 100, url: 200, depth: 3, ..HttpConfig::default() }).await;
    let fits = json!({"title": "x".repeat(80)}).to_string();
    let large = json!({"title": "x".repeat(100)}).to_string();
    let deep = r#"{"title": [[[1]]]}"#.to_owned();
    for (body, expected) in [(fits, (201, "")), (large, (413, "BODY_TOO_LARGE")), (deep, (400, "JSON_DEPTH"))] {
        let answer = shop.ask(Method::POST, "/api/notes", &[("content-type", "application/json")], body).await;
        assert_eq!((answer.status, answer.code()), expected, "{}", answer.json);
    }
    let long = format!("/api/notes?filter[title]={}", "x".repeat(200));
    let answer = shop.get(&long).await;
    assert_eq!((answer.status, answer.code()), (414, "URL_TOO_LONG"));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let shop = Shop::with(HttpConfig { time: Duration::from_millis(50), ..HttpConfig::default() }).await;
    let never = Body::from_stream(futures_util::stream::pending::<Result<bytes::Bytes, std::io::Error>>());
    let answer = shop.ask(Method::POST, "/api/notes", &[("content-type", "application/json")], never).await;
    assert_eq!((answer.status, answer.code()), (408, "REQUEST_TIMEOUT"));
}

#[tokio::test]
async fn health() {
    let shop = Shop::open().await;
    for (path, body) in [("/healthz", json!({"status": "ok"})), ("/readyz", json!({"status": "ready"}))] {
        let answer = shop.ask(Method::GET, path, &[NOBODY], Body::empty()).await;
        assert_eq!((answer.status, answer.json), (200, body));
    }
}

#[tokio::test]
async fn an_application_can_tell_who_asks_in_its_own_way() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("shop.db").display());
    let app = App::new(sample::Sample).secret(Secret::development()).actor(key_of);
    let app = app.connect(&url).await.unwrap();
    for (path, header, expected) in [
        ("/api/notes", None, (200, "")),
        ("/api/invoices", None, (401, "UNAUTHENTICATED")),
        ("/api/notes", Some("wrong"), (401, "INVALID_TOKEN")),
        ("/api/notes", Some("panic"), (500, "INTERNAL")),
    ] {
        let request = header.into_iter().fold(Request::get(path), |request, value| request.header("x-user", value));
        let answer = answer(&app.router(), request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.code()), expected, "{path} {header:?}: {}", answer.json);
        assert!(!answer.json.to_string().contains("secret words"));
    }
}

fn key_of(parts: &http::request::Parts) -> std::future::Ready<Result<Option<i64>, &'static str>> {
    std::future::ready(match parts.headers.get("x-user").map(|value| value.as_bytes()) {
        None => Ok(None),
        Some(b"panic") => panic!("secret words"),
        Some(_) => Err("There is no such session."),
    })
}
