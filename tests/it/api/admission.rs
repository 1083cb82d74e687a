//! Who is let in: rates of actors, and limits of single routes, on every database.

use std::time::Duration;

use mimsy::{HttpConfig, Proxies, Rate, Rates, RouteLimits};
use mimsy_tests::shop::on_every_database_with;
use serde_json::json;

fn app() -> mimsy::App {
    let rates = Rates { actor: Some(Rate::per_hour(20)), ..Rates::default() };
    let routes = vec![
        RouteLimits::of("invoices").action("create").body(200),
        RouteLimits::of("invoices").action("delete").rate(Rate::per_hour(1)),
        RouteLimits::of("lines").time(Duration::from_secs(5)),
    ];
    invoices::app().http(HttpConfig { rates, routes, ..HttpConfig::default() })
}

#[test]
fn each_actor_is_counted_alone_and_a_refused_write_is_not_made() {
    on_every_database_with(app, async |shop| {
        let mut body = shop.invoice(830_001).await;
        body["note"] = json!("x".repeat(200));
        let large = shop.post("ada", "/api/invoices", body).await;
        assert_eq!((large.status(), large.json()["code"].clone()), (413, json!("BODY_TOO_LARGE")));

        let path = format!("/api/invoices/{}", shop.id("root", "/api/invoices?limit=1&filter[status]=draft").await);
        let gone = shop.delete("root", "/api/invoices/00000000-0000-7000-8000-000000000000").await;
        assert_eq!(gone.status(), 404);
        let refused = shop.delete("root", &path).await;
        assert_eq!((refused.status(), refused.json()["code"].clone()), (429, json!("RATE_LIMITED")));
        assert!(refused.header("ratelimit-policy").unwrap().contains("\"route\";q=1;w=3600"));
        assert_eq!(shop.get("root", &path).await.status(), 200);

        let mut last = shop.get("ada", "/api/orgs").await;
        for _ in 0..20 {
            last = shop.get("ada", "/api/orgs").await;
        }
        assert_eq!((last.status(), last.json()["code"].clone()), (429, json!("RATE_LIMITED")));
        assert!(last.header("retry-after").unwrap().parse::<u64>().unwrap() > 60);
        assert_eq!(shop.get("vic", "/api/orgs").await.status(), 200);
    });
}

#[test]
fn an_address_is_counted_whoever_asks_from_there() {
    let app = || {
        let rates = Rates { address: Some(Rate::per_hour(3)), failures: Some(Rate::per_hour(1)), ..Rates::default() };
        let proxies = Proxies::trusted(["10.0.0.0/8".parse().unwrap()]);
        invoices::app().http(HttpConfig { rates, proxies, ..HttpConfig::default() })
    };
    on_every_database_with(app, async |shop| {
        let get = |name: &str, from: &str| shop.request(name, "GET", "/api/orgs").from(from);
        for (name, status) in [("ada", 200), ("vic", 200), ("nobody", 401), ("ada", 429)] {
            assert_eq!(get(name, "192.0.2.1").send().await.status(), status, "{name}");
        }
        let through = |client: &str| get("ada", "10.1.1.1").header("x-forwarded-for", client);
        assert_eq!(through("192.0.2.1").send().await.status(), 429, "the same client, through a proxy");
        assert_eq!(through("192.0.2.2").send().await.status(), 200);
        let forged = get("ada", "192.0.2.1").header("x-forwarded-for", "192.0.2.9");
        assert_eq!(forged.send().await.status(), 429);
        let guess = || shop.app.get("/api/orgs").bearer("a.b.c").from("192.0.2.3");
        assert_eq!((guess().send().await.status(), guess().send().await.status()), (401, 429));
        assert_eq!(get("ada", "192.0.2.3").send().await.status(), 429, "a right guess is not told");
    });
}
