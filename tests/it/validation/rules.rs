//! The rules `url`, `ip`, `one_of` and `non_empty`, over HTTP.

use mimsy::prelude::*;
use mimsy::test::TestApp;
use serde_json::{Value as Json, json};

use super::{on_every_database, refused};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum Size {
    Small,
    Large,
    Huge,
}

const MOST: i64 = 9;

/// One field a rule; each may be NULL, which no rule is asked about.
#[entity]
#[routes(list, create, update)]
#[policy(all = public)]
struct Probe {
    pub id: Id<Self>,
    #[field(url)]
    pub page: Option<String>,
    #[field(url("https", "mailto"))]
    pub contact: Option<String>,
    #[field(ip)]
    pub host: Option<String>,
    #[field(ip(v4))]
    pub old: Option<String>,
    #[field(ip(v6))]
    pub new: Option<String>,
    #[field(one_of("red", "blue"))]
    pub colour: Option<String>,
    #[field(one_of(1, -3, MOST))]
    pub count: Option<i64>,
    #[field(one_of(0, 1.5))]
    pub price: Option<Decimal>,
    #[field(one_of(Size::Small, Size::Large))]
    pub size: Option<Size>,
    #[field(non_empty)]
    pub name: Option<String>,
    #[field(non_empty)]
    pub bytes: Option<Vec<u8>>,
    #[field(non_empty, custom = no_twins)]
    pub tags: Option<Vec<String>>,
}

mimsy::schema! { Lab: Probe }

/// Points into the value that it is asked about.
fn no_twins(tags: &[String]) -> Result<(), Violation> {
    match (1..tags.len()).find(|at| tags[..*at].contains(&tags[*at])) {
        Some(at) => Err(Violation::new("TWIN", "stands there already").within(at)),
        None => Ok(()),
    }
}

async fn send(app: &TestApp, field: &str, value: &Json) -> Option<String> {
    let answer = app.post("/api/probes", json!({field: value})).send().await;
    if answer.status() == 201 {
        assert_eq!(answer.json()["data"][field], *value, "as it was sent");
        return None;
    }
    let mut told = refused(&answer);
    assert_eq!(told.len(), 1, "{told:?}");
    told.pop()
}

#[test]
fn what_keeps_a_rule_is_taken_and_what_breaks_it_is_told_with_its_parameters() {
    let huge = format!("https://example.org/{}", "a".repeat(100_000));
    let good = [
        ("page", json!("https://example.org")),
        ("page", json!("http://user-name.example.org:8080/a/b?c=d#e")),
        ("page", json!("https://xn--bcher-kva.example/%20")),
        ("page", json!("https://bücher.example/ä?ö=ü")),
        ("page", json!("http://[::1]/")),
        ("page", json!("HTTPS://EXAMPLE.ORG")),
        ("page", json!(huge)),
        ("contact", json!("mailto:ada@example.org")),
        ("host", json!("192.0.2.1")),
        ("host", json!("2001:db8::1")),
        ("old", json!("255.255.255.255")),
        ("new", json!("::")),
        ("new", json!("::ffff:192.0.2.1")),
        ("colour", json!("red")),
        ("count", json!(-3)),
        ("count", json!(9)),
        ("price", json!("1.50")),
        ("price", json!("0.00")),
        ("size", json!("large")),
        ("name", json!(" ")),
        ("bytes", json!("AA==")),
        ("tags", json!([""])),
        ("page", Json::Null),
        ("colour", Json::Null),
        ("name", Json::Null),
    ];
    let web = r#"/page URL {"schemes":["http","https"]}"#;
    let colours = r#"/colour ONE_OF {"values":["red","blue"]}"#;
    let bad = [
        ("page", json!(""), web),
        ("page", json!("example.org"), web),
        ("page", json!("/relative"), web),
        ("page", json!("//example.org"), web),
        ("page", json!("https://"), web),
        ("page", json!("https:example.org"), web),
        ("page", json!("https:\\\\example.org"), web),
        ("page", json!(" https://example.org"), web),
        ("page", json!("https://example.org\n"), web),
        ("page", json!("https://exam\tple.org"), web),
        ("page", json!("https://example.org/a b"), web),
        ("page", json!("https://example.org/%zz"), web),
        ("page", json!("https://example.org:99999"), web),
        ("page", json!("https://ada:secret@example.org"), web),
        ("page", json!("javascript:alert(1)"), web),
        ("page", json!("java\nscript:alert(1)"), web),
        ("page", json!("data:text/html,hello"), web),
        ("page", json!("ftp://example.org"), web),
        ("contact", json!("http://example.org"), r#"/contact URL {"schemes":["https","mailto"]}"#),
        ("host", json!("192.0.2"), "/host IP"),
        ("host", json!("192.0.2.256"), "/host IP"),
        ("host", json!("192.0.2.01"), "/host IP"),
        ("host", json!("192.0.2.1/24"), "/host IP"),
        ("host", json!("fe80::1%eth0"), "/host IP"),
        ("host", json!("localhost"), "/host IP"),
        ("old", json!("::1"), r#"/old IP {"version":4}"#),
        ("new", json!("192.0.2.1"), r#"/new IP {"version":6}"#),
        ("colour", json!("Red"), colours),
        ("colour", json!(""), colours),
        ("count", json!(3), r#"/count ONE_OF {"values":[1,-3,9]}"#),
        ("price", json!("1.51"), r#"/price ONE_OF {"values":["0.00","1.50"]}"#),
        ("size", json!("huge"), r#"/size ONE_OF {"values":["small","large"]}"#),
        ("name", json!(""), "/name NON_EMPTY"),
        ("bytes", json!(""), "/bytes NON_EMPTY"),
        ("tags", json!([]), "/tags NON_EMPTY"),
        ("tags", json!(["a", "b", "a"]), "/tags/2 TWIN"),
    ];
    on_every_database(
        || App::new(Lab),
        async |app| {
            for (field, value) in &good {
                assert_eq!(send(app, field, value).await, None, "{field}: {value}");
            }
            for (field, value, told) in &bad {
                assert_eq!(send(app, field, value).await.as_deref(), Some(*told), "{field}: {value}");
            }
        },
    );
}

#[test]
fn a_rule_is_told_in_words() {
    on_every_database(
        || App::new(Lab),
        async |app| {
            let body = json!({"page": "x", "old": "x", "colour": "x", "name": ""});
            let answer = app.post("/api/probes", body).send().await.json();
            let errors = answer["errors"].as_array().unwrap();
            let words: Vec<&str> = errors.iter().map(|one| one["detail"].as_str().unwrap()).collect();
            let wanted = [
                "must be a URL that starts with http: or https:",
                "must be an IPv4 address",
                "must be one of `red` and `blue`",
                "must not be empty",
            ];
            assert_eq!(words, wanted);
        },
    );
}
