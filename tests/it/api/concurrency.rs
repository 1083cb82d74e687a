//! Two at once.

use std::sync::Arc;

use futures_util::FutureExt;
use mimsy_tests::shop::on_every_database;
use serde_json::json;

#[test]
fn of_two_updates_from_one_version_one_wins() {
    on_every_database(async |shop| {
        let id = shop.id("ada", "/api/invoices?limit=1&filter[status]=draft").await;
        let path = format!("/api/invoices/{id}");
        for round in 0..20 {
            let tag = shop.get("ada", &path).await.header("etag").unwrap().to_owned();
            let patch = |who: &'static str| {
                let body = json!({"note": format!("{who} {round}")});
                shop.request(who, "PATCH", &path).header("if-match", &tag).json(&body).send()
            };
            let (ada, root) = tokio::join!(patch("ada"), patch("root"));
            let mut statuses = [ada.status(), root.status()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412], "round {round}");
            let winner = if ada.status() == 200 { "ada" } else { "root" };
            assert_eq!(shop.get("ada", &path).await.json()["data"]["note"], format!("{winner} {round}"));
        }
    });
}

#[test]
fn of_many_creates_of_one_number_one_wins() {
    on_every_database(async |shop| {
        let body = Arc::new(shop.invoice(930_001).await);
        let mut creates = Vec::new();
        for _ in 0..16 {
            creates.push(shop.post("ada", "/api/invoices", (*body).clone()));
        }
        let mut statuses = Vec::new();
        for answer in futures_util::future::join_all(creates).await {
            statuses.push(answer.status());
        }
        statuses.sort_unstable();
        let mut expected = vec![201];
        expected.resize(16, 409);
        assert_eq!(statuses, expected);
    });
}

#[test]
fn a_client_that_hangs_up_leaves_nothing_half_done() {
    on_every_database(async |shop| {
        for number in 940_001..940_041 {
            let body = shop.invoice(number).await;
            // Dropped after one poll: wherever it was, the write happens whole or not at all.
            let _answer = shop.post("ada", "/api/invoices", body).now_or_never();
        }
        let rows =
            shop.rows("ada", "/api/invoices?limit=1000&filter[number][starts_with]=INV-94&include=customer").await;
        assert!(rows.len() <= 40 && rows.iter().all(|row| row["customer"]["id"].is_string()));
        let next = shop.invoice(950_001).await;
        assert_eq!(shop.post("ada", "/api/invoices", next).await.status(), 201, "and the writer goes on");
    });
}
