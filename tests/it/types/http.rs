//! The table over HTTP.

use mimsy::prelude::*;
use mimsy::test::{TestAnswer, TestApp};
use mimsy_tests::shop::{errors, text};

use super::table::{Row, TABLE};
use super::{DRAWER, Drawer, on_every_database};

async fn create(app: &TestApp, path: &str, body: &str) -> TestAnswer {
    app.request("POST".parse().unwrap(), path).bytes("application/json", body).send().await
}

async fn patch(app: &TestApp, path: &str, body: &str) -> TestAnswer {
    app.request("PATCH".parse().unwrap(), path).bytes("application/json", body).send().await
}

/// ` TYPE` of the field itself, `/1 TYPE` of something in it.
fn placed_code(code: &str) -> String {
    if code.starts_with('/') { code.to_owned() } else { format!(" {code}") }
}

/// The member of the answer's row, as it is written.
fn member(answer: &TestAnswer, field: &str) -> String {
    let told = std::str::from_utf8(answer.bytes()).unwrap();
    let key = format!("\"{field}\":");
    let from = told.find(&key).unwrap_or_else(|| panic!("no {field} in {told}")) + key.len();
    // What follows is the next member of the row, or its end.
    let rest = &told[from..];
    let ends = rest.char_indices().filter(|(_, c)| matches!(c, ',' | '}')).map(|(at, _)| at);
    let whole = |end: &usize| serde_json::from_str::<serde_json::Value>(&rest[..*end]).is_ok();
    let end = ends.into_iter().find(whole).unwrap_or_else(|| panic!("{field} has no end in {told}"));
    rest[..end].to_owned()
}

async fn with_drawer(app: &TestApp) {
    let label = "a drawer".to_owned();
    let made = app.app().system("a test").create::<Drawer>(Draft::<Drawer> { label }).await.unwrap().key;
    assert_ne!(made.uuid(), DRAWER);
}

/// A drawer has the id that the server made; the table names one.
fn placed(token: &str, drawer: &str) -> String {
    token.replace(&DRAWER.to_string(), drawer)
}

#[test]
fn what_goes_in_comes_out_and_is_found() {
    on_every_database(async |app| {
        with_drawer(app).await;
        let drawer = text(&app.get("/api/drawers").send().await.json()["data"][0]["id"]);
        for Row { field, good, asked, .. } in TABLE {
            let mut made = Vec::new();
            for (sent, told) in *good {
                let (sent, told) = (placed(sent, &drawer), placed(told, &drawer));
                let created = create(app, "/api/specimens", &format!("{{\"{field}\": {sent}}}")).await;
                assert_eq!(created.status(), 201, "{field}: {sent}: {}", created.json());
                let place = created.header("location").unwrap().to_owned();
                assert_eq!(member(&created, field), told, "{sent} as it was created");
                assert_eq!(member(&app.get(&place).send().await, field), told, "{sent} as it is read");
                // From a value to NULL, and back.
                let none = patch(app, &place, &format!("{{\"{field}\": null}}")).await;
                assert_eq!((none.status(), member(&none, field).as_str()), (200, "null"));
                let back = patch(app, &place, &format!("{{\"{field}\": {sent}}}")).await;
                assert_eq!((back.status(), member(&back, field)), (200, told));
                made.push(text(&created.json()["data"]["id"]));
            }
            for (question, expected) in *asked {
                let path = format!("/api/specimens?filter[{field}]{}", placed(question, &drawer));
                let found = app.get(&path).send().await;
                assert_eq!(found.status(), 200, "{path}: {}", found.json());
                let found: Vec<String> =
                    found.json()["data"].as_array().unwrap().iter().map(|row| text(&row["id"])).collect();
                // What is not equal to something also is what is NULL.
                let found: Vec<usize> =
                    made.iter().enumerate().filter(|(_, id)| found.contains(id)).map(|(at, _)| at).collect();
                assert_eq!(found, *expected, "{path}");
            }
        }
    });
}

#[test]
fn bad_input_is_told_with_its_place() {
    on_every_database(async |app| {
        let row = create(app, "/api/specimens", "{}").await;
        assert_eq!(row.status(), 201, "{}", row.json());
        let place = row.header("location").unwrap().to_owned();
        for Row { field, bad, unasked, .. } in TABLE {
            for (sent, code) in *bad {
                let body = format!("{{\"{field}\": {sent}}}");
                let expected: Vec<String> =
                    code.split(", ").map(|code| format!("/{field}{}", placed_code(code))).collect();
                let created = create(app, "/api/specimens", &body).await;
                assert_eq!((created.status(), &errors(&created)), (422, &expected), "{body}");
                let patched = patch(app, &place, &body).await;
                assert_eq!((patched.status(), &errors(&patched)), (422, &expected), "{body}");
            }
            for (question, code) in *unasked {
                let path = format!("/api/specimens?filter[{field}]{question}");
                let refused = app.get(&path).send().await;
                assert_eq!(
                    (refused.status(), refused.json()["errors"][0]["code"].as_str()),
                    (400, Some(*code)),
                    "{path}"
                );
            }
        }
        assert_eq!(app.get("/api/specimens").send().await.json()["data"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn what_is_required_is_neither_absent_nor_null() {
    on_every_database(async |app| {
        let nothing = create(app, "/api/completes", "{}").await;
        let expected: Vec<String> = TABLE.iter().map(|row| format!("/{} REQUIRED", row.field)).collect();
        assert_eq!((nothing.status(), errors(&nothing)), (422, expected.clone()));
        let nulls: Vec<String> = TABLE.iter().map(|row| format!("\"{}\": null", row.field)).collect();
        let nulls = create(app, "/api/completes", &format!("{{{}}}", nulls.join(", "))).await;
        assert_eq!((nulls.status(), errors(&nulls)), (422, expected));
    });
}

#[test]
fn every_column_at_once() {
    on_every_database(async |app| {
        with_drawer(app).await;
        let drawer = text(&app.get("/api/drawers").send().await.json()["data"][0]["id"]);
        for pick in [0, 1] {
            let of = |row: &Row| row.good[pick.min(row.good.len() - 1)];
            let body: Vec<String> =
                TABLE.iter().map(|row| format!("\"{}\": {}", row.field, placed(of(row).0, &drawer))).collect();
            let created = create(app, "/api/completes", &format!("{{{}}}", body.join(", "))).await;
            assert_eq!(created.status(), 201, "{}", created.json());
            let read = app.get(created.header("location").unwrap()).send().await;
            for row in TABLE {
                assert_eq!(member(&read, row.field), placed(of(row).1, &drawer));
            }
        }
    });
}

#[test]
fn what_is_no_json_is_no_value() {
    on_every_database(async |app| {
        for (body, code) in [
            (&b"{\"ratio\": NaN}"[..], "MALFORMED_JSON"),
            (b"{\"ratio\": Infinity}", "MALFORMED_JSON"),
            (b"{\"text\": \"\xff\"}", "MALFORMED_JSON"),
            (b"{\"text\": \"\xed\xa0\x80\"}", "MALFORMED_JSON"),
            (b"{\"small\": 01}", "MALFORMED_JSON"),
            (b"{\"extra\": {\"a\": 1,}}", "MALFORMED_JSON"),
            (b"{\"extra\": {\"a\": 1, \"a\": 2}}", "DUPLICATE_KEY"),
        ] {
            let post = app.request("POST".parse().unwrap(), "/api/specimens").bytes("application/json", body);
            let refused = post.send().await;
            assert_eq!((refused.status(), refused.json()["code"].as_str()), (400, Some(code)), "{body:?}");
        }
    });
}
