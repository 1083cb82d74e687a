//! A pool of the program's own under a store.

use std::time::Duration;

use mimsy_runtime::store::sqlx::{self, Row as _};
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_tests::cluster::{Engine, engines, fresh};

use super::{execute, ids, insert, notes};

#[test]
fn a_store_works_on_a_pool_of_the_programs_own() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let database = fresh(Engine::Postgres);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let pool = sqlx::postgres::PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_millis(300))
            .connect(&database.url)
            .await
            .unwrap();
        let store = Store::postgres(pool.clone(), Options::default());
        notes(&store).await;
        execute(&store, insert(store.dialect(), 1)).await.unwrap();
        assert_eq!(ids(&store).await, [1]);
        let count: i64 = sqlx::query("SELECT COUNT(*) FROM notes").fetch_one(&pool).await.unwrap().get(0);
        assert_eq!(count, 1, "the program's own statement, beside ours");

        let held = pool.acquire().await.unwrap();
        let busy = store.ping().await;
        assert!(matches!(busy, Err(StoreError::Busy)), "{busy:?}");
        drop(held);
        store.ping().await.unwrap();

        store.close().await;
        let closed = store.ping().await;
        assert!(matches!(closed, Err(StoreError::Unavailable(_))), "{closed:?}");
        let count: i64 = sqlx::query("SELECT COUNT(*) FROM notes").fetch_one(&pool).await.unwrap().get(0);
        assert_eq!(count, 1, "the pool is the program's, and stays open");
        pool.close().await;
    });
}

#[test]
fn a_first_connection_that_fails_says_where_it_was_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (url, says) in [
        (format!("postgres://ada:hunter2@127.0.0.1:{closed}/shop"), format!("`127.0.0.1`, port {closed}")),
        // It takes the connection and says nothing.
        (format!("postgres://ada:hunter2@127.0.0.1:{port}/shop"), format!("`127.0.0.1`, port {port} within 0.3 s")),
        (
            format!("postgres://ada:hunter2@localhost/shop?host={}", folder.path().display()),
            format!("in the folder `{}", folder.path().display()),
        ),
    ] {
        let options = Options { busy_timeout: Duration::from_millis(300), ..Options::default() };
        let error = runtime.block_on(Store::connect(&url, options)).err().unwrap();
        let StoreError::Unavailable(cause) = &error else { panic!("{url}: {error:?}") };
        let told = cause.to_string();
        assert!(told.contains(&says) && told.contains("is the server running"), "{url}: {told}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
