//! What is refused.

use mimsy::prelude::*;
use mimsy::test;
use mimsy_tests::cluster;
use mimsy_tests::shop::on_every_database;
use serde_json::json;

use super::{create, having, is_replay, send};

#[test]
fn another_request_under_the_same_key_is_refused() {
    on_every_database(async |shop| {
        let body = shop.invoice(700_101).await;
        let other = shop.invoice(700_102).await;
        assert_eq!(create(shop, "a", &body).await.status(), 201);
        let refused = create(shop, "a", &other).await;
        assert_eq!((refused.status(), refused.json()["code"].as_str()), (422, Some("IDEMPOTENCY_MISMATCH")));
        assert_eq!(having(shop, &other["number"]).await, 0);
        let path = create(shop, "a", &body).await.header("location").unwrap().to_owned();
        let tag = shop.get("ada", &path).await.header("etag").unwrap().to_owned();
        let change = |tag: String| {
            let request = shop.request("ada", "PATCH", &path).header("idempotency-key", "c").header("if-match", &tag);
            request.json(&json!({"note": "x"})).send()
        };
        assert_eq!(change(tag).await.status(), 200);
        let refused = change("*".to_owned()).await;
        assert_eq!(refused.json()["code"], "IDEMPOTENCY_MISMATCH", "another version is another request");
    });
}

#[test]
fn another_actors_same_key_is_another_key() {
    on_every_database(async |shop| {
        let body = shop.invoice(700_103).await;
        let other = shop.invoice(700_104).await;
        assert_eq!(create(shop, "a", &body).await.status(), 201);
        let roots = send(shop, "root", "POST", "/api/invoices", "a", &other).await;
        assert_eq!((roots.status(), is_replay(&roots)), (201, false));
        // And the very same request of somebody else's is no replay either.
        let roots = send(shop, "root", "POST", "/api/invoices", "b", &body).await;
        assert_eq!((roots.status(), roots.json()["code"].as_str()), (409, Some("DUPLICATE")));
        let eves = send(shop, "eve", "POST", "/api/invoices", "a", &body).await;
        assert_eq!((eves.status(), is_replay(&eves)), (422, false), "{}", eves.json());
        assert_eq!(send(shop, "vic", "POST", "/api/invoices", "a", &body).await.status(), 403);
    });
}

#[test]
fn a_key_that_is_none_is_refused_before_anything_is_done() {
    on_every_database(async |shop| {
        let body = shop.invoice(700_105).await;
        let path = format!("/api/customers/{}", shop.id("ada", "/api/customers").await);
        for key in ["", " ", "\"\"", "a b", "a,b", "\"a", "a\"", &"k".repeat(256)] {
            for (method, path) in [("POST", "/api/invoices"), ("PATCH", &path), ("DELETE", &path)] {
                let refused = send(shop, "ada", method, path, key, &body).await;
                assert_eq!((refused.status(), refused.json()["code"].as_str()), (400, Some("BAD_HEADER")), "{key:?}");
            }
        }
        let twice = shop.request("ada", "POST", "/api/invoices").header("idempotency-key", "a");
        let twice = twice.header("idempotency-key", "a").json(&body).send().await;
        assert_eq!((twice.status(), twice.json()["code"].as_str()), (400, Some("BAD_HEADER")));
        assert_eq!(having(shop, &body["number"]).await, 0);
        assert_eq!(create(shop, &"k".repeat(255), &body).await.status(), 201);
    });
}

/// Open to everybody.
#[entity]
#[routes(list, get, create, update, delete)]
#[policy(all = public)]
pub(crate) struct Memo {
    pub id: Id<Self>,
    pub text: String,
}

mimsy::schema! { pub Wall: Memo }

#[test]
fn nobody_has_no_keys() {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Wall), &database.url).await;
            let memo = json!({"text": "hello"});
            let refused = app.post("/api/memos", memo.clone()).header("idempotency-key", "a").send().await;
            assert_eq!((refused.status(), refused.json()["code"].as_str()), (400, Some("BAD_HEADER")));
            assert_eq!(app.post("/api/memos", memo).send().await.status(), 201);
            let listed = app.get("/api/memos").send().await.json();
            assert_eq!(listed["data"].as_array().unwrap().len(), 1);
            app.app().close().await;
        });
    }
}
