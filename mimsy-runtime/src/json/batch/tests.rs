use super::*;
use crate::json::sample;

const MOST: Most = Most { depth: 64, items: 3 };
const A: &str = "00000000-0000-0000-0000-00000000000a";
const B: &str = "00000000-0000-0000-0000-00000000000b";

/// What was told of a body: `code` of a list that is refused, or for each item `ok` or its places.
fn told<T>(read: Result<Items<T>, BadBody>) -> Vec<String> {
    let places = |violations: &[Violation]| {
        let each = violations.iter().map(|one| format!("{} {}", one.pointer, one.code));
        each.collect::<Vec<_>>().join(", ")
    };
    match read {
        Ok(items) => {
            let one = |item: &Result<T, Faulty>| {
                item.as_ref().map_or_else(|faulty| places(&faulty.violations), |_| "ok".to_owned())
            };
            items.iter().map(one).collect()
        }
        Err(BadBody::Syntax { code, .. }) => vec![format!("! {code}")],
        Err(BadBody::Shape { violations, .. }) => vec![format!("! {}", places(&violations))],
        Err(BadBody::TooMany { found, most }) => vec![format!("! {found} > {most}")],
        Err(BadBody::Repeated { violations }) => vec![format!("! {}", places(&violations))],
    }
}

fn versions(text: &str) -> Option<Expected> {
    text.parse().ok().map(|version| Expected::Versions(vec![version]))
}

#[test]
fn a_list_has_a_shape() {
    let schema = sample::schema();
    let model = schema.by_name("Note").unwrap();
    for (body, expected) in [
        ("", &["! MALFORMED_JSON"][..]),
        ("[]", &["!  TYPE"]),
        ("{}", &["! /items REQUIRED"]),
        (r#"{"items": {}}"#, &["! /items TYPE"]),
        (r#"{"items": null}"#, &["! /items TYPE"]),
        (r#"{"items": []}"#, &["! /items MIN"]),
        (r#"{"itms": [], "x": 1}"#, &["! /itms UNKNOWN_FIELD, /x UNKNOWN_FIELD, /items REQUIRED"]),
        (r#"{"items": [{}], "items": [{}]}"#, &["! DUPLICATE_KEY"]),
        (r#"{"items": [1, "a", [], {}]}"#, &["! 4 > 3"]),
        (r#"{"items": [{"x": 1, "x": 2}]}"#, &["! DUPLICATE_KEY"]),
    ] {
        assert_eq!(told(creates(model, body.as_bytes(), MOST)), expected, "{body}");
    }
}

#[test]
fn each_new_row_is_read_for_itself() {
    let schema = sample::schema();
    let model = schema.by_name("Note").unwrap();
    let body = r#"{"items": [{"title": "a"}, 7, {"title": 1, "x/y": 2}]}"#;
    assert_eq!(
        told(creates(model, body.as_bytes(), MOST)),
        ["ok", "/items/1 TYPE", "/items/2/title TYPE, /items/2/x~1y UNKNOWN_FIELD"]
    );
}

#[test]
fn a_change_names_its_row() {
    let schema = sample::schema();
    let model = schema.by_name("Note").unwrap();
    for (items, expected) in [
        (format!(r#"[{{"id": "{A}", "patch": {{"title": "a"}}}}]"#), &["ok"][..]),
        (format!(r#"[{{"id": "{A}", "patch": {{}}, "if_match": "3"}}]"#), &["ok"]),
        (format!(r#"[{{"id": "{A}", "patch": {{}}, "if_match": 3}}]"#), &["/items/0/if_match FORMAT"]),
        (format!(r#"[{{"id": "{A}", "patch": {{}}, "if_match": "x"}}]"#), &["/items/0/if_match FORMAT"]),
        (format!(r#"[{{"id": "{A}", "patch": {{"title": 1}}}}]"#), &["/items/0/patch/title TYPE"]),
        (
            format!(r#"[{{"id": "{A}", "patch": []}}, {{}}]"#),
            &["/items/0/patch TYPE", "/items/1/id REQUIRED, /items/1/patch REQUIRED"],
        ),
        (
            r#"[{"id": "a", "patch": {}}, {"id": null, "patch": {}}]"#.to_owned(),
            &["/items/0/id FORMAT", "/items/1/id REQUIRED"],
        ),
        (format!(r#"[{{"id": "{A}", "patch": {{}}, "ptch": {{}}}}]"#), &["/items/0/ptch UNKNOWN_FIELD"]),
        (
            format!(
                r#"[{{"id": "{A}", "patch": {{}}}}, {{"id": "{B}", "patch": {{}}}}, {{"id": "{A}", "patch": {{}}}}]"#
            ),
            &["! /items/2/id DUPLICATE_ID"],
        ),
        (format!(r#"[{{"id": "{A}", "id": "{A}", "patch": {{}}}}]"#), &["! DUPLICATE_KEY"]),
    ] {
        let body = format!(r#"{{"items": {items}}}"#);
        assert_eq!(told(edits(model, body.as_bytes(), MOST, versions)), expected, "{body}");
    }
}

#[test]
fn keys_are_listed() {
    let schema = sample::schema();
    let model = schema.by_name("Note").unwrap();
    for (ids, expected) in [
        (format!(r#"["{A}", "{B}"]"#), &["ok", "ok"][..]),
        (format!(r#"["{A}", 7, {{"id": "{A}"}}]"#), &["ok", "/ids/1 TYPE", "/ids/2 TYPE"]),
        (format!(r#"["{A}", "{}"]"#, A.to_uppercase()), &["! /ids/1 DUPLICATE_ID"]),
    ] {
        let body = format!(r#"{{"ids": {ids}}}"#);
        assert_eq!(told(keys(model, body.as_bytes(), MOST)), expected, "{body}");
    }
}

#[test]
fn a_whole_tells_all_at_once_up_to_a_limit() {
    let faulty = |many: usize| {
        let violations = (0..many).map(|at| Violation::field(&at.to_string(), "TYPE", "is wrong")).collect();
        Err::<(), _>(Faulty { violations, more: 1 })
    };
    assert_eq!(whole(vec![Ok(1), Ok(2)]), Ok(vec![1, 2]));
    let Err(BadBody::Shape { violations, more }) = whole(vec![faulty(30), Ok(()), faulty(40)]) else {
        panic!("it is faulty")
    };
    assert_eq!((violations.len(), more), (50, 22));
}
