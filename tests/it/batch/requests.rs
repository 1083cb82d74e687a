//! Batches over HTTP: answers, versions, preferences, repetitions.

use mimsy_tests::shop::errors;
use serde_json::json;

use super::{ANN, account, on_every_database};

#[test]
fn a_batch_answers_with_its_rows_in_their_order() {
    on_every_database(async |books| {
        let hidden = json!({"number": 1, "holder_name": "a", "limit": 1, "hidden": true});
        let created =
            books.post("/api/accounts:batchCreate", &json!({"items": [account(2), hidden, account(3)]})).await;
        assert_eq!(created.status(), 201, "{}", created.json());
        let rows = created.json()["data"].as_array().unwrap().clone();
        assert_eq!(rows[1], json!({"firm": books.firms[ANN].to_string(), "number": 1}), "its key, and no more");
        assert_eq!((rows[0]["number"].clone(), rows[2]["open"].clone()), (json!(2), json!(true)));
        assert!(created.header("location").is_none() && created.header("etag").is_none());

        let items = json!([
            {"id": books.id(ANN, 3), "patch": {"limit": 3}},
            {"id": books.id(ANN, 2), "patch": {}},
        ]);
        let changed = books.post("/api/accounts:batchUpdate", &json!({"items": items})).await;
        assert_eq!(changed.status(), 200, "{}", changed.json());
        let rows = changed.json()["data"].as_array().unwrap().clone();
        assert_eq!((rows[0]["limit"].clone(), rows[1]["number"].clone()), (json!(3), json!(2)));

        let ids = json!({"ids": [books.id(ANN, 3), books.id(ANN, 2)]});
        let deleted = books.post("/api/accounts:batchDelete", &ids).await;
        assert_eq!((deleted.status(), deleted.bytes().len()), (204, 0));
        assert_eq!(books.accounts(ANN).await.len(), 1);
    });
}

#[test]
fn each_for_itself_answers_with_a_result_an_item() {
    on_every_database(async |books| {
        let items = json!([account(1), {"number": 2, "holder_name": "a", "limit": 200}, 7, account(1)]);
        let created = books.post("/api/accounts:batchCreate?atomic=false", &json!({"items": items})).await;
        assert_eq!(created.status(), 207, "{}", created.json());
        let results = created.json()["results"].as_array().unwrap().clone();
        let statuses: Vec<u64> = results.iter().map(|one| one["status"].as_u64().unwrap()).collect();
        assert_eq!(statuses, [201, 422, 422, 409]);
        assert_eq!(results[0]["location"], json!(books.place(ANN, 1)));
        assert_eq!(results[0]["data"]["limit"], json!(1));
        let single = books.app.get(&books.place(ANN, 1)).bearer(&books.tokens[ANN]).send().await;
        assert_eq!(results[0]["etag"].as_str(), single.header("etag"), "as one of its own would have");
        assert_eq!(results[0]["data"], single.json()["data"]);
        let problem = |at: usize| {
            (
                results[at]["problem"]["errors"][0]["pointer"].clone(),
                results[at]["problem"]["errors"][0]["code"].clone(),
            )
        };
        assert_eq!(problem(1), (json!("/items/1/limit"), json!("MAX")));
        assert_eq!(problem(2), (json!("/items/2"), json!("TYPE")));
        assert_eq!(problem(3), (json!("/items/3/number"), json!("DUPLICATE")));
        assert!(results[1]["problem"].get("instance").is_none(), "they are of one request");

        let ids = json!({"ids": [books.id(ANN, 1), books.id(ANN, 5)]});
        let deleted = books.post("/api/accounts:batchDelete?atomic=false", &ids).await.json();
        assert_eq!(deleted["results"][0], json!({"status": 204}));
        assert_eq!(deleted["results"][1]["problem"]["code"], "NOT_FOUND");
    });
}

#[test]
fn an_item_may_expect_a_version() {
    on_every_database(async |books| {
        books.post("/api/accounts:batchCreate", &json!({"items": [account(1), account(2)]})).await;
        let tag = async |number| {
            let answer = books.app.get(&books.place(ANN, number)).bearer(&books.tokens[ANN]).send().await;
            answer.header("etag").unwrap().to_owned()
        };
        let (one, two) = (tag(1).await, tag(2).await);
        let items = |limit: i64| {
            json!({"items": [
                {"id": books.id(ANN, 1), "if_match": one, "patch": {"limit": limit}},
                {"id": books.id(ANN, 2), "if_match": format!("\"99\", {two}"), "patch": {"limit": limit}},
            ]})
        };
        assert_eq!(books.post("/api/accounts:batchUpdate", &items(5)).await.status(), 200);
        let stale = books.post("/api/accounts:batchUpdate", &items(6)).await;
        assert_eq!(stale.status(), 412);
        assert_eq!(errors(&stale), ["/items/0 VERSION_MISMATCH", "/items/1 VERSION_MISMATCH"]);
        assert_eq!(stale.json()["errors"][0]["params"]["version"], json!(2));
        let any = json!({"items": [{"id": books.id(ANN, 1), "if_match": "*", "patch": {"limit": 7}}]});
        assert_eq!(books.post("/api/accounts:batchUpdate", &any).await.status(), 200);
    });
}

#[test]
fn a_preference_leaves_the_rows_out() {
    on_every_database(async |books| {
        let minimal = async |path: &str, body| {
            let request = books.app.post(path, body).bearer(&books.tokens[ANN]).header("prefer", "return=minimal");
            let answer = request.send().await;
            (answer.status(), answer.bytes().len(), answer.header("preference-applied").is_some())
        };
        assert_eq!(minimal("/api/accounts:batchCreate", json!({"items": [account(1)]})).await, (201, 0, true));
        let items = json!({"items": [{"id": books.id(ANN, 1), "patch": {"limit": 9}}]});
        assert_eq!(minimal("/api/accounts:batchUpdate", items).await, (204, 0, true));
        let items = json!({"items": [account(2)]});
        let (status, bytes, applied) = minimal("/api/accounts:batchCreate?atomic=false", items).await;
        assert!(status == 207 && bytes > 0 && !applied, "what became of each is not known without it");
    });
}

#[test]
fn a_batch_is_done_once_under_a_key() {
    on_every_database(async |books| {
        for (at, query) in [(1, ""), (3, "?atomic=false")] {
            let path = format!("/api/accounts:batchCreate{query}");
            let body = json!({"items": [account(at), account(at + 1)]});
            let send = async |body| {
                let request = books.app.post(&path, body).bearer(&books.tokens[ANN]);
                let answer = request.header("idempotency-key", &format!("k{at}")).send().await;
                (answer.status(), answer.bytes().to_vec(), answer.header("idempotency-replayed").is_some())
            };
            let first = send(body.clone()).await;
            assert!(matches!(first.0, 201 | 207) && !first.2);
            let again = send(body).await;
            assert_eq!((again.0, &again.1, again.2), (first.0, &first.1, true));
            assert_eq!(send(json!({"items": [account(9)]})).await.0, 422, "another request under the same key");
            let numbers: Vec<i64> = books.accounts(ANN).await.iter().map(|row| row.0[0].as_i64().unwrap()).collect();
            assert_eq!(numbers, (1..=at + 1).collect::<Vec<_>>());
            let patch = json!({"items": [{"id": books.id(ANN, at), "patch": {"limit": 2}}]});
            assert_eq!(books.post("/api/accounts:batchUpdate", &patch).await.status(), 200);
        }
        // What was shown then may not be seen now: the rows are gone.
        let ids = json!({"ids": [books.id(ANN, 1)]});
        assert_eq!(books.post("/api/accounts:batchDelete", &ids).await.status(), 204);
        let request = books.app.post("/api/accounts:batchCreate", json!({"items": [account(1), account(2)]}));
        let answer = request.bearer(&books.tokens[ANN]).header("idempotency-key", "k1").send().await;
        assert_eq!((answer.status(), answer.json()["code"].clone()), (409, json!("IDEMPOTENCY_STALE")));
    });
}
