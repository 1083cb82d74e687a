//! JSON of a type of the program's.

use mimsy::Json;
use mimsy::prelude::*;
use mimsy::store::{Options, Store};
use mimsy::test;
use mimsy_runtime::sql::Statement;
use mimsy_tests::cluster;
use mimsy_tests::shop::errors;
use serde_json::json;

use super::{Machine, Make, Museum, Part, on_every_database};

#[test]
fn what_its_type_cannot_read_is_told_with_its_place() {
    on_every_database(async |app| {
        let made = json!({"parts": [{"name": "a", "weight": 1}]});
        let created = app.post("/api/machines", json!({"make": made})).send().await;
        assert_eq!((created.status(), created.json()["data"]["make"].clone()), (201, made.clone()));
        let place = created.header("location").unwrap().to_owned();
        for (make, expected, detail) in [
            (json!({"parts": [{"name": "a", "weight": 256}]}), "/make/parts/0/weight FORM", "256"),
            (
                json!({"parts": [{"name": "a", "weight": 1}, {"name": "b"}]}),
                "/make/parts/1 FORM",
                "missing field `weight`",
            ),
            (json!({}), "/make FORM", "missing field `parts`"),
            (json!([]), "/make FORM", "struct Make"),
            (json!("x"), "/make FORM", "expected struct Make"),
        ] {
            let refused = app.post("/api/machines", json!({"make": make})).send().await;
            assert_eq!((refused.status(), errors(&refused)), (422, vec![expected.to_owned()]), "{make}");
            let told = refused.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
            assert!(told.contains(detail) && !told.contains("line"), "{told}");
        }
        // What a patch would leave is what counts.
        let patch = async |make| app.patch(&place, json!({"make": make})).send().await;
        assert_eq!(errors(&patch(json!({"parts": null})).await), ["/make FORM"]);
        assert_eq!(errors(&patch(json!({"parts": [1]})).await), ["/make/parts/0 FORM"]);
        let noted = patch(json!({"note": "n"})).await;
        assert_eq!(noted.json()["data"]["make"], json!({"note": "n", "parts": [{"name": "a", "weight": 1}]}));
        assert_eq!(app.get("/api/machines?filter[spare][is_null]=true").send().await.status(), 200);
    });
}

#[test]
fn a_program_sees_its_own_type() {
    on_every_database(async |app| {
        let system = app.app().system("a test");
        let make = Make { parts: vec![Part { name: "é".to_owned(), weight: 255 }], note: None };
        let draft = Draft::<Machine> { make: make.clone().into(), spare: Some(Json(make.clone())) };
        let row = system.create::<Machine>(draft).await.unwrap().row.unwrap();
        assert_eq!((&*row.make, row.spare), (&make, Some(Json(make.clone()))));
        let patch = Patch::<Machine>::default().spare(None);
        assert_eq!(system.update::<Machine>(row.id, patch).await.unwrap().spare, None);
    });
}

#[test]
fn what_is_stored_and_fits_no_more_is_an_error_of_the_operators() {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Museum), &database.url).await;
            let created = app.post("/api/machines", json!({"make": {"parts": []}})).send().await;
            let id: Id<Machine> = created.json()["data"]["id"].as_str().unwrap().parse().unwrap();
            let store = Store::connect(&database.url, Options::default()).await.unwrap();
            let text = "UPDATE \"machines\" SET \"make\" = '{\"parts\": [{\"name\": \"secret\"}]}'";
            let update = Statement { text: text.into(), binds: Vec::new(), columns: [].into() };
            store.write(move |tx| Box::pin(async move { tx.execute(&update).await })).await.unwrap();
            let system = app.app().system("a test");
            let failed = async {
                loop {
                    // What another process wrote is seen after a moment.
                    match system.get::<Machine>(id).await {
                        Ok(_) => tokio::task::yield_now().await,
                        Err(error) => break error,
                    }
                }
            };
            let error = tokio::time::timeout(std::time::Duration::from_secs(30), failed).await.unwrap();
            let mut told = error.to_string();
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                told = format!("{told}: {inner}");
                source = inner.source();
            }
            assert!(told.contains("`make/parts/0`") && !told.contains("secret"), "{told}");
            let read = app.get(&format!("/api/machines/{id}")).send().await;
            assert_eq!(read.json()["data"]["make"], json!({"parts": [{"name": "secret"}]}));
            store.close().await;
            app.app().close().await;
            drop(database);
        });
    }
}
