//! Transactions that stay open: what is committed, what is not, and that whoever holds one for too long is left behind.

use std::future::pending;
use std::sync::mpsc;
use std::time::Duration;

use mimsy_runtime::sql::{Dialect, Statement};
use mimsy_runtime::store::{Options, Store, StoreError, Transaction};
use mimsy_tests::cluster::{Engine, engines};
use tokio::sync::oneshot;

use super::{execute, ids, insert, notes, on, on_every_engine};

/// Long enough for everything that does not wait.
const AMPLE: Duration = Duration::from_secs(60);

/// So short that a test need not wait long for its end.
const SHORT: Duration = Duration::from_millis(100);

async fn add(transaction: &Transaction, dialect: &Dialect, id: i64) -> Result<u64, StoreError> {
    let statement = insert(dialect, id);
    transaction.write(move |tx| Box::pin(async move { tx.execute(&statement).await })).await
}

async fn count(transaction: &Transaction) -> Result<usize, StoreError> {
    let all = Statement { text: "SELECT id FROM notes".into(), binds: vec![], columns: [].into() };
    transaction
        .read(move |tx| {
            Box::pin(async move {
                let mut count = 0;
                tx.rows(&all, &mut |_| {
                    count += 1;
                    Ok(())
                })
                .await?;
                Ok(count)
            })
        })
        .await
}

#[test]
fn a_transaction_is_kept_whole_and_reads_what_it_wrote() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let beside = store.clone();
        let seen: Result<usize, StoreError> = store
            .transaction(AMPLE, async |transaction| {
                add(&transaction, beside.dialect(), 1).await?;
                // Something else than its own statements, which a unit on the writer could not wait for.
                assert_eq!(ids(&beside).await, [0; 0], "nobody else sees it before the commit");
                add(&transaction, beside.dialect(), 2).await?;
                count(&transaction).await
            })
            .await;
        assert_eq!(seen.unwrap(), 2);
        assert_eq!(ids(&store).await, [1, 2]);
    });
}

#[test]
fn a_unit_that_fails_leaves_the_rest_of_its_transaction() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let dialect = store.dialect();
        execute(&store, insert(dialect, 1)).await.unwrap();
        let outcome: Result<(), StoreError> = store
            .transaction(AMPLE, async |transaction| {
                add(&transaction, dialect, 2).await?;
                let twice = add(&transaction, dialect, 1).await;
                assert!(matches!(twice, Err(StoreError::Unique { .. })), "{twice:?}");
                add(&transaction, dialect, 3).await.map(|_| ())
            })
            .await;
        outcome.unwrap();
        assert_eq!(ids(&store).await, [1, 2, 3]);
    });
}

#[test]
fn what_does_not_end_well_leaves_nothing_and_the_next_write_is_made() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let dialect = store.dialect();
        let failed: Result<(), StoreError> = store
            .transaction(AMPLE, async |transaction| {
                add(&transaction, dialect, 1).await?;
                Err(StoreError::Busy)
            })
            .await;
        assert!(matches!(failed, Err(StoreError::Busy)), "{failed:?}");

        let panicking = store.clone();
        let panicked = tokio::spawn(async move {
            let outcome: Result<(), StoreError> = panicking
                .transaction(AMPLE, async |transaction| {
                    add(&transaction, dialect, 1).await?;
                    panic!("this test wants a panic")
                })
                .await;
            outcome
        });
        assert!(panicked.await.unwrap_err().is_panic());

        let (began, has_begun) = oneshot::channel();
        let dropping = store.clone();
        let dropped = tokio::spawn(async move {
            let outcome: Result<(), StoreError> = dropping
                .transaction(AMPLE, async |transaction| {
                    add(&transaction, dialect, 1).await?;
                    let _ = began.send(());
                    pending().await
                })
                .await;
            outcome
        });
        has_begun.await.unwrap();
        dropped.abort();
        assert!(dropped.await.unwrap_err().is_cancelled());

        let swallowed: Result<(), StoreError> = store
            .transaction(AMPLE, async |transaction| {
                add(&transaction, dialect, 1).await?;
                let broken = Statement { text: "SELECT oops".into(), binds: vec![], columns: [].into() };
                let read: Result<u64, StoreError> =
                    transaction.read(move |tx| Box::pin(async move { tx.execute(&broken).await })).await;
                assert!(read.is_err());
                Ok(())
            })
            .await;
        assert!(matches!(swallowed, Err(StoreError::Other(_))), "{swallowed:?}");

        // The same row: it would collide with one that was left behind.
        execute(&store, insert(dialect, 1)).await.unwrap();
        assert_eq!(ids(&store).await, [1]);
    });
}

#[test]
fn a_transaction_whose_time_is_over_is_rolled_back() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let dialect = store.dialect();
        let waiting: Result<(), StoreError> = store
            .transaction(SHORT, async |transaction| {
                add(&transaction, dialect, 1).await?;
                pending().await
            })
            .await;
        assert!(matches!(waiting, Err(StoreError::TimedOut)), "{waiting:?}");
        execute(&store, insert(dialect, 1)).await.unwrap();
    });
}

#[test]
fn a_transaction_that_hangs_is_left_behind() {
    on_every_engine(async |store, database| {
        notes(&store).await;
        let dialect = store.dialect();
        let (began, has_begun) = oneshot::channel();
        let (go, wait) = mpsc::channel::<()>();
        let (engine, url, same) = (database.engine, database.url.clone(), store.clone());
        // On a thread of its own, which it keeps: no timer of a runtime's reaches it.
        let hung = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let store = match engine {
                    Engine::Sqlite => same,
                    // The connections of a store belong to its runtime.
                    Engine::Postgres => Store::connect(&url, Options::default()).await.unwrap(),
                };
                let outcome: Result<(), StoreError> = store
                    .transaction(SHORT, async move |transaction| {
                        add(&transaction, dialect, 1).await?;
                        let _ = began.send(());
                        let _ = wait.recv();
                        add(&transaction, dialect, 2).await.map(|_| ())
                    })
                    .await;
                outcome
            })
        });
        has_begun.await.unwrap();
        // It collides with the hanging transaction's row until that is rolled back.
        execute(&store, insert(dialect, 1)).await.unwrap();
        go.send(()).unwrap();
        let hung = hung.join().unwrap();
        assert!(matches!(hung, Err(StoreError::TimedOut)), "{hung:?}");
        assert_eq!(ids(&store).await, [1]);
    });
}

#[test]
fn what_leaves_its_transaction_is_refused() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let dialect = store.dialect();
        let kept: Result<Transaction, StoreError> = store.transaction(AMPLE, async |transaction| Ok(transaction)).await;
        let late = add(&kept.unwrap(), dialect, 1).await;
        assert!(matches!(late, Err(StoreError::Other(_))), "{late:?}");

        let mut kept = None;
        let outcome: Result<(), StoreError> = store
            .transaction(AMPLE, |transaction| {
                kept = Some(transaction);
                async { Err(StoreError::Busy) }
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::Busy)));
        execute(&store, insert(dialect, 1)).await.unwrap();
        let late = add(&kept.unwrap(), dialect, 2).await;
        assert!(matches!(late, Err(StoreError::Other(_))), "{late:?}");
        assert_eq!(ids(&store).await, [1]);
    });
}

#[test]
fn transactions_and_writes_at_once_are_all_made() {
    // On Postgres each takes a connection, and waits for one.
    let options = Options { pool_size: 4, ..Options::default() };
    for engine in engines() {
        on(engine, options.clone(), async |store, _| {
            notes(&store).await;
            let dialect = store.dialect();
            let tasks = (0..40).map(|task: i64| {
                let store: Store = store.clone();
                tokio::spawn(async move {
                    let base = task * 10;
                    if task % 2 == 0 {
                        execute(&store, insert(dialect, base)).await.unwrap();
                        execute(&store, insert(dialect, base + 1)).await.unwrap();
                        return;
                    }
                    let outcome: Result<(), StoreError> = store
                        .transaction(AMPLE, async |transaction| {
                            add(&transaction, dialect, base).await?;
                            tokio::task::yield_now().await;
                            add(&transaction, dialect, base + 1).await?;
                            if task % 4 == 3 { Err(StoreError::Busy) } else { Ok(()) }
                        })
                        .await;
                    assert_eq!(outcome.is_ok(), task % 4 != 3, "{outcome:?}");
                })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await.unwrap();
            }
            let kept = (0..40).filter(|task| task % 4 != 3).flat_map(|task| [task * 10, task * 10 + 1]);
            assert_eq!(ids(&store).await, kept.collect::<Vec<_>>());
        });
    }
}

#[test]
fn a_store_closes_after_its_transaction() {
    on_every_engine(async |store, _| {
        notes(&store).await;
        let dialect = store.dialect();
        let (began, has_begun) = oneshot::channel();
        let (go, wait) = oneshot::channel::<()>();
        let working = store.clone();
        let work = tokio::spawn(async move {
            let outcome: Result<(), StoreError> = working
                .transaction(AMPLE, async |transaction| {
                    let _ = began.send(());
                    let _ = wait.await;
                    add(&transaction, dialect, 1).await.map(|_| ())
                })
                .await;
            outcome
        });
        has_begun.await.unwrap();
        let closing = store.clone();
        let closed = tokio::spawn(async move { closing.close().await });
        go.send(()).unwrap();
        work.await.unwrap().unwrap();
        closed.await.unwrap();
        let late: Result<(), StoreError> = store.transaction(AMPLE, async |_| Ok(())).await;
        assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
    });
}
