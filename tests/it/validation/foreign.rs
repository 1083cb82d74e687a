//! A struct's own `Validate`, of garde and of validator, and what they tell as pointers and codes.

use mimsy::prelude::*;
use serde_json::json;
use validator::Validate;

use super::{on_every_database, refused};

/// Judged by garde.
#[entity(validate = garde)]
#[derive(garde::Validate)]
#[garde(allow_unvalidated)]
#[routes(create, update)]
#[policy(all = public)]
struct Parcel {
    pub id: Id<Self>,
    #[garde(ascii, length(min = 3))]
    pub label: String,
    #[garde(range(min = 1, max = 30))]
    pub weight: Option<i64>,
    #[garde(custom(not_a_bomb))]
    pub r#type: String,
}

fn not_a_bomb(text: &str, _: &()) -> garde::Result {
    assert_ne!(text, "bomb");
    if text == "fuse" { Err(garde::Error::new("is no parcel")) } else { Ok(()) }
}

/// Judged by validator, and by a function of its own.
#[entity(validate(validator, heavy))]
#[derive(validator::Validate)]
#[validate(schema(function = "in_order"))]
#[routes(create, update)]
#[policy(all = public)]
struct Route {
    pub id: Id<Self>,
    #[validate(length(min = 3, max = 9), contains(pattern = "-"))]
    pub name: String,
    #[validate(range(min = 0, message = "must not be negative"))]
    pub start: i64,
    pub end: i64,
    #[validate(custom(function = "no_detour"))]
    pub via: Option<String>,
}

fn in_order(route: &Route) -> Result<(), validator::ValidationError> {
    if route.start <= route.end { Ok(()) } else { Err(validator::ValidationError::new("out-of-order")) }
}

fn no_detour(via: &str) -> Result<(), validator::ValidationError> {
    let error = || validator::ValidationError::new("detour").with_message("is a detour".into());
    if via == "Rome" { Err(error()) } else { Ok(()) }
}

fn heavy(route: &Route) -> Result<(), Violation> {
    if route.end > 100 { Err(Violation::field("end", "FAR", "is too far")) } else { Ok(()) }
}

mimsy::schema! { Post: Parcel, Route }

#[test]
fn garde_judges_rows_on_create_and_on_update() {
    on_every_database(
        || App::new(Post),
        async |app| {
            let bad = json!({"label": "ä", "weight": 31, "type": "fuse"});
            let answer = app.post("/api/parcels", bad).send().await;
            let mut told = refused(&answer);
            told.sort();
            assert_eq!(told, ["/label CUSTOM", "/label CUSTOM", "/type CUSTOM", "/weight CUSTOM"]);
            let words = answer.json()["errors"].to_string();
            assert!(words.contains("is no parcel") && words.contains("greater than 30"), "{words}");

            let made = app.post("/api/parcels", json!({"label": "abc", "type": "gift"})).send().await;
            assert_eq!(made.status(), 201, "{}", made.json());
            let path = format!("/api/parcels/{}", made.json()["data"]["id"].as_str().unwrap());
            assert_eq!(refused(&app.patch(&path, json!({"weight": 0})).send().await), ["/weight CUSTOM"]);
            assert_eq!(app.patch(&path, json!({"weight": 1})).send().await.status(), 200);
            assert_eq!(app.patch(&path, json!({"type": "bomb"})).send().await.status(), 500, "it panics");
            assert_eq!(app.patch(&path, json!({"weight": 2})).send().await.status(), 200);
        },
    );
}

#[test]
fn validator_judges_rows_on_create_and_on_update() {
    on_every_database(
        || App::new(Post),
        async |app| {
            let bad = json!({"name": "ab", "start": -1, "end": -2, "via": "Rome"});
            let answer = app.post("/api/routes", bad).send().await;
            let told = [
                r#"/name LENGTH {"max":9,"min":3}"#,
                r#"/name CONTAINS {"needle":"-"}"#,
                r#"/start RANGE {"min":0}"#,
                "/via DETOUR",
            ];
            assert_eq!(refused(&answer), told, "in one order, and without the values");
            let json = answer.json();
            let words: Vec<&str> =
                json["errors"].as_array().unwrap().iter().map(|one| one["detail"].as_str().unwrap()).collect();
            assert_eq!(
                [words[0], words[2], words[3]],
                ["breaks the rule `length`", "must not be negative", "is a detour"]
            );

            let made = app.post("/api/routes", json!({"name": "a-b", "start": 1, "end": 2})).send().await;
            assert_eq!(made.status(), 201, "{}", made.json());
            let path = format!("/api/routes/{}", made.json()["data"]["id"].as_str().unwrap());
            assert_eq!(refused(&app.patch(&path, json!({"start": 3})).send().await), [" OUT_OF_ORDER"], "of the whole");
            assert_eq!(refused(&app.patch(&path, json!({"end": 101})).send().await), ["/end FAR"]);
            assert_eq!(app.patch(&path, json!({"end": 99})).send().await.status(), 200);
        },
    );
}

/// What they judge inside of a value, such as a document, is pointed at there.
#[derive(Debug, garde::Validate, validator::Validate)]
struct Outer {
    #[garde(dive)]
    #[validate(nested)]
    inner: Vec<Inner>,
}

#[derive(Debug, garde::Validate, validator::Validate)]
struct Inner {
    #[garde(inner(length(min = 2)))]
    #[validate(required, length(min = 2))]
    name: Option<String>,
}

#[test]
fn what_is_nested_is_pointed_at() {
    let outer = Outer { inner: vec![Inner { name: Some("ok".into()) }, Inner { name: Some("x".into()) }] };
    assert!(garde::Validate::validate(&outer).is_err() && validator::Validate::validate(&outer).is_err());
    let places = |found: Vec<Violation>| found.into_iter().map(|one| one.pointer).collect::<Vec<_>>();
    assert_eq!(places(mimsy_runtime::check::garde(&outer)), ["/inner/1/name"]);
    assert_eq!(places(mimsy_runtime::check::validator(&outer)), ["/inner/1/name"]);
}
