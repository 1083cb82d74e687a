//! JSON as a field: what a patch does to it, how large it may be, and what others wrote.

use std::time::Duration;

use mimsy::prelude::*;
use mimsy::store::{Options, Store};
use mimsy::test;
use mimsy_runtime::sql::Statement;
use mimsy_tests::cluster;
use serde_json::json;

use super::{Museum, Specimen, on_every_database};

#[test]
fn a_patch_merges_objects_and_replaces_the_rest() {
    on_every_database(async |app| {
        let created = app.post("/api/specimens", json!({"extra": {"a": {"b": 1, "c": 2}, "d": [1]}})).send().await;
        let place = created.header("location").unwrap().to_owned();
        // RFC 7396: `null` removes; an array is one value.
        for (sent, told) in [
            (json!({"a": {"b": null, "e": 3}}), json!({"a": {"c": 2, "e": 3}, "d": [1]})),
            (json!({"d": [2, null]}), json!({"a": {"c": 2, "e": 3}, "d": [2, null]})),
            (json!({}), json!({"a": {"c": 2, "e": 3}, "d": [2, null]})),
            (json!({"a": null, "d": {"x": {"y": null}}}), json!({"d": {"x": {}}})),
            (json!([{"z": null}]), json!([{"z": null}])),
            (json!({"n": null, "m": 1}), json!({"m": 1})),
            (json!("text"), json!("text")),
            (json!(null), json!(null)),
            (json!({"n": null}), json!({})),
        ] {
            let patched = app.patch(&place, json!({"extra": sent})).send().await;
            assert_eq!(patched.status(), 200, "{}", patched.json());
            assert_eq!(patched.json()["data"]["extra"], told, "{sent}");
            assert_eq!(app.get(&place).send().await.json()["data"]["extra"], told, "{sent}");
        }
        // In Rust, a patch holds the value.
        let id: Id<Specimen> = created.json()["data"]["id"].as_str().unwrap().parse().unwrap();
        let system = app.app().system("a test");
        let patch = Patch::<Specimen>::default().extra(Some(json!({"k": {"v": null}})));
        assert_eq!(system.update::<Specimen>(id, patch).await.unwrap().extra, Some(json!({"k": {"v": null}})));
    });
}

#[test]
fn the_limit_of_the_body_is_that_of_a_document() {
    on_every_database(async |app| {
        let large = "x".repeat(10 << 20);
        let refused = app.post("/api/specimens", json!({"extra": {"large": large}})).send().await;
        assert_eq!((refused.status(), refused.json()["code"].clone()), (413, json!("BODY_TOO_LARGE")));
        // A program may keep as much as it likes.
        let system = app.app().system("a test");
        let extra = Some(json!({"large": large}));
        let created = system.create::<Specimen>(Draft::<Specimen> { extra: extra.clone(), ..nothing() }).await.unwrap();
        assert_eq!(created.row.unwrap().extra, extra);
        let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
        let post = app.request("POST".parse().unwrap(), "/api/specimens");
        let refused = post.bytes("application/json", format!("{{\"extra\": {deep}}}")).send().await;
        assert_eq!((refused.status(), refused.json()["code"].clone()), (400, json!("JSON_DEPTH")));
    });
}

pub(super) fn nothing() -> Draft<Specimen> {
    Draft::<Specimen> {
        flag: None,
        small: None,
        medium: None,
        large: None,
        wide: None,
        ratio: None,
        text: None,
        raw: None,
        device: None,
        whole: None,
        price: None,
        fine: None,
        moment: None,
        day: None,
        hour: None,
        size: None,
        drawer: None,
        extra: None,
        flags: None,
        counts: None,
        smalls: None,
        ratios: None,
        tags: None,
        devices: None,
        prices: None,
        moments: None,
        days: None,
        hours: None,
        sizes: None,
        email: None,
        emails: None,
        both: None,
        rate: None,
    }
}

#[test]
fn what_others_wrote_comes_out_in_the_same_form() {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Museum), &database.url).await;
            let created = app.post("/api/specimens", json!({})).send().await;
            let place = created.header("location").unwrap().to_owned();
            let store = Store::connect(&database.url, Options::default()).await.unwrap();
            for (written, told) in [
                ("{ \"b\" : 250e-2, \"a\" : [ 1.50 ] }", Some("{\"a\":[1.5],\"b\":2.5}")),
                ("-12345678901234567890123", Some("-1.2345678901234568e22")),
                // A double holds no such number, whatever the database thinks of it.
                ("[1e400]", None),
            ] {
                let text = format!("UPDATE \"specimens\" SET \"extra\" = '{written}'");
                let update = Statement { text: text.into(), binds: Vec::new(), columns: [].into() };
                store.write(move |tx| Box::pin(async move { tx.execute(&update).await })).await.unwrap();
                let is_told = async || {
                    let read = app.get(&place).send().await;
                    let body = String::from_utf8(read.bytes().to_vec()).unwrap();
                    match told {
                        Some(told) => body.contains(&format!("\"extra\":{told}")),
                        None => read.status() == 500,
                    }
                };
                // What another process wrote is seen after a moment.
                let wait = async {
                    while !is_told().await {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap_or_else(|_| panic!("{written}"));
            }
            store.close().await;
            app.app().close().await;
            drop(database);
        });
    }
}
