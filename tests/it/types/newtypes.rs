//! Structs around one value: as keys, in rules of policies, and over the Rust API.

use mimsy::prelude::*;
use mimsy_tests::shop::errors;
use serde_json::json;

use super::documents::nothing;
use super::{Account, Email, Emails, Rate, Specimen, on_every_database};

#[test]
fn a_newtype_names_rows_and_rules_see_its_value() {
    on_every_database(async |app| {
        let post = async |body| {
            let answer = app.post("/api/accounts", body).send().await;
            (answer.status(), errors(&answer))
        };
        assert_eq!(post(json!({"email": "a@b.test"})).await, (201, vec![]));
        assert_eq!(post(json!({"email": "c@b.test", "twin": "a@b.test"})).await, (201, vec![]));
        assert_eq!(post(json!({"email": "a"})).await, (422, vec!["/email EMAIL".to_owned()]));
        assert_eq!(post(json!({"email": "d@b.test", "twin": "x@b.test"})).await.0, 422);
        assert_eq!(post(json!({"email": "root@b.test"})).await.0, 403);
        assert_eq!(post(json!({"email": "admin1@b.test"})).await.0, 403);
        let found = app.get("/api/accounts/c@b.test").send().await;
        assert_eq!(found.json()["data"], json!({"email": "c@b.test", "twin": "a@b.test"}));
        assert_eq!(app.get("/api/accounts?sort=-email").send().await.json()["data"][0]["email"], "c@b.test");
        let system = app.app().system("a test");
        let row = system.get::<Account>(Email("c@b.test".to_owned())).await.unwrap();
        assert_eq!(row.twin.map(|twin| twin.key().clone()), Some(Email("a@b.test".to_owned())));
    });
}

#[test]
fn their_rules_hold_over_the_rust_api() {
    on_every_database(async |app| {
        let system = app.app().system("a test");
        let email = |text: &str| Email(text.to_owned());
        let rate = "0.5".parse::<Decimal>().unwrap();
        let draft = Draft::<Specimen> {
            email: Some(email("a@b.test")),
            emails: Some(vec![email("a@b.test")]),
            both: Some(Emails(vec![email("c@d.test")])),
            rate: Some(Rate(rate)),
            ..nothing()
        };
        let row = system.create::<Specimen>(draft).await.unwrap().row.unwrap();
        assert_eq!((row.email, row.emails), (Some(email("a@b.test")), Some(vec![email("a@b.test")])));
        assert_eq!((row.both, row.rate), (Some(Emails(vec![email("c@d.test")])), Some(Rate(rate))));
        let draft = Draft::<Specimen> {
            email: Some(email("a")),
            emails: Some(vec![email("a@b.test"), email("b")]),
            both: Some(Emails(vec![])),
            rate: Some(Rate(-rate)),
            ..nothing()
        };
        let error = system.create::<Specimen>(draft).await.unwrap_err();
        let found: Vec<&str> = error.violations().iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(found, ["/email", "/emails/1", "/both", "/rate"]);
    });
}
