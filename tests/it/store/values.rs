//! Every kind through bind and cell, at its extremes.

use mimsy_runtime::row::BadCell;
use mimsy_runtime::sql::{Bind, Column, Statement};
use mimsy_runtime::store::StoreError;
use mimsy_schema::{Date, Document, Finite, Fixed, Kind, Time, Timestamp, Value};
use uuid::Uuid;

use super::{column, execute, int, on_every_engine, rows, statement, text};

/// Each kind with its scale and its extremes. The largest decimal has 18 digits.
fn extremes() -> Vec<(Kind, u8, Vec<Value>)> {
    let most = 999_999_999_999_999_999;
    let decimals = |scale: u8| {
        let unscaled =
            [0, 1, -1, 9, 10, 99, 100, 101, 9_999, 10_000, 10_001, 100_000_000, 123_456_789_012, most, -most];
        (Kind::Decimal, scale, unscaled.map(|unscaled| Value::Decimal(Fixed::new(unscaled, scale))).to_vec())
    };
    let moment = |micros| Value::Timestamp(Timestamp::from_micros(micros).unwrap());
    let text = |text: &str| Value::Text(text.to_owned());
    vec![
        (Kind::Bool, 0, vec![Value::Bool(false), Value::Bool(true)]),
        (Kind::Int, 0, [0, 1, -1, i64::MIN, i64::MAX].map(Value::Int).to_vec()),
        (
            Kind::Text,
            0,
            vec![
                text(""),
                text(" "),
                text("'; DROP TABLE extremes; --"),
                text("ü €\u{10FFFF}\r\n\t\"%_\\"),
                text("e\u{301}"),
                text(&"long ".repeat(200_000)),
            ],
        ),
        (Kind::Enum, 0, vec![text("draft"), text("paid")]),
        decimals(0),
        decimals(1),
        decimals(2),
        decimals(4),
        decimals(7),
        decimals(18),
        (
            Kind::Timestamp,
            0,
            vec![
                Value::Timestamp(Timestamp::MIN),
                Value::Timestamp(Timestamp::MAX),
                moment(0),
                moment(-1),
                moment(946_684_800_000_000),
                moment(946_684_799_999_999),
                moment(1_795_000_000_123_456),
            ],
        ),
        (
            Kind::Float,
            0,
            [0.0, 1.0, -1.5, 0.1, 1e16, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, (1u64 << 53) as f64 + 2.0]
                .map(|number| Value::Float(Finite::new(number).unwrap()))
                .to_vec(),
        ),
        (
            Kind::Bytes,
            0,
            vec![
                Value::Bytes(vec![]),
                Value::Bytes(vec![0]),
                Value::Bytes((0..=255).collect()),
                Value::Bytes(b"'; DROP TABLE extremes; --\\x00".to_vec()),
                Value::Bytes(vec![0xff; 5_000_000]),
            ],
        ),
        (
            Kind::Date,
            0,
            [Date::MIN, Date::MAX, Date::UNIX_EPOCH, Date::new(1999, 12, 31), Date::new(2000, 2, 29)]
                .map(Value::Date)
                .to_vec(),
        ),
        (
            Kind::Time,
            0,
            [Time::MIN, Time::MAX, Time::new(12, 30, 15), Time::from_micros(1).unwrap()].map(Value::Time).to_vec(),
        ),
        (
            Kind::Json,
            0,
            [
                "null",
                "{}",
                r#"{"b":1,"a":{"d":[],"c":null}}"#,
                r#"[0,-0.0,0.1,1e300,5e-324,1e16,-1e19,18446744073709551615,-9223372036854775808,123456789.123456789]"#,
                r#""'; DROP TABLE extremes; -- \"\\\u0001é\ud83d\ude00""#,
                r#"{"bb":true,"a":false,"":"","ä":1,"a b":2}"#,
            ]
            .map(|text| Value::Json(Document::parse(text).unwrap()))
            .to_vec(),
        ),
        (Kind::Uuid, 0, vec![Value::Uuid(Uuid::nil()), Value::Uuid(Uuid::max()), Value::Uuid(Uuid::now_v7())]),
    ]
}

#[test]
fn every_value_comes_back_as_it_went_in() {
    on_every_engine(async |store, _| {
        let dialect = store.dialect();
        for (number, (kind, scale, mut values)) in extremes().into_iter().enumerate() {
            values.push(Value::Null);
            let table = format!("extremes_{number}");
            let definition = column(dialect, kind, scale);
            let (int_type, suffix) = (dialect.types.int, dialect.table_suffix);
            store
                .script(vec![format!("CREATE TABLE {table} (id {int_type} PRIMARY KEY, value {definition}){suffix}")])
                .await
                .unwrap();
            let columns = vec![Column { kind, scale }];
            for (id, value) in values.into_iter().enumerate() {
                let id = i64::try_from(id).unwrap();
                let bind = Bind { value: value.clone(), kind };
                let insert = statement(
                    dialect,
                    &format!("INSERT INTO {table} (id, value) VALUES (?1, ?2)"),
                    vec![int(id), bind.clone()],
                    &[],
                );
                assert_eq!(execute(&store, insert).await.unwrap(), 1);
                let by_id = statement(dialect, &format!("SELECT value FROM {table} WHERE id = ?1"), vec![int(id)], &[]);
                let found = rows(&store, Statement { columns: columns.clone().into(), ..by_id }).await.unwrap();
                assert_eq!(found, [[value.clone()]], "{kind:?} of scale {scale} on {}", dialect.types.text);
                // The database must take the bind for the same value, not only hand the same bytes back.
                let same = dialect.null_safe_equal;
                let by_value = format!("SELECT id FROM {table} WHERE value {same} ?1");
                let found = rows(&store, statement(dialect, &by_value, vec![bind], &[Kind::Int])).await.unwrap();
                assert_eq!(found, [[Value::Int(id)]], "{kind:?} of scale {scale}: {value:?}");
            }
        }
    });
}

#[test]
fn the_database_computes_with_the_values_that_were_bound() {
    on_every_engine(async |store, _| {
        let dialect = store.dialect();
        let (int_type, decimal) = (dialect.types.int, column(dialect, Kind::Decimal, 2));
        let table = format!("CREATE TABLE sums (n {int_type}, d {decimal}){}", dialect.table_suffix);
        store.script(vec![table]).await.unwrap();
        for (n, unscaled) in [(1, 1), (i64::from(i32::MAX), 999_999), (-5, -100)] {
            let decimal = Bind { value: Value::Decimal(Fixed::new(unscaled, 2)), kind: Kind::Decimal };
            execute(&store, statement(dialect, "INSERT INTO sums VALUES (?1, ?2)", vec![int(n), decimal], &[]))
                .await
                .unwrap();
        }
        let sums = statement(
            dialect,
            "SELECT COUNT(*), SUM(n), SUM(d), MIN(d) FROM sums",
            vec![],
            &[Kind::Int, Kind::Int, Kind::Decimal, Kind::Decimal],
        );
        let decimal = |unscaled| Value::Decimal(Fixed::new(unscaled, 2));
        let expected = [Value::Int(3), Value::Int(i64::from(i32::MAX) - 4), decimal(999_900), decimal(-100)];
        assert_eq!(rows(&store, sums).await.unwrap(), [expected]);
    });
}

#[test]
fn a_cell_of_another_kind_than_the_schema_says_is_told_without_its_value() {
    on_every_engine(async |store, _| {
        let dialect = store.dialect();
        let table = format!("CREATE TABLE secrets (body {}){}", dialect.types.text, dialect.table_suffix);
        store.script(vec![table]).await.unwrap();
        execute(&store, statement(dialect, "INSERT INTO secrets VALUES (?1)", vec![text("hunter2")], &[]))
            .await
            .unwrap();
        for kind in [
            Kind::Bool,
            Kind::Int,
            Kind::Decimal,
            Kind::Timestamp,
            Kind::Uuid,
            Kind::Float,
            Kind::Bytes,
            Kind::Date,
            Kind::Time,
            Kind::Json,
        ] {
            let error =
                rows(&store, statement(dialect, "SELECT body FROM secrets", vec![], &[kind])).await.unwrap_err();
            let StoreError::BadCell(BadCell { index: 0, expected, .. }) = &error else { panic!("{kind:?}: {error:?}") };
            assert_eq!(*expected, kind.name());
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
        // A statement that gives fewer columns than it says.
        let error =
            rows(&store, statement(dialect, "SELECT body FROM secrets", vec![], &[Kind::Text, Kind::Text])).await;
        assert!(matches!(error, Err(StoreError::BadCell(BadCell { index: 1, .. }))), "{error:?}");
    });
}

#[test]
fn the_error_of_a_reader_ends_its_statement_and_nothing_else() {
    on_every_engine(async |store, _| {
        let dialect = store.dialect();
        let table = format!("CREATE TABLE numbers (n {}){}", dialect.types.int, dialect.table_suffix);
        store.script(vec![table]).await.unwrap();
        for n in 0..100 {
            execute(&store, statement(dialect, "INSERT INTO numbers VALUES (?1)", vec![int(n)], &[])).await.unwrap();
        }
        let all = statement(dialect, "SELECT n FROM numbers ORDER BY n", vec![], &[Kind::Int]);
        let outcome: Result<(usize, usize), StoreError> = store
            .read(move |tx| {
                Box::pin(async move {
                    let mut seen = 0;
                    let refused = BadCell { index: 0, expected: "int", found: "enough".to_owned() };
                    let first = tx
                        .rows(&all, &mut |_| {
                            seen += 1;
                            if seen == 3 { Err(refused.clone()) } else { Ok(()) }
                        })
                        .await;
                    assert!(matches!(first, Err(StoreError::BadCell(_))), "{first:?}");
                    let mut again = 0;
                    tx.rows(&all, &mut |_| {
                        again += 1;
                        Ok(())
                    })
                    .await?;
                    Ok((seen, again))
                })
            })
            .await;
        assert_eq!(outcome.unwrap(), (3, 100));
    });
}
