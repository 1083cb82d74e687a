//! What may refuse a row that is valid and allowed.

use mimsy::axum::http::Method;
use mimsy::prelude::*;
use serde_json::{Value as Json, json};

use super::{Bill, bill, made, on_every_database, titles, told};

#[test]
fn an_objection_is_a_problem_and_nothing_is_stored() {
    on_every_database(async |app| {
        let dear = app.post("/api/bills", bill("dear", 500)).send().await;
        assert_eq!(told(&dear), "422 VALIDATION /total DEAR");
        // Of what breaks a rule no hook is asked.
        assert_eq!(told(&app.post("/api/bills", bill("BOMB", 1001)).send().await), "422 VALIDATION /total MAX");
        assert!(titles(app).await.is_empty());

        let id = made(app, json!({"title": "a", "total": 1, "booked": true})).await;
        let path = format!("/api/bills/{id}");
        let changed = app.patch(&path, json!({"total": 2})).send().await;
        assert_eq!(told(&changed), "409 CONFLICT  BOOKED");
        let place = &changed.json()["errors"][0];
        assert_eq!(place["detail"], "A booked bill stays as it is.");
        assert_eq!(place["params"], json!({"since": 7}));
        assert_eq!(told(&app.delete(&path).send().await), "409 CONFLICT  BOOKED");
        // Nothing is stored by a change that changes nothing, so there is nothing to ask.
        assert_eq!(app.patch(&path, json!({"total": 1})).send().await.status(), 200);
        assert_eq!(app.get(&path).send().await.json()["data"]["total"], 1);
    });
}

#[test]
fn an_upsert_creates_or_updates() {
    on_every_database(async |app| {
        let path = format!("/api/bills/{}", mimsy::Uuid::now_v7());
        let put = async |body: Json| app.request(Method::PUT, &path).json(&body).send().await;
        assert_eq!(told(&put(bill("a", 600)).await), "422 VALIDATION /total DEAR");
        assert_eq!(put(json!({"title": "a", "total": 1, "booked": true})).await.status(), 201);
        assert_eq!(told(&put(bill("a", 2)).await), "409 CONFLICT  BOOKED");
    });
}

#[test]
fn a_batch_is_asked_row_by_row() {
    on_every_database(async |app| {
        let items = json!({"items": [bill("a", 1), bill("b", 600), bill("c", 700)]});
        let whole = app.post("/api/bills:batchCreate", items.clone()).send().await;
        assert_eq!(told(&whole), "422 VALIDATION /items/1/total DEAR /items/2/total DEAR");
        assert!(titles(app).await.is_empty());
        let each = app.post("/api/bills:batchCreate?atomic=false", items).send().await;
        assert_eq!(each.status(), 207, "{}", each.json());
        assert_eq!(titles(app).await, ["a"]);

        let booked = made(app, json!({"title": "z", "total": 1, "booked": true})).await;
        let open = made(app, bill("y", 1)).await;
        let gone = app.post("/api/bills:batchDelete", json!({"ids": [open, booked]})).send().await;
        assert_eq!(told(&gone), "409 CONFLICT /ids/1 BOOKED");
        let change = |id: &str| json!({"id": id, "patch": {"total": 3}});
        let changed = json!({"items": [change(&booked), change(&open)]});
        assert_eq!(told(&app.post("/api/bills:batchUpdate", changed).send().await), "409 CONFLICT /items/0 BOOKED");
        assert_eq!(titles(app).await, ["a", "y", "z"]);
    });
}

#[test]
fn the_programs_own_writes_are_asked_as_well() {
    on_every_database(async |app| {
        let (system, nobody) = (app.app().system("a test"), app.app().as_nobody());
        let error = system.create::<Bill>(Bill::titled("by hand", 1)).await.expect_err("an objection");
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!((error.violations()[0].detail.as_str(), &*error.violations()[0].code), ("not by a robot", "CUSTOM"));
        let made = nobody.create::<Bill>(Bill::titled("by hand", 1)).await.expect("a row").key;
        let book = Patch::<Bill>::default().booked(true).title("booked".to_owned());
        system.update::<Bill>(made, book).await.expect("a row");
        for access in [system, nobody] {
            assert_eq!(access.delete::<Bill>(made).await.unwrap_err().kind(), ErrorKind::Conflict);
            let drafts = vec![Bill::titled("a", 1), Bill::titled("b", 999)];
            let many = access.create_many::<Bill>(drafts).await.unwrap_err();
            assert_eq!(many.violations()[0].pointer, "/1/total");
        }
        assert_eq!(titles(app).await, ["booked"]);
    });
}

#[test]
fn what_goes_with_a_deleted_row_is_asked_about() {
    on_every_database(async |app| {
        for field in ["firm", "payer"] {
            let firm = app.post("/api/firms", json!({"name": "Acme"})).send().await.json()["data"]["id"].clone();
            let path = format!("/api/firms/{}", firm.as_str().expect("an id"));
            let mut body = bill(field, 1);
            body[field] = firm;
            let id = made(app, body.clone()).await;
            app.patch(&format!("/api/bills/{id}"), json!({"booked": true})).send().await;
            // As if it said `restrict`: whoever deletes a firm may see no bill.
            assert_eq!(told(&app.delete(&path).send().await), "409 RESTRICTED");
        }
        let firm = app.post("/api/firms", json!({"name": "Acme"})).send().await.json()["data"]["id"].clone();
        made(app, json!({"title": "open", "total": 1, "firm": firm})).await;
        let path = format!("/api/firms/{}", firm.as_str().expect("an id"));
        assert_eq!(app.delete(&path).send().await.status(), 204);
        assert_eq!(titles(app).await, ["firm", "payer"]);
    });
}

#[test]
fn one_that_panics_is_a_defect_and_the_server_lives() {
    on_every_database(async |app| {
        let id = made(app, bill("a", 1)).await;
        let path = format!("/api/bills/{id}");
        for _ in 0..3 {
            assert_eq!(told(&app.post("/api/bills", bill("BOMB", 1)).send().await), "500 INTERNAL");
            assert_eq!(told(&app.patch(&path, json!({"title": "BOMB"})).send().await), "500 INTERNAL");
            let items = json!({"items": [bill("b", 1), bill("BOMB", 1)]});
            assert_eq!(told(&app.post("/api/bills:batchCreate", items).send().await), "500 INTERNAL");
        }
        made(app, bill("c", 1)).await;
        assert_eq!(titles(app).await, ["a", "c"]);
    });
}
