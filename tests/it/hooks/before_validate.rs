//! What may change a row before its rules judge it.

use mimsy::axum::http::Method;
use mimsy::prelude::*;
use serde_json::json;

use super::{Bill, bill, made, on_every_database, titles, told};

#[test]
fn what_it_sets_is_stored_and_told() {
    on_every_database(async |app| {
        let answer = app.post("/api/bills", bill("  a  ", 1)).send().await;
        let data = &answer.json()["data"];
        assert_eq!((answer.status(), &data["title"], &data["code"]), (201, &json!("a"), &json!("A-1")));
        let path = format!("/api/bills/{}", data["id"].as_str().expect("an id"));
        let changed = app.patch(&path, json!({"title": " b"})).send().await.json();
        assert_eq!((&changed["data"]["title"], &changed["data"]["code"]), (&json!("b"), &json!("B-1")));
        // The second hook sees what the first one left, and the old row.
        let changed = app.patch(&path, json!({"total": 2})).send().await.json();
        assert_eq!(changed["data"]["code"], "B-2");
        let version = app.get(&path).send().await.header("etag").map(ToOwned::to_owned);
        assert_eq!(app.patch(&path, json!({"total": 2})).send().await.status(), 200);
        assert_eq!(app.get(&path).send().await.header("etag").map(ToOwned::to_owned), version, "nothing was changed");
    });
}

#[test]
fn what_it_sets_is_validated() {
    on_every_database(async |app| {
        // Trimmed, it is short enough; made of blanks alone, it is too short.
        let wide = format!("{}x", " ".repeat(40));
        let id = made(app, bill(&wide, 1)).await;
        assert_eq!(told(&app.post("/api/bills", bill("   ", 1)).send().await), "422 VALIDATION /title LEN");
        let path = format!("/api/bills/{id}");
        assert_eq!(told(&app.patch(&path, json!({"title": "   "})).send().await), "422 VALIDATION /title LEN");
        // A code of 13 characters, which the hook makes.
        let long = bill("abcdefghijk", 1);
        assert_eq!(told(&app.post("/api/bills", long).send().await), "422 VALIDATION /code LEN");
        // What it objects to, beside what the rules say.
        let bad = bill("??", 2000);
        assert_eq!(told(&app.post("/api/bills", bad).send().await), "422 VALIDATION /title QUESTION /total MAX");
        // Of what makes no row it is not asked.
        assert_eq!(
            told(&app.post("/api/bills", json!({"title": "??"})).send().await),
            "422 VALIDATION /total REQUIRED"
        );
        assert_eq!(titles(app).await, ["x"]);
    });
}

#[test]
fn every_door_and_action_asks() {
    on_every_database(async |app| {
        let items = json!({"items": [bill(" a", 1), bill(" ??", 1), bill("b ", 1)]});
        let whole = app.post("/api/bills:batchCreate", items.clone()).send().await;
        assert_eq!(told(&whole), "422 VALIDATION /items/1/title QUESTION");
        app.post("/api/bills:batchCreate?atomic=false", items).send().await;
        assert_eq!(titles(app).await, ["a", "b"]);

        let path = format!("/api/bills/{}", mimsy::Uuid::now_v7());
        let put = async |body| app.request(Method::PUT, &path).json(&body).send().await.json()["data"].clone();
        assert_eq!(put(bill(" c ", 1)).await["code"], "C-1");
        assert_eq!(put(bill(" d ", 2)).await["code"], "D-2");

        for access in [app.app().system("a test"), app.app().as_nobody()] {
            let made = access.create::<Bill>(Bill::titled(" e ", 1)).await.expect("a row");
            assert_eq!(made.row.expect("a row to read").title, "e");
            let changed = access.update::<Bill>(made.key, Patch::<Bill>::default().total(9)).await.expect("a row");
            assert_eq!(changed.code.as_deref(), Some("E-9"));
        }
    });
}

#[test]
fn one_that_panics_is_a_defect_and_the_server_lives() {
    on_every_database(async |app| {
        let id = made(app, bill("a", 1)).await;
        for _ in 0..3 {
            assert_eq!(told(&app.post("/api/bills", bill("MINE", 1)).send().await), "500 INTERNAL");
            let path = format!("/api/bills/{id}");
            assert_eq!(told(&app.patch(&path, json!({"title": "MINE"})).send().await), "500 INTERNAL");
        }
        assert_eq!(titles(app).await, ["a"]);
    });
}
