//! What is repeated.

use std::time::Duration;

use mimsy::HttpConfig;
use mimsy_runtime::internal::{idempotency, tables};
use mimsy_runtime::query::Query;
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_tests::cluster::{self, engines};
use mimsy_tests::shop::{Shop, on_every_database, text};
use serde_json::json;

use super::{create, having, is_replay, send, told};

#[test]
fn every_write_is_answered_as_it_was_the_first_time() {
    on_every_database(async |shop| {
        let body = shop.invoice(700_001).await;
        let first = create(shop, "a", &body).await;
        assert_eq!((first.status(), is_replay(&first)), (201, false), "{}", first.json());
        let place = first.header("location").unwrap().to_owned();
        let again = create(shop, "a", &body).await;
        assert!(is_replay(&again));
        assert_eq!(told(&again), told(&first));
        assert_eq!(having(shop, &body["number"]).await, 1);

        let patch = json!({"note": "once"});
        let first = send(shop, "ada", "PATCH", &place, "a", &patch).await;
        assert_eq!((first.status(), is_replay(&first)), (200, false), "another path is another request");
        let later = shop.patch("ada", &place, json!({"note": "later"})).await;
        assert_eq!(later.status(), 200);
        let again = send(shop, "ada", "PATCH", &place, "a", &patch).await;
        assert!(is_replay(&again));
        assert_eq!(told(&again), told(&first), "as it was answered then");
        assert_eq!(shop.get("ada", &place).await.json()["data"]["note"], "later", "and nothing was done");

        let first = send(shop, "ada", "DELETE", &place, "a", &json!({})).await;
        assert_eq!((first.status(), is_replay(&first)), (204, false), "another method is another request");
        let again = send(shop, "ada", "DELETE", &place, "a", &json!({})).await;
        assert_eq!((told(&again), is_replay(&again)), (told(&first), true));
        assert_eq!(shop.delete("ada", &place).await.status(), 404);
    });
}

#[test]
fn a_quoted_key_and_a_bare_one_are_one_key() {
    on_every_database(async |shop| {
        let body = shop.invoice(700_002).await;
        assert_eq!(create(shop, "\"a-key\"", &body).await.status(), 201);
        let again = create(shop, "a-key", &body).await;
        assert_eq!((again.status(), is_replay(&again)), (201, true));
        assert_eq!(having(shop, &body["number"]).await, 1);
    });
}

#[test]
fn a_preference_is_that_of_each_request() {
    on_every_database(async |shop| {
        let body = shop.invoice(700_003).await;
        let minimal = shop.request("ada", "POST", "/api/invoices").header("idempotency-key", "a");
        let minimal = minimal.header("prefer", "return=minimal").json(&body).send().await;
        assert!(minimal.status() < 300 && minimal.bytes().is_empty());
        let whole = create(shop, "a", &body).await;
        assert!(is_replay(&whole));
        assert_eq!(whole.json()["data"]["number"], body["number"]);
    });
}

#[test]
fn what_failed_is_not_kept() {
    on_every_database(async |shop| {
        let good = shop.invoice(700_004).await;
        let mut bad = good.clone();
        bad["total"] = json!("-1");
        for _ in 0..2 {
            let refused = create(shop, "a", &bad).await;
            assert_eq!((refused.status(), is_replay(&refused)), (422, false));
        }
        let done = create(shop, "a", &good).await;
        assert_eq!((done.status(), is_replay(&done)), (201, false), "the key is free for what is right");
        let twice = create(shop, "b", &good).await;
        assert_eq!((twice.status(), twice.json()["code"].as_str()), (409, Some("DUPLICATE")));
    });
}

#[test]
fn answers_outlive_a_restart() {
    for engine in engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let shop = Shop::open(invoices::app(), cluster::fresh(engine)).await;
            let body = shop.invoice(700_005).await;
            let first = create(&shop, "a", &body).await;
            assert_eq!(first.status(), 201);
            shop.app.app().close().await;
            let shop = Shop::open(invoices::app(), shop.database).await;
            let again = create(&shop, "a", &body).await;
            assert!(is_replay(&again));
            assert_eq!(told(&again), told(&first));
            assert_eq!(having(&shop, &body["number"]).await, 1);
            shop.app.app().close().await;
        });
    }
}

/// How many answers a database keeps.
async fn kept(shop: &Shop) -> usize {
    let store = Store::connect(&shop.database.url, Options::default()).await.unwrap();
    let counted = store.read(|tx| {
        Box::pin(async move {
            let reader = tables().reader(tx.dialect());
            let select = reader.list(idempotency::model(), &Query::default(), &[idempotency::NAME], 1000);
            let mut counted = 0;
            tx.rows(&select.statement, &mut |_| {
                counted += 1;
                Ok(())
            })
            .await?;
            Ok::<_, StoreError>(counted)
        })
    });
    let counted = counted.await.unwrap();
    store.close().await;
    counted
}

#[test]
fn an_answer_expires_and_is_thrown_away() {
    for (keep, expected) in [(Duration::from_secs(3600), 2), (Duration::ZERO, 0)] {
        for engine in engines() {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let config = HttpConfig { keep_answers: keep, ..HttpConfig::default() };
                let first = Shop::open(invoices::app().http(config.clone()), cluster::fresh(engine)).await;
                let customer = text(&first.first("ada", "/api/customers").await["id"]);
                let path = format!("/api/customers/{customer}");
                let patch = json!({"vip": true});
                assert!(!is_replay(&send(&first, "ada", "PATCH", &path, "a", &patch).await));
                let again = send(&first, "ada", "PATCH", &path, "a", &patch).await;
                assert_eq!((again.status(), is_replay(&again)), (200, expected > 0));
                first.app.app().close().await;
                // A process throws away with its first write, and then once a while.
                let second = Shop::open(invoices::app().http(config), first.database).await;
                assert!(!is_replay(&send(&second, "ada", "PATCH", &path, "b", &patch).await));
                assert_eq!(kept(&second).await, expected);
                second.app.app().close().await;
            });
        }
    }
}
