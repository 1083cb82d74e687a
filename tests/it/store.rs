//! The store, on every database: what goes in comes out, what is acknowledged stays, what fails leaves nothing.

mod catalog;
mod freshness;
mod outages;
mod pool;
mod time;
mod transactions;
mod units;
mod values;

use mimsy_runtime::sql::dialect::{DecimalStorage, Placeholder};
use mimsy_runtime::sql::{Bind, Column, Dialect, Statement};
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_schema::{Kind, Value};
use mimsy_tests::cluster::{Engine, TestDatabase, engines, fresh};

/// Run a test on a fresh database of every engine.
fn on_every_engine(test: impl AsyncFn(Store, &TestDatabase)) {
    for engine in engines() {
        on(engine, Options::default(), &test);
    }
}

fn on(engine: Engine, options: Options, test: impl AsyncFn(Store, &TestDatabase)) {
    let database = fresh(engine);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::connect(&database.url, options).await.unwrap();
        test(store, &database).await;
    });
}

/// A statement with `?1`, `?2`, … in it, spelled for the database.
fn statement(dialect: &Dialect, text: &str, binds: Vec<Bind>, kinds: &[Kind]) -> Statement {
    let text = match dialect.placeholder {
        Placeholder::Question => text.to_owned(),
        Placeholder::Dollar => text.replace('?', "$"),
    };
    Statement { text: text.into(), binds, columns: kinds.iter().map(|kind| Column { kind: *kind, scale: 2 }).collect() }
}

fn int(value: i64) -> Bind {
    Bind { value: Value::Int(value), kind: Kind::Int }
}

fn text(value: &str) -> Bind {
    Bind { value: Value::Text(value.to_owned()), kind: Kind::Text }
}

/// A column's definition in words of the database.
fn column(dialect: &Dialect, kind: Kind, scale: u8) -> String {
    match kind {
        Kind::Bool => dialect.types.boolean.to_owned(),
        Kind::Int | Kind::Row | Kind::Rows => dialect.types.int.to_owned(),
        Kind::Text | Kind::Enum => dialect.types.text.to_owned(),
        Kind::Timestamp => dialect.types.timestamp.to_owned(),
        Kind::Float => dialect.types.float.to_owned(),
        Kind::Bytes => dialect.types.bytes.to_owned(),
        Kind::Json | Kind::List => dialect.types.json.to_owned(),
        Kind::Date => dialect.types.date.to_owned(),
        Kind::Time => dialect.types.time.to_owned(),
        Kind::Uuid => dialect.types.uuid.to_owned(),
        Kind::Decimal => match dialect.decimals {
            DecimalStorage::Unscaled => "INTEGER".to_owned(),
            DecimalStorage::Numeric => format!("NUMERIC(18, {scale})"),
        },
    }
}

/// All rows of a statement, each in a read of its own.
async fn rows(store: &Store, statement: Statement) -> Result<Vec<Vec<Value>>, StoreError> {
    store
        .read(move |tx| {
            Box::pin(async move {
                let mut rows = Vec::new();
                tx.rows(&statement, &mut |row| {
                    let cells = (0..statement.columns.len()).map(|index| Ok(row.cell(index)?.to_value()));
                    rows.push(cells.collect::<Result<_, _>>()?);
                    Ok(())
                })
                .await?;
                Ok(rows)
            })
        })
        .await
}

/// One write of one statement.
async fn execute(store: &Store, statement: Statement) -> Result<u64, StoreError> {
    store.write(move |tx| Box::pin(async move { tx.execute(&statement).await })).await
}

/// A table of numbered notes, and how many it holds.
async fn notes(store: &Store) {
    let (int, text) = (store.dialect().types.int, store.dialect().types.text);
    let suffix = store.dialect().table_suffix;
    let table = format!("CREATE TABLE notes (id {int} NOT NULL PRIMARY KEY, body {text} NOT NULL){suffix}");
    store.script(vec![table]).await.unwrap();
}

fn insert(dialect: &Dialect, id: i64) -> Statement {
    statement(dialect, "INSERT INTO notes (id, body) VALUES (?1, ?2)", vec![int(id), text("note")], &[])
}

async fn ids(store: &Store) -> Vec<i64> {
    let found = rows(store, statement(store.dialect(), "SELECT id FROM notes ORDER BY id", vec![], &[Kind::Int])).await;
    let id = |row: &Vec<Value>| match row[0] {
        Value::Int(id) => id,
        ref other => panic!("an id is {other:?}"),
    };
    found.unwrap().iter().map(id).collect()
}
