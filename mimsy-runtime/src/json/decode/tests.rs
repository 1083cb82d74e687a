use std::sync::Arc;

use mimsy_schema::{Date, Document, Finite, Fixed, Kind, Time, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::actions::{Found, Output};
use crate::json::{JsonRows, sample};

const ID: &str = "00000000-0000-0000-0000-000000000007";

fn read(body: &[u8], form: Form) -> Result<Vec<(String, Value)>, BadBody> {
    read_as("Invoice", body, form)
}

fn read_as(entity: &str, body: &[u8], form: Form) -> Result<Vec<(String, Value)>, BadBody> {
    let schema = sample::schema();
    let model = schema.by_name(entity).unwrap();
    let input = decode(model, body, form, 64)?;
    Ok(input.into_iter().map(|(field, value)| (model.fields()[field].name.to_string(), value)).collect())
}

/// What is wrong with a patch: the pointers and codes, or the code of a syntax error.
fn wrong(body: &str, form: Form) -> String {
    match read(body.as_bytes(), form) {
        Ok(values) => format!("{values:?}"),
        Err(BadBody::Syntax { code, .. }) => code.to_owned(),
        Err(BadBody::Shape { violations, .. }) => {
            let each = violations.iter().map(|one| format!("{} {}", one.pointer, one.code));
            each.collect::<Vec<_>>().join(", ")
        }
        Err(other) => panic!("no list was read: {other:?}"),
    }
}

#[test]
fn values_of_every_kind() {
    let text = |text: &str| Value::Text(text.to_owned());
    let decimal = |unscaled| Value::Decimal(Fixed::new(unscaled, 2));
    for (name, json, expected) in [
        ("number", r#""a""#, text("a")),
        ("number", r#""""#, text("")),
        ("number", r#""é \u00e9 \ud83e\udd80 \n \"""#, text("é é 🦀 \n \"")),
        ("note", "null", Value::Null),
        ("note", "  null ", Value::Null),
        ("status", r#""paid""#, text("paid")),
        ("urgent", "true", Value::Bool(true)),
        ("rank", "0", Value::Int(0)),
        ("rank", "-0", Value::Int(0)),
        ("rank", "9007199254740991", Value::Int(9_007_199_254_740_991)),
        ("rank", "-9007199254740991", Value::Int(-9_007_199_254_740_991)),
        ("total", r#""12.50""#, decimal(1250)),
        ("total", r#""12.5""#, decimal(1250)),
        ("total", r#""12.500000""#, decimal(1250)),
        ("total", "12.5", decimal(1250)),
        ("total", "-0.01", decimal(-1)),
        ("total", "0.1", decimal(10)),
        ("total", "1234567890123.45", decimal(123_456_789_012_345)),
        ("total", r#""9999999999999999.99""#, decimal(999_999_999_999_999_999)),
        ("due", r#""1970-01-01T02:00:00.5+02:00""#, Value::Timestamp(Timestamp::from_micros(500_000).unwrap())),
        ("customer", r#""00000000-0000-0000-0000-000000000007""#, Value::Uuid(Uuid::from_u128(7))),
    ] {
        let body = format!("{{\"{name}\": {json}}}");
        assert_eq!(read(body.as_bytes(), Form::Update), Ok(vec![(name.to_owned(), expected)]), "{body}");
    }
}

#[test]
fn syntax() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for (body, expected) in [
        (String::new(), "MALFORMED_JSON"),
        ("  \n".to_owned(), "MALFORMED_JSON"),
        ("{".to_owned(), "MALFORMED_JSON"),
        ("{}{}".to_owned(), "MALFORMED_JSON"),
        ("{} x".to_owned(), "MALFORMED_JSON"),
        ("number=1".to_owned(), "MALFORMED_JSON"),
        (r#"{"rank": 1,}"#.to_owned(), "MALFORMED_JSON"),
        (r#"{"rank": 01}"#.to_owned(), "MALFORMED_JSON"),
        (r#"{"rank": NaN}"#.to_owned(), "MALFORMED_JSON"),
        (r#"{"rank": 'a'}"#.to_owned(), "MALFORMED_JSON"),
        ("{\"number\": \"a\u{1}\"}".to_owned(), "MALFORMED_JSON"),
        (r#"{"rank": 1, "rank": 1}"#.to_owned(), "DUPLICATE_KEY"),
        (r#"{"rank": 1, "r\u0061nk": 2}"#.to_owned(), "DUPLICATE_KEY"),
        (r#"{"nope": 1, "nope": 2}"#.to_owned(), "DUPLICATE_KEY"),
        (deep(64), " TYPE"),
        (deep(65), "JSON_DEPTH"),
        (deep(200), "JSON_DEPTH"),
        (deep(100_000), "JSON_DEPTH"),
        (format!("{{\"number\": \"{}\"}}", "[".repeat(99)), "[(\"number\", Text(\"[["),
        ("[]".to_owned(), " TYPE"),
        ("null".to_owned(), " TYPE"),
        ("\"x\"".to_owned(), " TYPE"),
        ("[".to_owned(), "MALFORMED_JSON"),
    ] {
        let found = wrong(&body, Form::Update);
        assert!(found.starts_with(expected), "{body:.80}: {found}");
    }
    assert!(matches!(
        read(b"{\"number\": \"\xff\"}", Form::Update),
        Err(BadBody::Syntax { code: "MALFORMED_JSON", .. })
    ));
}

#[test]
fn shapes() {
    for (body, expected) in [
        (r#"{"number": 7}"#, "/number TYPE"),
        (r#"{"number": null}"#, "/number REQUIRED"),
        (r#"{"number": "a\u0000b"}"#, "/number NUL"),
        (r#"{"number": "\ud800"}"#, "/number TYPE"),
        (r#"{"number": {"a": {"a": 1, "a": 2}}}"#, "/number TYPE"),
        (r#"{"urgent": "true"}"#, "/urgent TYPE"),
        (r#"{"urgent": 1}"#, "/urgent TYPE"),
        (r#"{"rank": "1"}"#, "/rank TYPE"),
        (r#"{"rank": 1.0}"#, "/rank TYPE"),
        (r#"{"rank": 1e3}"#, "/rank TYPE"),
        (r#"{"rank": 9007199254740992}"#, "/rank RANGE"),
        (r#"{"rank": -9007199254740992}"#, "/rank RANGE"),
        (r#"{"rank": 99999999999999999999999999}"#, "/rank RANGE"),
        (r#"{"total": "12.345"}"#, "/total SCALE"),
        (r#"{"total": 12.345}"#, "/total SCALE"),
        (r#"{"total": "10000000000000000"}"#, "/total RANGE"),
        (r#"{"total": "99999999999999999999999999999999999999"}"#, "/total RANGE"),
        (r#"{"total": "999999999999999999999999999999999999999999"}"#, "/total RANGE"),
        (r#"{"total": 1234567890123456}"#, "/total RANGE"),
        (r#"{"total": 1e2}"#, "/total TYPE"),
        (r#"{"total": "1e2"}"#, "/total TYPE"),
        (r#"{"total": ""}"#, "/total TYPE"),
        (r#"{"total": "+1"}"#, "/total TYPE"),
        (r#"{"total": true}"#, "/total TYPE"),
        (r#"{"status": "piad"}"#, "/status ENUM"),
        (r#"{"status": "Paid"}"#, "/status ENUM"),
        (r#"{"status": 1}"#, "/status TYPE"),
        (r#"{"due": "2026-11-20"}"#, "/due FORMAT"),
        (r#"{"due": 0}"#, "/due TYPE"),
        (r#"{"customer": "7"}"#, "/customer FORMAT"),
        (r#"{"customer": "{00000000-0000-0000-0000-000000000007}"}"#, "/customer FORMAT"),
        (r#"{"customer": {"id": 1}}"#, "/customer TYPE"),
        (r#"{"customer": null}"#, "/customer REQUIRED"),
        (r#"{"id": "00000000-0000-0000-0000-000000000007"}"#, "/id NOT_WRITABLE"),
        (r#"{"created_at": null}"#, "/created_at NOT_WRITABLE"),
        (r#"{"lines": []}"#, "/lines NOT_WRITABLE"),
        (r#"{"a/b~c": 1}"#, "/a~1b~0c UNKNOWN_FIELD"),
        (r#"{"_version": 1}"#, "/_version UNKNOWN_FIELD"),
        (r#"{"totl": 1, "rank": "x", "urgent": null}"#, "/totl UNKNOWN_FIELD, /rank TYPE, /urgent REQUIRED"),
    ] {
        assert_eq!(wrong(body, Form::Update), expected, "{body}");
    }
}

#[test]
fn shapes_of_the_other_kinds() {
    let found = |body: &str| match read_as("Reading", body.as_bytes(), Form::Update) {
        Err(BadBody::Shape { violations, .. }) => format!("{} {}", violations[0].pointer, violations[0].code),
        other => format!("{other:?}"),
    };
    for (value, fields) in [
        ("32767", "small"),
        ("-2147483648", "medium"),
        ("\"9223372036854775807\"", "wide"),
        ("\"-9223372036854775808\"", "wide"),
        ("9007199254740991", "wide"),
        ("1e308", "ratio"),
        ("0", "ratio"),
        ("\"\"", "raw"),
        ("\"AAEC/w==\"", "raw"),
        ("\"0001-01-01\"", "day"),
        ("\"9:5\"", "hour FORMAT"),
        ("\"09:05\"", "hour"),
    ] {
        let (field, code) = fields.split_once(' ').unwrap_or((fields, ""));
        let expected = if code.is_empty() { "Ok(".to_owned() } else { format!("/{field} {code}") };
        let body = format!("{{\"{field}\": {value}}}");
        assert!(found(&body).starts_with(&expected), "{body}: {}", found(&body));
    }
    for (body, expected) in [
        (r#"{"small": 32768}"#, "/small RANGE"),
        (r#"{"small": -32769}"#, "/small RANGE"),
        (r#"{"small": "1"}"#, "/small TYPE"),
        (r#"{"medium": 2147483648}"#, "/medium RANGE"),
        (r#"{"wide": 9007199254740992}"#, "/wide RANGE"),
        (r#"{"wide": "9223372036854775808"}"#, "/wide RANGE"),
        (r#"{"wide": "1.0"}"#, "/wide TYPE"),
        (r#"{"wide": ""}"#, "/wide TYPE"),
        (r#"{"wide": " 1"}"#, "/wide TYPE"),
        (r#"{"wide": 1e3}"#, "/wide TYPE"),
        (r#"{"ratio": 1e309}"#, "/ratio RANGE"),
        (r#"{"ratio": "1"}"#, "/ratio TYPE"),
        (r#"{"ratio": NaN}"#, "Err(Syntax"),
        (r#"{"raw": "AAEC/w"}"#, "/raw BASE64"),
        (r#"{"raw": "AAEC_w=="}"#, "/raw BASE64"),
        (r#"{"raw": "AAEC/x=="}"#, "/raw BASE64"),
        (r#"{"raw": "AAEC\n/w=="}"#, "/raw BASE64"),
        (r#"{"raw": [0, 1]}"#, "/raw TYPE"),
        (r#"{"day": "2026-02-29"}"#, "/day FORMAT"),
        (r#"{"day": "0000-12-31"}"#, "/day FORMAT"),
        (r#"{"day": "2026-11-20T00:00:00Z"}"#, "/day FORMAT"),
        (r#"{"day": 20261120}"#, "/day TYPE"),
        (r#"{"hour": "24:00:00"}"#, "/hour FORMAT"),
        (r#"{"hour": "12:00:00Z"}"#, "/hour FORMAT"),
        (r#"{"device": "x"}"#, "/device FORMAT"),
        (r#"{"extra": {"a": ["\u0000"]}}"#, "/extra/a/0 NUL"),
        (r#"{"extra": [["\ud800"]]}"#, "/extra/0/0 TYPE"),
        (r#"{"extra": {"n": 18446744073709551616}}"#, "/extra/n RANGE"),
        (r#"{"extra": 1e400}"#, "/extra RANGE"),
        (r#"{"extra": [{"a": 1, "\u0061": 2}]}"#, r#"Err(Syntax { code: "DUPLICATE_KEY""#),
    ] {
        assert!(found(body).starts_with(expected), "{body}: {}", found(body));
    }
}

#[test]
fn an_unknown_field_names_the_nearest() {
    let Err(BadBody::Shape { violations, .. }) = read(br#"{"totl": 1}"#, Form::Update) else { panic!("not refused") };
    assert_eq!(violations[0].detail, "Invoice has no field `totl`; did you mean `total`?");
}

#[test]
fn of_many_violations_the_first_are_told() {
    let keys = |count: usize| (0..count).map(|i| format!("\"{i:x}\":0")).collect::<Vec<_>>().join(",");
    for (count, expected) in [(49, (49, 0)), (50, (50, 0)), (51, (50, 1)), (100_000, (50, 99_950))] {
        let body = format!("{{{}}}", keys(count));
        let Err(BadBody::Shape { violations, more }) = read(body.as_bytes(), Form::Update) else { panic!("{count}") };
        assert_eq!((violations.len(), more), expected, "{count}");
    }
    let body = format!("{{{},\"rank\":\"x\"}}", keys(60));
    let Err(BadBody::Shape { more, .. }) = read(body.as_bytes(), Form::Create) else { panic!("not refused") };
    assert_eq!(more, 15, "ten keys, a type, and four fields that are missing");
    let twice = format!("{{{},\"3e8\":0}}", keys(2000));
    assert_eq!(wrong(&twice, Form::Update), "DUPLICATE_KEY", "also among those that are not told");
}

#[test]
fn a_long_key_is_told_in_part() {
    let key = "é".repeat(500_000);
    let told = format!("{}…", "é".repeat(64));
    let body = format!("{{\"{key}\":0}}");
    let Err(BadBody::Shape { violations, .. }) = read(body.as_bytes(), Form::Update) else { panic!("not refused") };
    assert_eq!(violations[0].pointer, format!("/{told}"));
    assert!(violations[0].detail.starts_with(&format!("Invoice has no field `{told}`; it has `org`")));
    let twice = read(format!("{{\"{key}\":0,\"{key}\":0}}").as_bytes(), Form::Update);
    let detail = format!("the key `{told}` occurs twice; which value is meant?");
    assert_eq!(twice, Err(BadBody::Syntax { code: "DUPLICATE_KEY", detail }));
}

#[test]
fn a_new_row_needs_what_nobody_else_gives() {
    assert_eq!(
        wrong("{}", Form::Create),
        "/number REQUIRED, /customer REQUIRED, /total REQUIRED, /urgent REQUIRED",
        "not the tenant's key, which the server sets, and not what has a default or may be null"
    );
    assert_eq!(wrong("{}", Form::Update), "[]");
    let whole = format!(r#"{{"number": "A", "customer": "{ID}", "total": 1, "urgent": false, "org": "{ID}"}}"#);
    assert_eq!(read(whole.as_bytes(), Form::Create).unwrap().len(), 5);
    assert_eq!(wrong(r#"{"org": null}"#, Form::Update), "/org REQUIRED");
}

fn value(field: &Field) -> BoxedStrategy<Value> {
    let plain = match field.kind {
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Int => {
            let (least, most) = field.int_range();
            (least..=most).prop_map(Value::Int).boxed()
        }
        Kind::Float => any::<f64>().prop_filter_map("finite", |number| Finite::new(number).map(Value::Float)).boxed(),
        Kind::Bytes => any::<Vec<u8>>().prop_map(Value::Bytes).boxed(),
        Kind::Date => (Date::MIN.as_days()..=Date::MAX.as_days())
            .prop_map(|days| Value::Date(Date::from_days(days).unwrap()))
            .boxed(),
        Kind::Time => {
            (0..=Time::MAX.as_micros()).prop_map(|micros| Value::Time(Time::from_micros(micros).unwrap())).boxed()
        }
        Kind::Text => "[^\\x00]*".prop_map(Value::Text).boxed(),
        Kind::Decimal => (-999_999_999_999_999_999i64..=999_999_999_999_999_999)
            .prop_map(|unscaled| Value::Decimal(Fixed::new(unscaled.into(), 2)))
            .boxed(),
        Kind::Timestamp => (Timestamp::MIN.as_micros()..=Timestamp::MAX.as_micros())
            .prop_map(|micros| Value::Timestamp(Timestamp::from_micros(micros).unwrap()))
            .boxed(),
        Kind::Uuid => any::<u128>().prop_map(|uuid| Value::Uuid(Uuid::from_u128(uuid))).boxed(),
        Kind::Enum => Just(Value::Text("sent".to_owned())).boxed(),
        Kind::Json => prop::sample::select(vec!["{}", "[1,2.5,\"x\"]", "{\"a\":{\"b\":null}}", "0.1"])
            .prop_map(|text| Value::Json(Document::parse(text).unwrap()))
            .boxed(),
        Kind::List => prop::collection::vec("[^\\x00]{0,4}".prop_map(Value::Text), 0..4).prop_map(Value::List).boxed(),
        Kind::Row | Kind::Rows => Just(Value::Null).boxed(),
    };
    if field.nullable { prop_oneof![Just(Value::Null), plain].boxed() } else { plain }
}

fn row(entity: &str) -> impl Strategy<Value = Vec<(usize, Value)>> {
    let schema = sample::schema();
    let fields = schema.by_name(entity).unwrap().fields();
    let writable = fields.iter().enumerate().filter(|(_, field)| field.is_column() && !field.is_server_owned());
    writable.map(|(i, field)| (Just(i), value(field))).collect::<Vec<_>>()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(invoice in row("Invoice"), reading in row("Reading")) {
        let schema = Arc::new(sample::schema());
        for (entity, row) in [("Invoice", invoice), ("Reading", reading)] {
            let model = schema.by_name(entity).unwrap();
            let (fields, values): (Vec<usize>, Vec<Value>) = row.iter().cloned().unzip();
            let mut output = JsonRows::new(schema.clone(), b"", 0);
            // A row holds a list as a document.
            let stored = |value: Value| if let Value::List(items) = value { Value::Json(Document::array(&items)) } else { value };
            let values: Vec<Value> = values.into_iter().map(stored).collect();
            output.row(&Found { model, fields: &fields, row: &values, version: 1, included: &[] }).unwrap();
            prop_assert_eq!(decode(model, &output.into_bytes(), Form::Create, 64), Ok(row));
        }
    }

    #[test]
    fn any_bytes_are_refused_or_read(body: Vec<u8>) {
        let schema = sample::schema();
        let _ = decode(schema.by_name("Invoice").unwrap(), &body, Form::Update, 64);
    }
}
