//! What a batch refuses, and where it says so.

use mimsy::HttpConfig;
use mimsy_tests::cluster;
use mimsy_tests::shop::errors;
use serde_json::{Value as Json, json};

use super::{ANN, EVE, Fixture, account, on_every_database};

#[test]
fn a_batch_has_a_shape() {
    on_every_database(async |books| {
        let too_many: Vec<Json> = (0..1001).map(account).collect();
        let id = books.id(ANN, 1);
        for (action, body, status, code) in [
            ("batchCreate", json!({"items": []}), 422, "MIN"),
            ("batchCreate", json!({"items": {}}), 422, "TYPE"),
            ("batchCreate", json!([]), 422, "TYPE"),
            ("batchCreate", json!({}), 422, "REQUIRED"),
            ("batchCreate", json!({"ids": []}), 422, "UNKNOWN_FIELD"),
            ("batchCreate", json!({"items": too_many}), 400, "TOO_MANY_ITEMS"),
            ("batchCreate", json!({"items": [1]}), 422, "TYPE"),
            ("batchCreate", json!({"items": [account(1), {"nope": 1}]}), 422, "UNKNOWN_FIELD"),
            ("batchUpdate", json!({"items": [{"id": id, "patch": {}, "ptch": 1}]}), 422, "UNKNOWN_FIELD"),
            ("batchUpdate", json!({"items": [{"id": id, "patch": {"number": 2}}]}), 422, "NOT_WRITABLE"),
            ("batchUpdate", json!({"items": [{"id": 1, "patch": {}}]}), 422, "TYPE"),
            ("batchUpdate", json!({"items": [{"id": {"number": 1}, "patch": {}}]}), 422, "REQUIRED"),
            ("batchUpdate", json!({"items": [{"id": id, "patch": {}}, {"id": id, "patch": {}}]}), 400, "DUPLICATE_ID"),
            ("batchDelete", json!({"ids": [id, id]}), 400, "DUPLICATE_ID"),
            ("batchDelete", json!({"ids": [{"firm": books.firms[ANN].to_string(), "number": "x"}]}), 422, "TYPE"),
        ] {
            let answer = books.post(&format!("/api/accounts:{action}"), &body).await;
            let json = answer.json();
            assert_eq!(answer.status(), status, "{action} {json}");
            let told = [&json["code"], &json["errors"][0]["code"]];
            assert!(told.contains(&&json!(code)), "{action} {json} is not {code}");
        }
        for query in ["atomic=maybe", "atomic=", "atomic=true&atomic=true", "atomc=true", "limit=1"] {
            let answer =
                books.post(&format!("/api/accounts:batchCreate?{query}"), &json!({"items": [account(1)]})).await;
            assert_eq!(answer.status(), 400, "{query}");
        }
        assert!(books.accounts(ANN).await.is_empty());
    });
}

#[test]
fn a_batch_is_a_post_at_a_path_that_there_is() {
    on_every_database(async |books| {
        let body = json!({"items": [account(1)]});
        for (method, path, status) in [
            ("GET", "/api/accounts:batchCreate", 405),
            ("PUT", "/api/accounts:batchUpdate", 405),
            ("DELETE", "/api/accounts:batchDelete", 405),
            ("POST", "/api/accounts:batch", 404),
            ("POST", "/api/accounts:batchcreate", 404),
            ("POST", "/api/accounts:batch_create", 404),
            ("POST", "/api/accounts:", 404),
            ("POST", "/api/accounts/1:batchCreate", 404),
            ("POST", "/api/holders:batchCreate", 404),
        ] {
            let answer = books.send(ANN, method, path, &body).await;
            assert_eq!(answer.status(), status, "{method} {path}");
            if status == 405 {
                assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
            }
        }
        let open = books.app.post("/api/accounts:batchCreate", body.clone()).send().await;
        assert_eq!(open.status(), 401);
        let versioned = books.app.post("/api/accounts:batchCreate", body).bearer(&books.tokens[ANN]);
        assert_eq!(versioned.header("if-match", "*").send().await.status(), 400);
    });
}

#[test]
fn what_may_be_listed_is_limited_by_the_configuration() {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let config = HttpConfig { batch: 2, ..HttpConfig::default() };
        let books = Fixture::new(cluster::fresh(cluster::Engine::Sqlite), config).await;
        let two = books.post("/api/accounts:batchCreate", &json!({"items": [account(1), account(2)]})).await;
        assert_eq!(two.status(), 201);
        let three = json!({"ids": [books.id(ANN, 1), books.id(ANN, 2), books.id(ANN, 3)]});
        let refused = books.post("/api/accounts:batchDelete", &three).await;
        assert_eq!((refused.status(), refused.json()["code"].clone()), (400, json!("TOO_MANY_ITEMS")));
        books.app.app().close().await;
    });
}

#[test]
fn of_a_half_that_is_forbidden_each_item_is_told() {
    on_every_database(async |books| {
        let of = |number: i64, holder: &str| json!({"number": number, "holder_name": holder, "limit": 60});
        let items = json!({"items": [of(1, "a"), of(2, "c"), of(3, "b"), of(4, "c")]});
        let refused = books.post("/api/accounts:batchCreate", &items).await;
        assert_eq!(
            (refused.status(), errors(&refused)),
            (403, vec!["/items/1 FORBIDDEN".to_owned(), "/items/3 FORBIDDEN".to_owned(),])
        );
        let first = &refused.json()["errors"][0];
        assert_eq!(
            (&first["detail"], &first["params"]["rule"]),
            (&json!("A blocked holder gets nothing."), &json!("blocked"))
        );
        assert!(books.accounts(ANN).await.is_empty(), "and none is done");
        let half = books.post("/api/accounts:batchCreate?atomic=false", &items).await.json();
        let statuses: Vec<u64> =
            half["results"].as_array().unwrap().iter().map(|one| one["status"].as_u64().unwrap()).collect();
        assert_eq!(statuses, [201, 403, 201, 403]);
        assert_eq!(half["results"][1]["problem"]["policy"]["rule"], "blocked");
        let heavy =
            books.post("/api/accounts:batchDelete", &json!({"ids": [books.id(ANN, 1), books.id(ANN, 3)]})).await;
        assert_eq!(
            (heavy.status(), errors(&heavy)),
            (403, vec!["/ids/0 FORBIDDEN".to_owned(), "/ids/1 FORBIDDEN".to_owned()])
        );
    });
}

#[test]
fn all_that_is_wrong_with_values_is_told_at_once_up_to_a_limit() {
    on_every_database(async |books| {
        let items = json!({"items": [
            {"number": 1, "holder_name": "nobody", "limit": 200},
            account(2),
            {"number": 3, "holder_name": "a", "limit": -1, "above_number": 99},
        ]});
        let refused = books.post("/api/accounts:batchCreate", &items).await;
        assert_eq!(refused.status(), 422);
        assert_eq!(
            errors(&refused),
            [
                "/items/0/limit MAX",
                "/items/0/holder_name REFERENCE_NOT_FOUND",
                "/items/2/limit MIN",
                "/items/2/above_number REFERENCE_NOT_FOUND",
            ]
        );
        let many: Vec<Json> = (0..200).map(|n| json!({"number": n, "holder_name": "nobody", "limit": 200})).collect();
        let refused = books.post("/api/accounts:batchCreate", &json!({"items": many})).await;
        assert_eq!((refused.status(), errors(&refused).len()), (422, 50));
        let detail = "Some values are not right; see `errors`, which holds the first 50 of 400.";
        assert_eq!(refused.json()["detail"], detail);
        let ids: Vec<Json> = (0..200).map(|n| books.id(ANN, n)).collect();
        let missing = books.post("/api/accounts:batchDelete", &json!({"ids": ids})).await;
        assert_eq!((missing.status(), errors(&missing).len()), (404, 50));
    });
}

#[test]
fn a_row_of_another_firm_is_one_that_is_not_there() {
    on_every_database(async |books| {
        let own = books.send(EVE, "POST", "/api/accounts", &account(1)).await;
        assert_eq!(own.status(), 201);
        books.post("/api/accounts", &account(2)).await;
        for mode in ["", "?atomic=false"] {
            let mut answers = Vec::new();
            for (clerk, number) in [(EVE, 1), (EVE, 7), (ANN, 7)] {
                let id = books.id(clerk, number);
                let patch =
                    json!({"items": [{"id": books.id(ANN, 2), "patch": {}}, {"id": id, "patch": {"limit": 5}}]});
                let keys = json!({"ids": [id]});
                for (action, body) in [("batchUpdate", patch), ("batchDelete", keys)] {
                    let path = format!("/api/accounts:{action}{mode}");
                    let request = books.app.post(&path, body).bearer(&books.tokens[ANN]);
                    let answer = request.header("x-request-id", "same").send().await;
                    answers.push((answer.status(), String::from_utf8(answer.bytes().to_vec()).unwrap()));
                }
            }
            assert_eq!(answers[0..2], answers[2..4], "to the byte");
            assert_eq!(answers[0..2], answers[4..6], "to the byte");
        }
        assert_eq!(books.accounts(EVE).await.len(), 1);
    });
}
