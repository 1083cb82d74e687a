//! Who is let in: rates of actors, and limits of single routes, on every database.

use std::time::Duration;

use mimsy::{HttpConfig, Rate, Rates, RouteLimits};
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
