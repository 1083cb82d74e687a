//! Statements that would never end: they are ended in time, or when nobody waits for them, and nobody else notices.

use std::time::{Duration, Instant};

use mimsy_runtime::sql::Statement;
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_schema::{Kind, Value};
use mimsy_tests::cluster::{Engine, engines};

use super::{execute, ids, insert, int, notes, on, rows, statement};

/// How long statements may run here.
const SHORT: Duration = Duration::from_millis(200);

/// So long that a test that waits for its end hangs.
const FOR_EVER: Duration = Duration::from_secs(3600);

fn within(time: Duration) -> Options {
    Options { statement_time: Some(time), ..Options::default() }
}

fn on_every_engine(options: Options, test: impl AsyncFn(Store)) {
    for engine in engines() {
        on(engine, options.clone(), async |store, _| test(store).await);
    }
}

/// Counts for ever.
fn endless() -> Statement {
    let text = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 - i % 2 * 2 FROM n) SELECT COUNT(*) FROM n";
    Statement { text: text.into(), binds: vec![], columns: [].into() }
}

async fn read(store: &Store, statement: Statement) -> Result<(), StoreError> {
    store.read(move |tx| Box::pin(async move { tx.rows(&statement, &mut |_| Ok(())).await })).await
}

#[test]
fn a_statement_that_takes_too_long_is_ended() {
    on_every_engine(within(SHORT), async |store| {
        notes(&store).await;
        let outcome = read(&store, endless()).await;
        assert!(matches!(outcome, Err(StoreError::TimedOut)), "{outcome:?}");
        let outcome: Result<(), StoreError> =
            store.snapshot(|tx| Box::pin(async move { tx.rows(&endless(), &mut |_| Ok(())).await })).await;
        assert!(matches!(outcome, Err(StoreError::TimedOut)), "{outcome:?}");
        let dialect = store.dialect();
        let outcome: Result<(), StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    tx.execute(&insert(dialect, 1)).await?;
                    tx.rows(&endless(), &mut |_| Ok(())).await
                })
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::TimedOut)), "{outcome:?}");
        execute(&store, insert(dialect, 1)).await.unwrap();
        assert_eq!(ids(&store).await, [1]);
    });
}

#[test]
fn a_write_that_takes_too_long_is_ended() {
    on_every_engine(within(SHORT), async |store| {
        notes(&store).await;
        let text = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 - i % 2 * 2 FROM n) INSERT INTO notes (id, \
                    body) SELECT 7, 'endless' FROM n WHERE i < 0";
        let endless = Statement { text: text.into(), binds: vec![], columns: [].into() };
        let outcome = execute(&store, endless).await;
        assert!(matches!(outcome, Err(StoreError::TimedOut)), "{outcome:?}");
        execute(&store, insert(store.dialect(), 7)).await.unwrap();
        assert_eq!(ids(&store).await, [7]);
    });
}

#[test]
fn a_transaction_that_computes_for_too_long_is_left_behind() {
    on_every_engine(within(FOR_EVER), async |store| {
        notes(&store).await;
        let dialect = store.dialect();
        let outcome: Result<(), StoreError> = store
            .transaction(SHORT, async |transaction| {
                let statement = insert(dialect, 1);
                transaction
                    .write::<u64, StoreError, _>(move |tx| Box::pin(async move { tx.execute(&statement).await }))
                    .await?;
                transaction.read(|tx| Box::pin(async move { tx.rows(&endless(), &mut |_| Ok(())).await })).await
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::TimedOut)), "{outcome:?}");
        // The same row: it waits for the rollback.
        execute(&store, insert(dialect, 1)).await.unwrap();
    });
}

/// How many statements the server works on for this database, besides the one that asks.
async fn under_way(store: &Store) -> i64 {
    let text = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> \
                pg_backend_pid()";
    match rows(store, statement(store.dialect(), text, vec![], &[Kind::Int])).await.unwrap()[0][0] {
        Value::Int(count) => count,
        ref other => panic!("a count is {other:?}"),
    }
}

#[test]
fn a_statement_that_nobody_waits_for_is_ended() {
    on_every_engine(within(FOR_EVER), async |store| {
        notes(&store).await;
        // More than the pool has connections, and than there are places for what takes long.
        for _ in 0..20 {
            let hung_up = tokio::time::timeout(Duration::from_millis(10), read(&store, endless())).await;
            assert!(hung_up.is_err(), "it never ends");
        }
        if store.dialect().row_locks {
            let since = Instant::now();
            while under_way(&store).await > 0 {
                assert!(since.elapsed() < Duration::from_secs(30), "the server still works for nobody");
                tokio::task::yield_now().await;
            }
        }
        // It takes long enough to need such a place as well.
        let text =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT COUNT(*) FROM n";
        let long = statement(store.dialect(), text, vec![int(200_000)], &[Kind::Int]);
        assert_eq!(rows(&store, long).await.unwrap(), [[Value::Int(200_000)]]);
        execute(&store, insert(store.dialect(), 1)).await.unwrap();
    });
}

#[test]
fn rows_of_a_statement_that_takes_long_come_once_each_and_in_order() {
    on_every_engine(within(FOR_EVER), async |store| {
        // A few rows at once, then a long way to the others: it changes its thread in between.
        let text = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n WHERE i \
                    <= 3 OR i > ?1";
        let long = || statement(store.dialect(), text, vec![int(299_800)], &[Kind::Int]);
        let expected: Vec<Vec<Value>> = (1..=3).chain(299_801..=300_000).map(|i| vec![Value::Int(i)]).collect();
        // The second time it is known to take long.
        for _ in 0..2 {
            assert_eq!(rows(&store, long()).await.unwrap(), expected);
        }
        let again = long();
        let in_snapshot: Result<Vec<Vec<Value>>, StoreError> = store
            .snapshot(move |tx| {
                Box::pin(async move {
                    let mut rows = Vec::new();
                    tx.rows(&again, &mut |row| {
                        rows.push(vec![row.cell(0)?.to_value()]);
                        Ok(())
                    })
                    .await?;
                    Ok(rows)
                })
            })
            .await;
        assert_eq!(in_snapshot.unwrap(), expected);
    });
}

#[test]
fn a_snapshot_keeps_its_state_over_a_statement_that_takes_long() {
    on_every_engine(within(FOR_EVER), async |store| {
        notes(&store).await;
        let dialect = store.dialect();
        execute(&store, insert(dialect, 1)).await.unwrap();
        let (beside, many) = (store.clone(), 200_000);
        let text = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT (SELECT COUNT(*) FROM \
                    notes) FROM n WHERE i = ?1";
        let long = statement(dialect, text, vec![int(many)], &[Kind::Int]);
        let seen: Result<Vec<Value>, StoreError> = store
            .snapshot(move |tx| {
                Box::pin(async move {
                    let mut seen = Vec::new();
                    for id in 2..5 {
                        tx.rows(&long, &mut |row| {
                            seen.push(row.cell(0)?.to_value());
                            Ok(())
                        })
                        .await?;
                        execute(&beside, insert(dialect, id)).await?;
                    }
                    Ok(seen)
                })
            })
            .await;
        assert_eq!(seen.unwrap(), [1, 1, 1].map(Value::Int));
        assert_eq!(ids(&store).await, [1, 2, 3, 4]);
    });
}

#[test]
fn a_thread_goes_on_while_its_statement_takes_long() {
    for engine in engines() {
        let database = mimsy_tests::cluster::fresh(engine);
        // One thread for all: who kept it would keep everybody.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::connect(&database.url, within(FOR_EVER)).await.unwrap();
            notes(&store).await;
            for _ in 0..3 {
                tokio::select! {
                    biased;
                    ended = read(&store, endless()) => panic!("{ended:?}"),
                    quick = ids(&store) => assert_eq!(quick, [0; 0]),
                }
            }
            store.close().await;
        });
    }
}

#[test]
fn many_that_take_long_wait_for_each_other_and_all_are_answered() {
    on_every_engine(Options { busy_timeout: Duration::from_secs(60), ..within(FOR_EVER) }, async |store| {
        let text =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT COUNT(*) FROM n";
        let readers = (0..40).map(|task| {
            let (store, count) = (store.clone(), 50_000 + task);
            tokio::spawn(async move {
                let long = statement(store.dialect(), text, vec![int(count)], &[Kind::Int]);
                assert_eq!(rows(&store, long).await.unwrap(), [[Value::Int(count)]]);
            })
        });
        for reader in readers.collect::<Vec<_>>() {
            reader.await.unwrap();
        }
    });
}

#[test]
fn definitions_take_as_long_as_they_need() {
    for engine in engines() {
        on(engine, within(SHORT), async |store, database| {
            let text = match database.engine {
                Engine::Sqlite => {
                    "CREATE TABLE t AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \
                                   2000000) SELECT COUNT(*) FROM n"
                }
                Engine::Postgres => "CREATE TABLE t AS SELECT pg_sleep(0.5)::text",
            };
            let since = Instant::now();
            store.script(vec![text.to_owned()]).await.unwrap();
            assert!(since.elapsed() > SHORT, "it takes longer than a statement may");
        });
    }
}
