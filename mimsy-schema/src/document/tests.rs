use proptest::prelude::*;
use serde_json::{Map, Number, Value as Json};

use super::*;
use crate::Finite;

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(|number| Json::Number(number.into())),
        any::<u64>().prop_map(|number| Json::Number(number.into())),
        any::<f64>().prop_filter_map("finite", |number| Number::from_f64(number).map(Json::Number)),
        text().prop_map(Json::String),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// Texts that need escapes, and share their first letters.
fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "ab", "a\"", "b\\", "é", "\u{1}", "\n", "\u{7f}", "\u{10ffff}", "~/", "null"])
        .prop_map(str::to_owned)
}

/// RFC 7396, section 2, as it is written there.
fn merge_patch(target: Json, patch: &Json) -> Json {
    let Json::Object(patch) = patch else { return patch.clone() };
    let mut target = if let Json::Object(target) = target { target } else { Map::new() };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(name);
        } else {
            let old = target.remove(name).unwrap_or(Json::Null);
            target.insert(name.clone(), merge_patch(old, value));
        }
    }
    Json::Object(target)
}

fn document(json: &Json) -> Document {
    Document::parse(&json.to_string()).unwrap()
}

proptest! {
    #[test]
    fn there_is_one_form(json in json()) {
        let one = document(&json);
        let spaced = Document::parse(&serde_json::to_string_pretty(&json).unwrap()).unwrap();
        prop_assert_eq!(&spaced, &one);
        prop_assert_eq!(&Document::parse(one.as_str()).unwrap(), &one, "it is its own canonical form");
        prop_assert_eq!(&Document::stored(one.as_str()).unwrap(), &one);
        prop_assert_eq!(document(&serde_json::from_str(one.as_str()).unwrap()), one, "and means the same");
    }

    #[test]
    fn it_is_merged_as_rfc_7396_says(target in json(), patch in json()) {
        let merged = document(&target).merged(&document(&patch));
        prop_assert_eq!(merged, document(&merge_patch(target, &patch)));
    }

    #[test]
    fn what_serde_json_refuses_is_refused(text in "[\\[\\]{}\",:0-9eE.+\\-tnul\\\\ ]{0,12}") {
        if Document::parse(&text).is_ok() {
            prop_assert!(serde_json::from_str::<Json>(&text).is_ok(), "{}", text);
        } else if let Ok(json) = serde_json::from_str::<Json>(&text) {
            let code = Document::parse(&text).unwrap_err().code;
            prop_assert!(code != "FORMAT", "{} is {}", text, json);
        }
    }

    #[test]
    fn a_number_survives_being_written_in_digits(bits: u64) {
        let Some(number) = Finite::new(f64::from_bits(bits)) else { return Ok(()) };
        let written = Document::parse(&format!("{:e}", number.get())).unwrap();
        // As Postgres keeps it: without an exponent.
        let kept = if written.as_str().contains('e') { number.get().to_string() } else { written.to_string() };
        prop_assert_eq!(Document::stored(&kept).unwrap(), written);
    }
}

#[test]
fn known_documents() {
    for (text, canonical) in [
        ("-0", "0"),
        ("-0.0", "0.0"),
        ("1E2", "100.0"),
        ("1.10", "1.1"),
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("1e300", "1e300"),
        (r#""\u00e9\/\ud83d\ude00""#, "\"é/😀\""),
        (r#"{"b":1,"aa":2,"a":[ ]}"#, r#"{"a":[],"aa":2,"b":1}"#),
        (r#"{"b":{"d":1,"c":2},"a":1}"#, r#"{"a":1,"b":{"c":2,"d":1}}"#),
    ] {
        assert_eq!(Document::parse(text).unwrap().as_str(), canonical);
    }
    assert_eq!(Document::stored("10000000000000000000000").unwrap().as_str(), "1e22");
}

#[test]
fn what_has_no_canonical_form_is_told_with_its_place() {
    let deep = format!("{}{}", "[".repeat(DEEPEST + 1), "]".repeat(DEEPEST + 1));
    for (text, code, pointer) in [
        (r#"{"a":[0,{"b":"x\u0000"}]}"#, "NUL", "/a/1/b"),
        (r#"{"\u0000":1}"#, "NUL", ""),
        (r#"["\ud800"]"#, "TYPE", "/0"),
        (r#"["\ud800\u0041"]"#, "TYPE", "/0"),
        (r#"["\udc00"]"#, "TYPE", "/0"),
        (r#"{"a/b~":{"c":1,"\u0063":2}}"#, "DUPLICATE_KEY", "/a~1b~0/c"),
        (r#"{"n":18446744073709551616}"#, "RANGE", "/n"),
        ("1e309", "RANGE", ""),
        (deep.as_str(), "DEPTH", &"/0".repeat(DEEPEST)),
        ("", "FORMAT", ""),
        ("[1,]", "FORMAT", "/1"),
        ("{\"a\":1,}", "FORMAT", ""),
        ("01", "FORMAT", ""),
        ("1-2", "FORMAT", ""),
        ("nul", "FORMAT", ""),
        ("NaN", "FORMAT", ""),
        ("\"\u{1}\"", "FORMAT", ""),
        ("1 2", "FORMAT", ""),
    ] {
        let flaw = Document::parse(text).unwrap_err();
        assert_eq!((flaw.code, flaw.pointer.as_str()), (code, pointer), "{text}");
    }
    let near = format!("{}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
    assert!(Document::parse(&near).is_ok());
}
