//! One connection for one unit of work, and what becomes of it when the server has gone meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::TryStreamExt as _;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, PgPool, SqlSafeStr as _, Transaction};

use super::cell::PostgresRow;
use super::{bind, catalog, failure};
use crate::row::{BadCell, Row};
use crate::sql::Statement;
use crate::store::{Catalog, PoolLoad, StoreError};

/// The pool, and how many of its connections are out.
pub(super) struct Pool {
    connections: PgPool,
    most: u32,
    out: AtomicU32,
}

impl Pool {
    pub(super) fn new(connections: PgPool, most: u32) -> Self {
        Self { connections, most, out: AtomicU32::new(0) }
    }

    pub(super) async fn close(&self) {
        self.connections.close().await;
    }

    pub(super) fn load(&self) -> PoolLoad {
        let idle = u32::try_from(self.connections.num_idle()).unwrap_or(u32::MAX);
        PoolLoad { open: self.connections.size(), idle }
    }

    /// The pool tells a server that is gone and a pool that is exhausted by one and the same timeout.
    fn store_error(&self, error: sqlx::Error) -> StoreError {
        match error {
            sqlx::Error::PoolTimedOut if self.out.load(Ordering::Relaxed) >= self.most => StoreError::Busy,
            error => failure::store_error(error),
        }
    }
}

/// The connection of a unit of work.
pub(in crate::store) struct Lane {
    // The connection goes back before the count says so.
    held: Held,
    loan: Loan,
}

enum Held {
    Autocommit(PoolConnection<sqlx::Postgres>),
    Transaction(Transaction<'static, sqlx::Postgres>),
    Nothing,
}

/// One of the pool's connections, counted.
struct Loan {
    pool: Arc<Pool>,
    /// How many more connections this unit may find dead: no more than the pool could have kept.
    chances: u32,
}

impl Loan {
    fn of(pool: &Arc<Pool>) -> Self {
        pool.out.fetch_add(1, Ordering::Relaxed);
        Self { pool: Arc::clone(pool), chances: pool.most }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.pool.out.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lane {
    /// Each statement commits by itself.
    pub(super) async fn autocommit(pool: &Arc<Pool>) -> Result<Self, StoreError> {
        let connection = pool.connections.acquire().await.map_err(|error| pool.store_error(error))?;
        Ok(Self { held: Held::Autocommit(connection), loan: Loan::of(pool) })
    }

    /// Inside a transaction. Dropped without a commit, it rolls back.
    pub(super) async fn begin(pool: &Arc<Pool>, statement: impl Into<Arc<str>>) -> Result<Self, StoreError> {
        let (mut chances, statement) = (pool.most, statement.into());
        loop {
            let connection = pool.connections.acquire().await.map_err(|error| pool.store_error(error))?;
            let loan = Loan::of(pool);
            match Transaction::begin(connection, Some(AssertSqlSafe(Arc::clone(&statement)).into_sql_str())).await {
                Ok(transaction) => return Ok(Self { held: Held::Transaction(transaction), loan }),
                // It was kept from before the server restarted: nothing has happened on it yet.
                Err(error) => match failure::store_error(error) {
                    StoreError::Unavailable(_) if chances > 0 => chances -= 1,
                    error => return Err(error),
                },
            }
        }
    }

    /// Run a statement and hand on its rows.
    pub(in crate::store) async fn rows(
        &mut self,
        statement: &Statement,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
    ) -> Result<(), StoreError> {
        loop {
            let mut given = false;
            match self.stream(statement, each, &mut given).await {
                Err(StoreError::Unavailable(_)) if !given && self.may_renew() => self.renew().await?,
                outcome => return outcome,
            }
        }
    }

    async fn stream(
        &mut self,
        statement: &Statement,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
        given: &mut bool,
    ) -> Result<(), StoreError> {
        let query = sqlx::query_with(AssertSqlSafe(&*statement.text), bind::arguments(&statement.binds)?);
        let mut rows = self.connection()?.fetch(query);
        while let Some(row) = rows.try_next().await.map_err(failure::store_error)? {
            *given = true;
            each(&PostgresRow::new(&row, &statement.columns))?;
        }
        Ok(())
    }

    /// Run a statement that returns nothing.
    pub(in crate::store) async fn execute(&mut self, statement: &Statement) -> Result<u64, StoreError> {
        let query = sqlx::query_with(AssertSqlSafe(&*statement.text), bind::arguments(&statement.binds)?);
        let done = self.connection()?.execute(query).await.map_err(failure::store_error)?;
        Ok(done.rows_affected())
    }

    /// Run SQL text without parameters.
    pub(in crate::store) async fn define(&mut self, text: &str) -> Result<(), StoreError> {
        loop {
            let query = sqlx::raw_sql(AssertSqlSafe(text));
            match self.connection()?.execute(query).await.map_err(failure::store_error) {
                Err(StoreError::Unavailable(_)) if self.may_renew() => self.renew().await?,
                outcome => return outcome.map(|_| ()),
            }
        }
    }

    /// What the database holds.
    pub(in crate::store) async fn catalog(&mut self) -> Result<Catalog, StoreError> {
        catalog::read(self.connection()?).await.map_err(failure::store_error)
    }

    pub(in crate::store) async fn commit(mut self) -> Result<(), StoreError> {
        match std::mem::replace(&mut self.held, Held::Nothing) {
            Held::Transaction(transaction) => transaction.commit().await.map_err(failure::store_error),
            Held::Autocommit(_) | Held::Nothing => Ok(()),
        }
    }

    /// A failure here changes nothing: the server rolls back what it does not hear of.
    pub(in crate::store) async fn rollback(mut self) {
        if let Held::Transaction(transaction) = std::mem::replace(&mut self.held, Held::Nothing) {
            let _ = transaction.rollback().await;
        }
    }

    fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        match &mut self.held {
            Held::Autocommit(connection) => Ok(connection),
            Held::Transaction(transaction) => Ok(transaction),
            Held::Nothing => Err(StoreError::closed()),
        }
    }

    /// Whether the connection may be a stale one that another can stand in for: never inside a transaction.
    fn may_renew(&self) -> bool {
        matches!(self.held, Held::Autocommit(_)) && self.loan.chances > 0
    }

    async fn renew(&mut self) -> Result<(), StoreError> {
        self.loan.chances -= 1;
        if let Held::Autocommit(dead) = std::mem::replace(&mut self.held, Held::Nothing) {
            drop(dead.detach());
        }
        let pool = &self.loan.pool;
        self.held = Held::Autocommit(pool.connections.acquire().await.map_err(|error| pool.store_error(error))?);
        Ok(())
    }
}
