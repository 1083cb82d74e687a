//! Postgres: a pool of connections, a unit of work on one of them.
//!
//! Knows statements, binds and cells; nothing of what they mean. The [`Lane`] is the boundary to the wire: a unit asks
//! it for rows, and how they travel (one connection for each unit today) is its own business.

mod bind;
mod catalog;
mod cell;
mod failure;
mod lane;
mod numeric;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use self::lane::Pool;
use super::tx::Lane as Wire;
use super::{Options, PoolLoad, StoreError, Tx};

pub(super) use self::bind::add;
pub(super) use self::lane::Lane;

/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;

/// A Postgres database.
pub(super) struct Postgres {
    pool: Arc<Pool>,
    writing: AtomicUsize,
    queue: usize,
}

impl Postgres {
    pub(super) async fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(options.pool_size.max(1))
            .acquire_timeout(options.busy_timeout)
            // A round trip before each unit, to find what its first statement finds as well.
            .test_before_acquire(false)
            .connect_with(connect_options(url)?)
            .await
            .map_err(failure::at_connect)?;
        let queue = options.queue.max(options.pool_size as usize);
        Ok(Self { pool: Arc::new(Pool::new(pool, options.pool_size.max(1))), writing: AtomicUsize::new(0), queue })
    }

    pub(super) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut lane = Lane::autocommit(&self.pool).await?;
        work(&mut Tx::reading(Wire::Postgres(&mut lane))).await
    }

    pub(super) async fn snapshot<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut lane = Lane::begin(&self.pool, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
        let outcome = work(&mut Tx::reading(Wire::Postgres(&mut lane))).await;
        lane.rollback().await;
        outcome
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>>,
        E: From<StoreError>,
    {
        let _place = Place::take(&self.writing, self.queue).ok_or(StoreError::Busy)?;
        let mut lane = Lane::begin(&self.pool, "BEGIN").await?;
        let mut tx = Tx::writing(Wire::Postgres(&mut lane));
        let outcome = AssertUnwindSafe(async { work(&mut tx).await }).catch_unwind().await;
        let outcome = match (outcome, tx.doom()) {
            (Ok(Ok(_)), Some(error)) => Err(error.into()),
            (Ok(outcome), _) => outcome,
            (Err(_), _) => Err(StoreError::Panicked.into()),
        };
        match outcome {
            Ok(value) => lane.commit().await.map(|()| value).map_err(E::from),
            Err(error) => {
                lane.rollback().await;
                Err(error)
            }
        }
    }

    /// A connection for one transaction of at most this time. Dropped without a commit, it is rolled back.
    pub(super) async fn begin(&self, limit: Duration) -> Result<(Lane, Place<'_>), StoreError> {
        let place = Place::take(&self.writing, self.queue).ok_or(StoreError::Busy)?;
        // If this process hangs, the server lets go of the locks by itself.
        let idle = limit.as_millis().clamp(1, i32::MAX as u128);
        let begin = format!("BEGIN; SET LOCAL idle_in_transaction_session_timeout = {idle}");
        Ok((Lane::begin(&self.pool, begin).await?, place))
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        Lane::autocommit(&self.pool).await?.define("SELECT 1").await
    }

    pub(super) fn load(&self) -> PoolLoad {
        self.pool.load()
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// What every connection is told, beside the address. What the address says itself stays.
fn connect_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    // The driver's own message may repeat a part of the address.
    let options: PgConnectOptions = url.parse().map_err(|_| {
        StoreError::Address(
            "the Postgres URL cannot be read: write `postgres://user:password@host:5432/database`, with `%40` for an \
             `@` inside the password, and parameters as libpq names them (`sslmode=require`)"
                .to_owned(),
        )
    })?;
    // The driver sets the time zone to UTC and the encoding to UTF-8.
    let options = options.statement_cache_capacity(PREPARED).disable_statement_logging();
    let options = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("mimsy"),
    };
    // A `$user` schema that somebody creates later must not shadow our tables.
    Ok(match options.get_options() {
        Some(given) if given.contains("search_path") => options,
        _ => options.options([("search_path", "public")]),
    })
}

/// A place among the writes under way.
pub(super) struct Place<'w>(&'w AtomicUsize);

impl<'w> Place<'w> {
    fn take(writing: &'w AtomicUsize, most: usize) -> Option<Self> {
        let place = Self(writing);
        (writing.fetch_add(1, Ordering::Relaxed) < most).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
