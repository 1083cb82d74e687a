//! The table's extremes over the Rust API: what a program writes, HTTP tells as the table does, and reads back.

use mimsy::Value;
use mimsy::prelude::*;
use mimsy_schema::Fixed;
use serde_json::{Value as Json, json};

use super::documents::nothing;
use super::{Drawer, Size, Specimen, on_every_database};

/// A value of every type, and how JSON tells it.
fn values() -> Vec<(Draft<Specimen>, &'static str, Json)> {
    let decimal = |text: &str| Some(text.parse::<Decimal>().unwrap());
    vec![
        (Draft::<Specimen> { flag: Some(true), ..nothing() }, "flag", json!(true)),
        (Draft::<Specimen> { small: Some(i16::MIN), ..nothing() }, "small", json!(-32768)),
        (Draft::<Specimen> { medium: Some(i32::MAX), ..nothing() }, "medium", json!(2_147_483_647)),
        (
            Draft::<Specimen> { large: Some(-9_007_199_254_740_991), ..nothing() },
            "large",
            json!(-9_007_199_254_740_991_i64),
        ),
        (Draft::<Specimen> { wide: Some(i64::MIN), ..nothing() }, "wide", json!("-9223372036854775808")),
        (Draft::<Specimen> { ratio: Some(-0.0), ..nothing() }, "ratio", json!(0.0)),
        (Draft::<Specimen> { ratio: Some(f64::MIN_POSITIVE), ..nothing() }, "ratio", json!(f64::MIN_POSITIVE)),
        (Draft::<Specimen> { text: Some("\u{10ffff}\u{1}".to_owned()), ..nothing() }, "text", json!("\u{10ffff}\u{1}")),
        (Draft::<Specimen> { raw: Some(vec![0, 255, 254]), ..nothing() }, "raw", json!("AP/+")),
        (
            Draft::<Specimen> { device: Some(Uuid::max()), ..nothing() },
            "device",
            json!("ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ),
        (
            Draft::<Specimen> { whole: decimal("-999999999999999999"), ..nothing() },
            "whole",
            json!("-999999999999999999"),
        ),
        (Draft::<Specimen> { price: decimal("0.1"), ..nothing() }, "price", json!("0.10")),
        (
            Draft::<Specimen> { fine: decimal("0.999999999999999999"), ..nothing() },
            "fine",
            json!("0.999999999999999999"),
        ),
        (
            Draft::<Specimen> { moment: Some(Timestamp::MAX), ..nothing() },
            "moment",
            json!("9999-12-31T23:59:59.999999Z"),
        ),
        (Draft::<Specimen> { day: Some(Date::MIN), ..nothing() }, "day", json!("0001-01-01")),
        (Draft::<Specimen> { hour: Some(Time::MAX), ..nothing() }, "hour", json!("23:59:59.999999")),
        (Draft::<Specimen> { size: Some(Size::ExtraLarge), ..nothing() }, "size", json!("extra_large")),
        (
            Draft::<Specimen> { extra: Some(json!({"b": [0.1, u64::MAX], "a": null})), ..nothing() },
            "extra",
            json!({"b": [0.1, u64::MAX], "a": null}),
        ),
        (Draft::<Specimen> { extra: Some(Json::Null), ..nothing() }, "extra", Json::Null),
        (Draft::<Specimen> { flags: Some(vec![true]), ..nothing() }, "flags", json!([true])),
        (Draft::<Specimen> { smalls: Some(vec![i16::MIN]), ..nothing() }, "smalls", json!([-32768])),
        (Draft::<Specimen> { ratios: Some(vec![-0.0, 0.1]), ..nothing() }, "ratios", json!([0.0, 0.1])),
        (Draft::<Specimen> { tags: Some(vec![]), ..nothing() }, "tags", json!([])),
        (Draft::<Specimen> { tags: Some(vec!["é\u{1}\"".to_owned()]), ..nothing() }, "tags", json!(["é\u{1}\""])),
        (
            Draft::<Specimen> { devices: Some(vec![Uuid::nil()]), ..nothing() },
            "devices",
            json!([Uuid::nil().to_string()]),
        ),
        (
            Draft::<Specimen> { prices: decimal("0.1").map(|price| vec![price]), ..nothing() },
            "prices",
            json!(["0.100"]),
        ),
        (
            Draft::<Specimen> { moments: Some(vec![Timestamp::MIN]), ..nothing() },
            "moments",
            json!(["0001-01-01T00:00:00.000000Z"]),
        ),
        (Draft::<Specimen> { days: Some(vec![Date::MAX]), ..nothing() }, "days", json!(["9999-12-31"])),
        (Draft::<Specimen> { hours: Some(vec![Time::MAX]), ..nothing() }, "hours", json!(["23:59:59.999999"])),
        (Draft::<Specimen> { sizes: Some(vec![Size::ExtraLarge]), ..nothing() }, "sizes", json!(["extra_large"])),
    ]
}

/// The fields of a row that are there, as a program sees them.
fn seen(row: &Specimen) -> String {
    format!("{:?}", Specimen { id: Id::from(Uuid::nil()), ..row.clone() })
}

#[test]
fn what_a_program_writes_it_reads_and_http_tells() {
    on_every_database(async |app| {
        let system = app.app().system("a test");
        for (draft, field, told) in values() {
            let created = system.create::<Specimen>(draft).await.unwrap();
            let read = system.get::<Specimen>(created.key).await.unwrap();
            assert_eq!(seen(&read), seen(&created.row.unwrap()), "{field}");
            let answer = app.get(&format!("/api/specimens/{}", created.key)).send().await.json();
            assert_eq!(answer["data"][field], told, "{field}");
        }
        let label = "a".to_owned();
        let drawer = system.create::<Drawer>(Draft::<Drawer> { label }).await.unwrap().key;
        let created = system.create::<Specimen>(Draft::<Specimen> { drawer: Some(drawer.into()), ..nothing() }).await;
        assert_eq!(created.unwrap().row.unwrap().drawer, Some(drawer.into()));
    });
}

#[test]
fn what_no_column_holds_is_a_violation() {
    on_every_database(async |app| {
        let system = app.app().system("a test");
        let decimal = |text: &str| Some(text.parse::<Decimal>().unwrap());
        let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
        for (draft, expected) in [
            (Draft::<Specimen> { ratio: Some(f64::NAN), ..nothing() }, "/ratio RANGE"),
            (Draft::<Specimen> { ratio: Some(f64::NEG_INFINITY), ..nothing() }, "/ratio RANGE"),
            (Draft::<Specimen> { large: Some(1 << 53), ..nothing() }, "/large RANGE"),
            (Draft::<Specimen> { text: Some("\0".to_owned()), ..nothing() }, "/text NUL"),
            (Draft::<Specimen> { whole: decimal("0.5"), ..nothing() }, "/whole SCALE"),
            (Draft::<Specimen> { price: decimal("10000000000000000"), ..nothing() }, "/price RANGE"),
            (Draft::<Specimen> { extra: Some(json!({"a": ["\0"]})), ..nothing() }, "/extra/a/0 NUL"),
            (Draft::<Specimen> { extra: Some(deep), ..nothing() }, "/extra DEPTH"),
            (Draft::<Specimen> { ratios: Some(vec![0.0, f64::NAN]), ..nothing() }, "/ratios/1 RANGE"),
            (Draft::<Specimen> { tags: Some(vec!["\0".to_owned()]), ..nothing() }, "/tags/0 NUL"),
            (Draft::<Specimen> { tags: Some(vec![String::new(); 4]), ..nothing() }, "/tags LEN"),
            (Draft::<Specimen> { prices: decimal("0.0001").map(|price| vec![price]), ..nothing() }, "/prices/0 SCALE"),
            (Draft::<Specimen> { counts: Some(vec![1 << 53]), ..nothing() }, "/counts/0 RANGE"),
        ] {
            let error = system.create::<Specimen>(draft).await.unwrap_err();
            let found = error.violations().first().map(|one| format!("{} {}", one.pointer, one.code));
            let found = found.unwrap_or_default();
            let (pointer, code) = expected.split_once(' ').unwrap();
            assert!(found.starts_with(pointer) && found.ends_with(code), "{found}, and not {expected}");
        }
    });
}

#[test]
fn a_program_finds_rows_by_the_items_of_their_lists() {
    on_every_database(async |app| {
        let system = app.app().system("a test");
        let tags = |tags: &[&str]| Some(tags.iter().map(|tag| (*tag).to_owned()).collect());
        let price = "0.5".parse::<Decimal>().unwrap();
        for draft in [
            Draft::<Specimen> { tags: tags(&["a", "b"]), prices: Some(vec![price]), ..nothing() },
            Draft::<Specimen> { tags: tags(&["ab"]), ..nothing() },
            nothing(),
        ] {
            system.create::<Specimen>(draft).await.unwrap();
        }
        let found = async |field: &str, test| {
            system.list::<Specimen>().test(field, test).page().await.map(|page| page.rows.len())
        };
        assert_eq!(found("tags", Test::Has(Value::Text("a".to_owned()))).await.unwrap(), 1);
        assert_eq!(found("tags", Test::Has(Value::Text("c".to_owned()))).await.unwrap(), 0);
        assert_eq!(found("prices", Test::Has(Value::Decimal(Fixed::new(5, 1)))).await.unwrap(), 1, "at its own scale");
        assert!(found("tags", Test::Has(Value::Int(1))).await.is_err());
        assert!(found("text", Test::Has(Value::Text("a".to_owned()))).await.is_err());
        assert!(found("ratios", Test::Has(Value::Float(mimsy_schema::Finite::new(0.0).unwrap()))).await.is_err());
    });
}
