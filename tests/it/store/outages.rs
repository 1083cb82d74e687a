//! What only a server has: connections that die, pools that run dry, transactions that cross.

use std::time::Duration;

use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_schema::Kind;
use mimsy_tests::cluster::{Engine, Server, engines};

use super::{execute, ids, insert, int, notes, on, rows, statement};

fn on_postgres(options: Options, test: impl AsyncFn(Store, &mimsy_tests::cluster::TestDatabase)) {
    if engines().contains(&Engine::Postgres) {
        on(Engine::Postgres, options, test);
    }
}

fn impatient() -> Options {
    Options { busy_timeout: Duration::from_millis(300), ..Options::default() }
}

#[test]
fn connections_that_died_in_the_pool_are_replaced_unnoticed() {
    on_postgres(Options::default(), async |store, database| {
        notes(&store).await;
        // Fill the pool.
        let readers: Vec<_> = (0..16)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { ids(&store).await })
            })
            .collect();
        for reader in readers {
            reader.await.unwrap();
        }
        let other = Store::connect(&database.url, Options { pool_size: 1, ..Options::default() }).await.unwrap();
        let kill = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND \
                    datname = current_database()";
        let kill = statement(other.dialect(), kill, vec![], &[Kind::Int]);
        rows(&other, kill.clone()).await.unwrap();
        assert_eq!(ids(&store).await, [0; 0]);
        rows(&other, kill.clone()).await.unwrap();
        execute(&store, insert(store.dialect(), 1)).await.unwrap();
        rows(&other, kill).await.unwrap();
        store.ping().await.unwrap();
        assert_eq!(ids(&store).await, [1]);
    });
}

#[test]
fn a_server_that_is_down_is_unavailable_and_back_when_it_is_back() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let server = Server::start().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::connect(&server.url("postgres"), impatient()).await.unwrap();
        notes(&store).await;
        execute(&store, insert(store.dialect(), 1)).await.unwrap();
        server.halt().unwrap();
        let error = store.ping().await;
        assert!(matches!(error, Err(StoreError::Unavailable(_))), "{error:?}");
        let error = execute(&store, insert(store.dialect(), 2)).await;
        assert!(matches!(error, Err(StoreError::Unavailable(_))), "{error:?}");
        server.resume().unwrap();
        assert_eq!(ids(&store).await, [1]);
        execute(&store, insert(store.dialect(), 3)).await.unwrap();
    });
}

#[test]
fn a_pool_that_is_exhausted_is_busy_not_unavailable() {
    on_postgres(Options { pool_size: 1, ..impatient() }, async |store, _| {
        let inner = store.clone();
        let outcome: Result<(), StoreError> =
            store.read(move |_| Box::pin(async move { inner.read(|_| Box::pin(async { Ok(()) })).await })).await;
        assert!(matches!(outcome, Err(StoreError::Busy)), "{outcome:?}");
        store.ping().await.unwrap();
    });
}

#[test]
fn too_many_writes_at_once_are_busy() {
    on_postgres(Options { pool_size: 1, queue: 1, ..Options::default() }, async |store, _| {
        notes(&store).await;
        let inner = store.clone();
        let outcome: Result<u64, StoreError> =
            store.write(move |_| Box::pin(async move { execute(&inner, insert(inner.dialect(), 1)).await })).await;
        assert!(matches!(outcome, Err(StoreError::Busy)), "{outcome:?}");
        execute(&store, insert(store.dialect(), 2)).await.unwrap();
    });
}

#[test]
fn transactions_that_cross_can_be_tried_again() {
    on_postgres(Options::default(), async |store, _| {
        notes(&store).await;
        for id in 1..=2 {
            execute(&store, insert(store.dialect(), id)).await.unwrap();
        }
        let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(2));
        let touch = |id| statement(store.dialect(), "UPDATE notes SET body = 'x' WHERE id = ?1", vec![int(id)], &[]);
        let crossing = |first, second| {
            let (store, barrier) = (store.clone(), std::sync::Arc::clone(&barrier));
            let (first, second) = (touch(first), touch(second));
            tokio::spawn(async move {
                let outcome: Result<u64, StoreError> = store
                    .write(move |tx| {
                        Box::pin(async move {
                            tx.execute(&first).await?;
                            barrier.wait().await;
                            tx.execute(&second).await
                        })
                    })
                    .await;
                outcome
            })
        };
        let (one, other) = (crossing(1, 2), crossing(2, 1));
        let outcomes = [one.await.unwrap(), other.await.unwrap()];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(StoreError::Serialization))), "{outcomes:?}");
    });
}

#[test]
fn a_unit_whose_caller_hangs_up_is_rolled_back() {
    on_postgres(Options { pool_size: 1, ..Options::default() }, async |store, _| {
        notes(&store).await;
        let one = insert(store.dialect(), 1);
        let (began, has_begun) = tokio::sync::oneshot::channel();
        let writer = store.clone();
        let unit = tokio::spawn(async move {
            let outcome: Result<(), StoreError> = writer
                .write(move |tx| {
                    Box::pin(async move {
                        tx.execute(&one).await?;
                        let _ = began.send(());
                        std::future::pending().await
                    })
                })
                .await;
            outcome
        });
        has_begun.await.unwrap();
        unit.abort();
        assert!(unit.await.unwrap_err().is_cancelled());
        // The same row: it waits until the server has rolled back.
        execute(&store, insert(store.dialect(), 1)).await.unwrap();
        assert_eq!(ids(&store).await, [1]);
    });
}

#[test]
fn a_refused_connection_says_why_and_names_no_password() {
    on_postgres(Options::default(), async |_, database| {
        let missing = database.url.replace("mimsy@", "mimsy:hunter2@").replace("/test_", "/missing_");
        let error = Store::connect(&missing, Options::default()).await.err().unwrap();
        assert!(matches!(&error, StoreError::Address(text) if text.contains("does not exist")), "{error:?}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    });
}
