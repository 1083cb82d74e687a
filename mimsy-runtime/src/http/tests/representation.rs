//! In which form an answer comes: compressed, for pages of other origins, with its headers.

use std::io::Read;

use flate2::read::GzDecoder;

use super::*;
use crate::http::{Compression, Cors, Hsts};

const GZIP: (&str, &str) = ("accept-encoding", "gzip, br");

/// The bytes as they are sent.
async fn raw(shop: &Shop, path: &str, headers: &[(&str, &str)]) -> (HeaderMap, Vec<u8>) {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    let response = shop.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

async fn noted(config: HttpConfig, rows: usize) -> Shop {
    let shop = Shop::with(config).await;
    for row in 0..rows {
        plant(&shop.door, "Note", &[("title", Value::Text(format!("{row} {}", "é".repeat(150))))]).await;
    }
    shop
}

#[tokio::test]
async fn a_large_answer_is_compressed_for_who_can_read_it() {
    let shop = noted(HttpConfig::default(), 300).await;
    for rows in [20, 300] {
        let path = format!("/api/notes?limit={rows}");
        let (plain, body) = raw(&shop, &path, &[]).await;
        let (small, packed) = raw(&shop, &path, &[GZIP]).await;
        assert_eq!((plain.get("content-encoding"), &small["content-encoding"]), (None, &"gzip".parse().unwrap()));
        assert_eq!((unpacked(&packed).into_bytes(), packed.len() * 5 < body.len()), (body, true));
        assert_eq!(small["content-length"].to_str().unwrap(), packed.len().to_string());
        for headers in [&plain, &small] {
            assert_eq!(headers["vary"], "Authorization, Accept-Encoding");
        }
        let refused = raw(&shop, &path, &[("accept-encoding", "gzip;q=0, identity")]).await;
        assert!(!refused.0.contains_key("content-encoding"));
    }
    let few = raw(&shop, "/api/notes?limit=2", &[GZIP]).await;
    assert!(!few.0.contains_key("content-encoding"), "{} bytes are not worth it", few.1.len());
    let wrong = format!("/api/notes?{}", (0..30).map(|n| format!("filter[nope{n}]=1&")).collect::<String>());
    let (problem, packed) = raw(&shop, &wrong, &[GZIP]).await;
    assert_eq!(
        (&problem["content-type"], &problem["content-encoding"]),
        (&"application/problem+json".parse().unwrap(), &"gzip".parse().unwrap())
    );
    assert!(unpacked(&packed).contains("UNKNOWN_FIELD"));
    let off = noted(HttpConfig { compression: None, ..HttpConfig::default() }, 20).await;
    let (plain, _) = raw(&off, "/api/notes", &[GZIP]).await;
    assert_eq!((plain.get("content-encoding"), &plain["vary"]), (None, &"Authorization".parse().unwrap()));
}

#[tokio::test]
async fn head_tells_what_get_would_send() {
    let shop = noted(HttpConfig::default(), 20).await;
    let (get, _) = raw(&shop, "/api/notes", &[GZIP]).await;
    let head = shop.ask(Method::HEAD, "/api/notes", &[NOBODY, GZIP], Body::empty()).await;
    for name in ["content-encoding", "content-length", "vary"] {
        assert_eq!(head.header(name), get[name].to_str().unwrap(), "{name}");
    }
}

#[tokio::test]
async fn the_tag_of_a_compressed_row_is_another_and_serves_as_well() {
    let config = HttpConfig { compression: Some(Compression { threshold: 1, level: 9 }), ..HttpConfig::default() };
    let shop = noted(config, 1).await;
    let list = shop.get("/api/notes").await;
    let path = format!("/api/notes/{}", list.json["data"][0]["id"].as_str().unwrap());
    let (plain, _) = raw(&shop, &path, &[]).await;
    let (small, packed) = raw(&shop, &path, &[GZIP]).await;
    let (plain, small) = (plain["etag"].to_str().unwrap(), small["etag"].to_str().unwrap());
    assert_eq!(small, format!("{}-gzip\"", plain.trim_end_matches('"')));
    assert!(unpacked(&packed).contains("éé"));
    for tag in [plain, small] {
        for headers in [&[("if-none-match", tag)][..], &[("if-none-match", tag), GZIP]] {
            let same = shop.ask(Method::GET, &path, headers, Body::empty()).await;
            assert_eq!((same.status, same.header("etag")), (304, tag), "{headers:?}");
        }
        let headers = [("if-match", tag), ("content-type", "application/json")];
        let changed = shop.ask(Method::PATCH, &path, &headers, "{}").await;
        assert_eq!(changed.status, 200, "{}", changed.json);
    }
}

#[tokio::test]
async fn hsts_is_said_where_it_is_configured() {
    let hsts = Some(Hsts { max_age: std::time::Duration::from_secs(3600), subdomains: true });
    let shop = Shop::with(HttpConfig { hsts, ..HttpConfig::default() }).await;
    let said = shop.get("/api/notes").await.header("strict-transport-security").to_owned();
    assert_eq!(said, "max-age=3600; includeSubDomains");
}

const APP: &str = "https://app.example.com";

fn vary(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn pages_of_listed_origins_may_read_answers_and_refusals() {
    let cors = Cors { credentials: true, expose: vec!["x-mine".to_owned()], ..Cors::of([APP]) };
    let shop = Shop::with(HttpConfig { cors: Some(cors), ..HttpConfig::default() }).await;
    for (origin, allowed) in [
        (APP, APP),
        ("https://app.example.com.evil.example", ""),
        ("https://evil.example", ""),
        ("http://app.example.com", ""),
        ("https://APP.example.com", ""),
        ("null", ""),
        ("", ""),
    ] {
        for path in ["/api/notes", "/api/nope"] {
            let answer = shop.ask(Method::GET, path, &[NOBODY, ("origin", origin)], Body::empty()).await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin} {path}");
            let credentials = if allowed.is_empty() { "" } else { "true" };
            assert_eq!(answer.header("access-control-allow-credentials"), credentials);
            let exposed = answer.header("access-control-expose-headers");
            assert_eq!(
                (exposed.contains("etag"), exposed.ends_with(", x-mine")),
                (!allowed.is_empty(), !allowed.is_empty())
            );
            assert!(vary(&answer).contains(&"Origin"), "also where there was none: {:?}", vary(&answer));
        }
    }
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told_what_it_may_do() {
    let shop = Shop::with(HttpConfig { cors: Some(Cors::of([APP])), ..HttpConfig::default() }).await;
    let ask = async |origin: &str, method: &str| {
        let headers = [NOBODY, ("origin", origin), ("access-control-request-method", method)];
        shop.ask(Method::OPTIONS, "/api/invoices", &headers, Body::empty()).await
    };
    let may = ask(APP, "POST").await;
    assert_eq!((may.status, may.header("access-control-allow-origin"), may.header("allow")), (204, APP, ""));
    assert!(may.header("access-control-allow-methods").contains("PATCH"));
    assert!(may.header("access-control-allow-headers").contains("authorization, content-type"));
    assert_eq!(may.header("access-control-max-age"), "600");
    let may_not = ask("https://evil.example", "POST").await;
    let said = ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers"];
    assert_eq!((may_not.status, said.map(|name| may_not.header(name))), (204, [""; 3]));
    let plain = ask(APP, "").await;
    assert_eq!((plain.status, plain.header("allow")), (204, "GET, HEAD, POST, OPTIONS"), "no browser's question");

    let open = Shop::with(HttpConfig { cors: Some(Cors::any()), ..HttpConfig::default() }).await;
    let any = open.ask(Method::GET, "/api/notes", &[NOBODY, ("origin", "https://x.example")], Body::empty()).await;
    assert_eq!((any.header("access-control-allow-origin"), vary(&any)), ("*", vec!["Authorization, Accept-Encoding"]));

    let off = Shop::open().await;
    let off = off.ask(Method::GET, "/api/notes", &[NOBODY, ("origin", APP)], Body::empty()).await;
    assert_eq!(off.header("access-control-allow-origin"), "", "off until configured");
}
