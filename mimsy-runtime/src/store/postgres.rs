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
mod pool;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use self::pool::Place;
use self::pool::Pool;
use super::trouble::Troubles;
use super::tx::Lane as Wire;
use super::{Options, PoolLoad, StoreError, Tx};

pub(super) use self::bind::add;
pub(super) use self::lane::Lane;

/// A Postgres database.
pub(super) struct Postgres {
    pool: Arc<Pool>,
    writing: Arc<AtomicUsize>,
    queue: usize,
    troubles: Arc<Troubles>,
}

impl Postgres {
    /// On a pool of our own.
    pub(super) async fn open(url: &str, options: &Options, troubles: Arc<Troubles>) -> Result<Self, StoreError> {
        Ok(Self::on(Pool::open(url, options).await?, options, troubles))
    }

    /// On a pool of the program's.
    pub(super) fn over(connections: sqlx::PgPool, options: &Options, troubles: Arc<Troubles>) -> Self {
        Self::on(Pool::of(connections, options), options, troubles)
    }

    fn on(pool: Pool, options: &Options, troubles: Arc<Troubles>) -> Self {
        let queue = options.queue.max(pool.most() as usize);
        Self { pool: Arc::new(pool), writing: Arc::default(), queue, troubles }
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
        let _place = Place::among(&self.writing, self.queue).ok_or(StoreError::Busy)?;
        let mut lane = Lane::begin(&self.pool, "BEGIN").await?;
        let mut tx = Tx::writing(Wire::Postgres(&mut lane));
        let outcome = AssertUnwindSafe(async { work(&mut tx).await }).catch_unwind().await;
        let doom = tx.doom();
        doom.iter().for_each(|error| self.troubles.failed(error));
        let outcome = match (outcome, doom) {
            (Ok(Ok(_)), Some(error)) => Err(error.into()),
            (Ok(outcome), _) => outcome,
            (Err(_), _) => Err(StoreError::Panicked.into()),
        };
        match outcome {
            Ok(value) => {
                let fate = lane.commit().await;
                match &fate {
                    Ok(()) => self.troubles.succeeded(),
                    Err(error) => self.troubles.failed(error),
                }
                fate.map(|()| value).map_err(E::from)
            }
            Err(error) => {
                lane.rollback().await;
                Err(error)
            }
        }
    }

    /// A connection for one transaction of at most this time. Dropped without a commit, it is rolled back.
    pub(super) async fn begin(&self, limit: Duration) -> Result<(Lane, Place), StoreError> {
        let place = Place::among(&self.writing, self.queue).ok_or(StoreError::Busy)?;
        // If this process hangs, the server lets go of the locks by itself.
        let idle = limit.as_millis().clamp(1, i32::MAX as u128);
        let begin = format!("BEGIN; SET LOCAL idle_in_transaction_session_timeout = {idle}");
        Ok((Lane::begin(&self.pool, &begin).await?, place))
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        Lane::autocommit(&self.pool).await?.command("SELECT 1").await
    }

    pub(super) fn load(&self) -> PoolLoad {
        self.pool.load()
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}
