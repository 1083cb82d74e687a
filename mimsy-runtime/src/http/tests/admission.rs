use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ConnectInfo;
use bytes::Bytes;
use futures_util::future::poll_immediate;
use serde_json::json;

use super::*;
use crate::http::{CurrentActor, ForwardedBy, Network, Proxies, Rate, RouteLimits};

/// Slow enough that nothing fills up while a test runs.
const TWO: Rate = Rate::per_hour(2);

impl Shop {
    /// `GET`, from an address.
    async fn from(&self, address: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address.parse().unwrap(), 4711)));
        answer(&self.router, request).await
    }
}

fn rates(change: impl FnOnce(&mut HttpConfig)) -> HttpConfig {
    let mut config = HttpConfig::default();
    change(&mut config);
    config
}

#[tokio::test]
async fn an_address_has_its_limit_whatever_it_says_of_itself() {
    let shop = Shop::with(rates(|config| config.rates.address = Some(TWO))).await;
    let forged = [("x-forwarded-for", "203.0.113.7"), ("forwarded", "for=203.0.113.7")];
    for (left, path) in [(1, "/api/notes"), (0, "/api/nope")] {
        let answer = shop.from("192.0.2.1", path, &[]).await;
        assert!(answer.status < 405, "{}", answer.json);
        assert_eq!(answer.header("ratelimit-policy"), "\"address\";q=2;w=3600");
        let (state, reset) = answer.header("ratelimit").split_once(";t=").unwrap();
        assert_eq!(state, format!("\"address\";r={left}"), "what is not there is counted as well");
        assert!((1..=3600).contains(&reset.parse::<u32>().unwrap()));
    }
    let refused = shop.from("192.0.2.1", "/api/notes", &forged).await;
    assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
    let wait: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1795..=1800).contains(&wait), "half an hour for one of two: {wait}");
    assert_eq!(refused.json["detail"], format!("At most 2 requests in 3600 s are allowed; try again in {wait} s."));
    assert_eq!(shop.from("192.0.2.2", "/api/notes", &forged).await.status, 200, "another address has its own");
    assert_eq!(shop.from("192.0.2.1", "/healthz", &[]).await.status, 200, "a health check is not counted");
    assert_eq!(shop.get("/api/notes").await.status, 200, "without addresses nothing can be counted");
    let neighbours = ["2001:db8::1", "2001:db8::2", "2001:db8::3"];
    let mut of_one_household = Vec::new();
    for address in neighbours {
        of_one_household.push(shop.from(address, "/api/notes", &[]).await.status);
    }
    assert_eq!(of_one_household, [200, 200, 429]);
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_is_counted() {
    let config = rates(|config| {
        config.rates.address = Some(TWO);
        config.proxies = Proxies::trusted(["10.0.0.0/8".parse::<Network>().unwrap()]);
        config.proxies.header = ForwardedBy::XForwardedFor;
    });
    let shop = Shop::with(config).await;
    let asked = async |peer: &str, said: &str| shop.from(peer, "/api/notes", &[("x-forwarded-for", said)]).await.status;
    for status in [200, 200, 429] {
        assert_eq!(asked("10.0.0.1", "203.0.113.7").await, status);
    }
    assert_eq!(asked("10.0.0.1", "203.0.113.7, 203.0.113.8").await, 200, "what the proxy wrote last counts");
    assert_eq!(asked("10.0.0.2", "198.51.100.1, 203.0.113.7").await, 429);
    assert_eq!(asked("203.0.113.7", "198.51.100.1").await, 429, "the same client, past the proxy");
}

#[tokio::test]
async fn an_actor_has_their_limit_from_whichever_address() {
    let shop = Shop::with(rates(|config| config.rates.actor = Some(TWO))).await;
    let bearer = format!("Bearer {}", shop.token());
    let as_user = [("authorization", bearer.as_str())];
    for (address, status) in [("192.0.2.1", 200), ("192.0.2.2", 200), ("192.0.2.3", 429)] {
        assert_eq!(shop.from(address, "/api/notes", &as_user).await.status, status, "{address}");
    }
    assert_eq!(shop.from("192.0.2.1", "/api/notes", &[]).await.status, 200, "nobody is no actor");
}

#[tokio::test]
async fn who_guesses_credentials_is_not_listened_to() {
    let shop = Shop::with(rates(|config| config.rates.failures = Some(TWO))).await;
    let good = format!("Bearer {}", shop.token());
    let (good, bad) = ([("authorization", good.as_str())], [("authorization", "Bearer a.b.c")]);
    for _ in 0..3 {
        assert_eq!(shop.from("192.0.2.1", "/api/notes", &good).await.status, 200, "a right one is not counted");
        assert_eq!(shop.from("192.0.2.1", "/api/invoices", &[]).await.status, 401, "nor none at all");
    }
    for status in [401, 401, 429] {
        assert_eq!(shop.from("192.0.2.1", "/api/notes", &bad).await.status, status);
    }
    let refused = shop.from("192.0.2.1", "/api/notes", &good).await;
    assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"), "a right guess is not told");
    assert_eq!(shop.from("192.0.2.2", "/api/notes", &good).await.status, 200);

    let own = axum::routing::get(async |_: CurrentActor| "mine");
    let router = Router::new().route("/mine", own).layer(shop.door.layer());
    for (address, status) in [("192.0.2.1", 429), ("192.0.2.3", 401), ("192.0.2.3", 401), ("192.0.2.3", 429)] {
        let request = Request::get("/mine").header("authorization", "Bearer a.b.c");
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address.parse().unwrap(), 4711)));
        assert_eq!(answer(&router, request).await.status, status, "in routes beside ours as well");
    }
}

fn waiting() -> Request<Body> {
    let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
    let request = Request::post("/api/notes").header("content-type", "application/json");
    request.body(Body::from_stream(never)).unwrap()
}

#[tokio::test]
async fn past_the_concurrency_nobody_is_kept_waiting() {
    let shop = Shop::with(rates(|config| config.concurrency = 1)).await;
    let mut first = Box::pin(shop.router.clone().oneshot(waiting()));
    assert!(poll_immediate(&mut first).await.is_none());
    let second = shop.get("/api/notes").await;
    assert_eq!((second.status, second.code(), second.header("retry-after")), (503, "OVERLOADED", "1"));
    assert_eq!(shop.get("/healthz").await.status, 200);
    drop(first);
    assert_eq!(shop.get("/api/notes").await.status, 200, "a caller that hangs up frees its place");
}

#[tokio::test]
async fn a_route_can_have_limits_of_its_own() {
    let notes = || RouteLimits::of("notes");
    let shop = Shop::with(rates(|config| {
        config.body = 40;
        config.routes = vec![
            notes().action("create").body(100).concurrency(1),
            notes().action("update").time(Duration::from_millis(50)),
            notes().action("delete").rate(TWO),
        ];
    }))
    .await;
    let body = json!({"title": "x".repeat(60)});
    let created = shop.send(Method::POST, "/api/notes", body.clone()).await;
    assert_eq!(created.status, 201, "more than the door lets through: {}", created.json);
    let path = created.header("location").to_owned();
    assert_eq!(shop.send(Method::PATCH, &path, body).await.code(), "BODY_TOO_LARGE");

    let mut first = Box::pin(shop.router.clone().oneshot(waiting()));
    assert!(poll_immediate(&mut first).await.is_none());
    let second = shop.send(Method::POST, "/api/notes", json!({"title": "a"})).await;
    assert_eq!((second.status, second.code(), second.header("retry-after")), (503, "OVERLOADED", "1"));
    assert_eq!(shop.get("/api/notes").await.status, 200, "other actions are not held up");
    drop(first);
    assert_eq!(shop.send(Method::POST, "/api/notes", json!({"title": "a"})).await.status, 201);

    let (mut parts, body) = waiting().into_parts();
    (parts.method, parts.uri) = (Method::PATCH, path.parse().unwrap());
    let slow = answer(&shop.router, Request::from_parts(parts, body)).await;
    assert_eq!((slow.status, slow.code()), (408, "REQUEST_TIMEOUT"), "sooner than the door would");

    let missing = "/api/notes/00000000-0000-7000-8000-000000000000";
    for status in [404, 404, 429] {
        let answer = shop.ask(Method::DELETE, missing, &[], Body::empty()).await;
        assert_eq!((answer.status, answer.header("ratelimit-policy")), (status, "\"route\";q=2;w=3600"));
    }
}
