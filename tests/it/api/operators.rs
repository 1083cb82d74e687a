//! What operators see, on every database.

use mimsy::{Audience, HttpConfig};
use mimsy_tests::shop::on_every_database_with;

fn app() -> mimsy::App {
    invoices::app().http(HttpConfig {
        metrics: Audience::Everybody,
        schema: Audience::Everybody,
        ..HttpConfig::default()
    })
}

#[test]
fn metrics_and_schema() {
    on_every_database_with(app, async |shop| {
        let number = async |name: &str| {
            let text = String::from_utf8(shop.get("nobody", "/metrics").await.bytes().to_vec()).unwrap();
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
            line.map(|value| value.parse::<f64>().unwrap())
        };
        let created = "mimsy_http_requests_total{method=\"POST\",route=\"/api/invoices\",status=\"201\"}";
        let before =
            (number("mimsy_store_reads_total").await.unwrap(), number("mimsy_store_writes_total").await.unwrap());
        assert_eq!(number(created).await, None);
        assert_eq!(shop.post("ada", "/api/invoices", shop.invoice(840_001).await).await.status(), 201);
        let after =
            (number("mimsy_store_reads_total").await.unwrap(), number("mimsy_store_writes_total").await.unwrap());
        assert_eq!((number(created).await, after.1), (Some(1.0), before.1 + 1.0));
        assert!(after.0 > before.0, "the invoice's customer was looked for: {before:?} {after:?}");
        assert_eq!(number("mimsy_store_writes_pending").await, Some(0.0));
        let pooled = shop.database.url.starts_with("postgres");
        assert_eq!(number("mimsy_store_connections").await.is_some_and(|open| open >= 1.0), pooled);

        let schema = shop.get("nobody", "/api/_schema").await;
        let canonical = mimsy_schema::json::canonical(&shop.app.app().schema());
        assert_eq!((schema.status(), schema.bytes()), (200, canonical.as_bytes()));
    });
}
