//! Keys that the caller gives: a text, a number, a reference.

use mimsy::Value;
use mimsy::prelude::*;
use mimsy_tests::shop::errors;
use serde_json::json;

use super::{Country, Flag, Grid, on_every_database};

#[test]
fn a_text_names_a_row_in_every_path() {
    on_every_database(async |ledger| {
        for code in ["DE", "a/b", "a,b", "50% :x?y#z", "ü é", "..x", "a\\b\"c"] {
            let created = ledger.post("/api/countries", json!({"code": code, "name": "n"})).await;
            assert_eq!(created.status(), 201, "{}", created.json());
            let place = created.header("location").unwrap().to_owned();
            assert_eq!(ledger.get(&place).await.json()["data"], json!({"code": code, "name": "n"}));
            let changed = ledger.patch(&place, json!({"name": "m"})).await;
            assert_eq!(changed.json()["data"], json!({"code": code, "name": "m"}));
            let tag = changed.header("etag").unwrap().to_owned();
            let stale = ledger.as_ann(ledger.app.delete(&place)).header("if-match", "\"1-0\"").send().await;
            assert_eq!(stale.status(), 412);
            let gone = ledger.as_ann(ledger.app.delete(&place)).header("if-match", &tag).send().await;
            assert_eq!(gone.status(), 204, "{place}");
            assert_eq!(ledger.get(&place).await.status(), 404);
        }
    });
}

#[test]
fn a_key_is_given_once_and_never_changed() {
    on_every_database(async |ledger| {
        let post = async |body| {
            let answer = ledger.post("/api/countries", body).await;
            (answer.status(), errors(&answer))
        };
        let one = |error: &str| vec![error.to_owned()];
        assert_eq!(post(json!({"name": "n"})).await, (422, one("/code REQUIRED")));
        assert_eq!(post(json!({"code": null, "name": "n"})).await, (422, one("/code REQUIRED")));
        assert_eq!(post(json!({"code": "", "name": "n"})).await, (422, one("/code LEN")));
        assert_eq!(post(json!({"code": "..", "name": "n"})).await, (422, one("/code RESERVED")));
        assert_eq!(post(json!({"code": ".", "name": "n"})).await, (422, one("/code RESERVED")));
        assert_eq!(post(json!({"code": "x".repeat(2001), "name": "n"})).await, (422, one("/code LEN")));
        assert_eq!(post(json!({"code": "DE", "name": "n"})).await.0, 201);
        let again = ledger.post("/api/countries", json!({"code": "DE", "name": "other"})).await;
        assert_eq!((again.status(), again.json()["code"].clone()), (409, json!("DUPLICATE")));
        assert_eq!(errors(&again), ["/code DUPLICATE"], "{}", again.json());
        let moved = ledger.patch("/api/countries/DE", json!({"code": "FR"})).await;
        assert_eq!((moved.status(), errors(&moved)), (422, one("/code NOT_WRITABLE")));
        assert_eq!(ledger.get("/api/countries/%FF").await.status(), 404);
        assert_eq!(ledger.get("/api/countries/FR").await.status(), 404);
    });
}

#[test]
fn references_hold_the_key_of_their_target() {
    on_every_database(async |ledger| {
        for (code, name) in [("DE", "Germany"), ("FR", "France")] {
            assert_eq!(ledger.post("/api/countries", json!({"code": code, "name": name})).await.status(), 201);
        }
        let wrong = ledger.post("/api/grids", json!({"number": 1, "country": "XX", "volts": 230})).await;
        assert_eq!((wrong.status(), errors(&wrong)), (422, vec!["/country REFERENCE_NOT_FOUND".to_owned()]));
        let long = json!({"number": 1, "country": "x".repeat(3000), "volts": 230});
        assert_eq!(errors(&ledger.post("/api/grids", long).await), ["/country LEN"]);
        for (number, country) in [(1, "DE"), (-2, "FR"), (9_007_199_254_740_991_i64, "DE")] {
            let body = json!({"number": number, "country": country, "former": null, "volts": 230});
            let created = ledger.post("/api/grids", body).await;
            assert_eq!(created.header("location"), Some(format!("/api/grids/{number}").as_str()));
        }
        let found = async |query: &str| {
            let answer = ledger.get(&format!("/api/grids?{query}")).await;
            let rows = answer.json()["data"].as_array().cloned();
            rows.unwrap_or_else(|| panic!("{}", answer.json()))
                .iter()
                .map(|row| row["number"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(found("filter[country]=FR").await, [-2]);
        assert_eq!(found("filter[country][in]=FR,XX").await, [-2]);
        assert_eq!(found("filter[country.name]=Germany").await, [json!(1), json!(9_007_199_254_740_991_i64)]);
        assert_eq!(found("sort=-country").await, [json!(-2), json!(9_007_199_254_740_991_i64), json!(1)]);
        let included = ledger.get("/api/grids/1?include=country").await.json();
        assert_eq!(included["data"]["country"], json!({"code": "DE", "name": "Germany"}));
        let held = ledger.delete("/api/countries/DE").await;
        assert_eq!((held.status(), held.json()["code"].clone()), (409, json!("RESTRICTED")));
    });
}

#[test]
fn a_reference_can_be_the_key() {
    on_every_database(async |ledger| {
        assert_eq!(ledger.post("/api/countries", json!({"code": "F/R", "name": "n"})).await.status(), 201);
        let wrong = ledger.post("/api/flags", json!({"country": "XX", "colours": 3})).await;
        assert_eq!(errors(&wrong), ["/country REFERENCE_NOT_FOUND"]);
        let flag = ledger.post("/api/flags", json!({"country": "F/R", "colours": 3})).await;
        assert_eq!(flag.header("location"), Some("/api/flags/F%2FR"));
        assert_eq!(ledger.post("/api/flags", json!({"country": "F/R", "colours": 4})).await.status(), 409);
        assert_eq!(ledger.get("/api/flags/F%2FR").await.json()["data"]["colours"], 3);
    });
}

#[test]
fn the_rust_api_takes_the_same_keys() {
    on_every_database(async |ledger| {
        let open = ledger.app.app().as_nobody();
        let draft = Draft::<Country> { code: "DE".to_owned(), name: "Germany".to_owned() };
        let created = open.create::<Country>(draft).await.unwrap();
        assert_eq!(created.key, "DE");
        let draft = Draft::<Grid> { number: 7, country: "DE".into(), former: None, volts: 230 };
        assert_eq!(open.create::<Grid>(draft).await.unwrap().key, 7);
        let grid = open.get::<Grid>(7).await.unwrap();
        assert_eq!((grid.country.key().as_str(), grid.former), ("DE", None));
        let country = open.get::<Country>(grid.country.key()).await.unwrap();
        assert_eq!(Ref::to(country.key()), grid.country);
        let draft = Draft::<Flag> { country: Ref::to("DE"), colours: 3 };
        let key = open.create::<Flag>(draft).await.unwrap().key;
        let flag = open.update::<Flag>(key, Patch::<Flag>::default().colours(4)).await.unwrap();
        assert_eq!((flag.country.key().as_str(), flag.colours), ("DE", 4));
        let found = open.list::<Grid>().test("country", Test::Eq(Value::Text("DE".to_owned()))).page().await.unwrap();
        assert_eq!(found.rows.len(), 1);
        let kind = open.get::<Country>("XX").await.err().map(|error| error.kind());
        assert_eq!(kind, Some(ErrorKind::NotFound));
    });
}
