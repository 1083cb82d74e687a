//! Another process on the same database, for the tests: it does what it is told, line by line, and answers each line.
//!
//! `process <address of the database>`; then `write <id>` on standard input is answered by `done <id>` when the note is
//! committed, and `read <id>` by `found <id>` or `missing <id>`. It ends when its standard input does.

use std::io::{BufRead as _, Write as _};

use mimsy_runtime::sql::dialect::Placeholder;
use mimsy_runtime::sql::{Bind, Statement};
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_schema::{Kind, Value};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("usage: process <address of the database>")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let store = runtime.block_on(Store::connect(&url, Options { pool_size: 1, ..Options::default() }))?;
    let mut told = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (verb, id) = line.split_once(' ').ok_or("a verb and an id")?;
        let answer = match verb {
            "write" => runtime.block_on(write(&store, id.parse()?)).map(|_| "done")?,
            "read" if runtime.block_on(read(&store, id.parse()?))? => "found",
            "read" => "missing",
            other => return Err(format!("what is `{other}`?").into()),
        };
        writeln!(told, "{answer} {id}")?;
        told.flush()?;
    }
    Ok(())
}

async fn write(store: &Store, id: i64) -> Result<u64, StoreError> {
    let insert = statement(store, "INSERT INTO notes (id, body) VALUES (?1, 'another process')", id);
    store.write(move |tx| Box::pin(async move { tx.execute(&insert).await })).await
}

async fn read(store: &Store, id: i64) -> Result<bool, StoreError> {
    let select = statement(store, "SELECT id FROM notes WHERE id = ?1", id);
    store
        .read(move |tx| {
            Box::pin(async move {
                let mut found = false;
                tx.rows(&select, &mut |_| {
                    found = true;
                    Ok(())
                })
                .await?;
                Ok(found)
            })
        })
        .await
}

fn statement(store: &Store, text: &str, id: i64) -> Statement {
    let text = match store.dialect().placeholder {
        Placeholder::Question => text.to_owned(),
        Placeholder::Dollar => text.replace('?', "$"),
    };
    Statement { text: text.into(), binds: vec![Bind { value: Value::Int(id), kind: Kind::Int }], columns: [].into() }
}
