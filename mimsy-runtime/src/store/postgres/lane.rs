//! One connection for one unit of work, and what becomes of it: when the server has gone meanwhile, when a statement takes
//! too long, when nobody waits for it any more.
//!
//! A connection goes back to the pool when nothing is under way on it. One that is left in the middle gets a moment to come
//! to an end; then it is closed, the server notices, ends the statement and rolls back.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};

use super::cell::PostgresRow;
use super::pool::{Loan, Pool};
use super::{bind, catalog, failure};
use crate::row::{BadCell, Row};
use crate::sql::Statement;
use crate::store::{Catalog, StoreError};

/// How long the server may take for a command of our own: to begin, or to commit, which may wait for its disk.
const COMMAND_TIME: Duration = Duration::from_secs(30);

/// The connection of a unit of work.
pub(in crate::store) struct Lane {
    // Empty after a statement that took too long.
    loan: Option<Loan>,
    pool: Arc<Pool>,
    /// How many more connections this unit may find dead: no more than the pool could have kept.
    chances: u32,
    /// Whether a transaction is open.
    within: bool,
    /// Whether an answer has not come yet.
    asked: bool,
}

impl Lane {
    /// Each statement commits by itself.
    pub(super) async fn autocommit(pool: &Arc<Pool>) -> Result<Self, StoreError> {
        let loan = Some(pool.lend().await?);
        Ok(Self { loan, pool: Arc::clone(pool), chances: pool.most(), within: false, asked: false })
    }

    /// Inside a transaction. Dropped without a commit, it rolls back.
    pub(super) async fn begin(pool: &Arc<Pool>, statement: &str) -> Result<Self, StoreError> {
        let mut lane = Self::autocommit(pool).await?;
        lane.command(statement).await?;
        lane.within = true;
        Ok(lane)
    }

    /// Run a statement and hand on its rows.
    pub(in crate::store) async fn rows(
        &mut self,
        statement: &Statement,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
    ) -> Result<(), StoreError> {
        loop {
            let mut given = false;
            let query = sqlx::query_with(AssertSqlSafe(&*statement.text), bind::arguments(&statement.binds)?);
            let limit = self.pool.statement_time();
            let outcome = self
                .ask(limit, async |connection| {
                    let mut rows = connection.fetch(query);
                    while let Some(row) = rows.try_next().await.map_err(failure::store_error)? {
                        given = true;
                        each(&PostgresRow::new(&row, &statement.columns))?;
                    }
                    Ok(())
                })
                .await;
            match outcome {
                Err(StoreError::Unavailable(_)) if !given && self.may_renew() => self.renew().await?,
                outcome => return outcome,
            }
        }
    }

    /// Run a statement that returns nothing.
    pub(in crate::store) async fn execute(&mut self, statement: &Statement) -> Result<u64, StoreError> {
        let query = sqlx::query_with(AssertSqlSafe(&*statement.text), bind::arguments(&statement.binds)?);
        let limit = self.pool.statement_time();
        let done = self.ask(limit, async |connection| connection.execute(query).await.map_err(failure::store_error));
        let done = done.await?;
        Ok(done.rows_affected())
    }

    /// Run SQL text without parameters, for as long as it takes.
    pub(in crate::store) async fn define(&mut self, text: &str) -> Result<(), StoreError> {
        // Of its own connections, the store has told the server how long a statement may take.
        let unlimited = if self.within { "SET LOCAL statement_timeout = 0;\n" } else { "" };
        let text = format!("{unlimited}{text}");
        self.asked = true;
        let outcome = self.connection()?.execute(sqlx::raw_sql(AssertSqlSafe(text))).await;
        self.asked = false;
        outcome.map(|_| ()).map_err(failure::store_error)
    }

    /// Run a command of our own: it begins or ends something.
    pub(in crate::store) async fn command(&mut self, text: &str) -> Result<(), StoreError> {
        loop {
            let outcome = self
                .ask(COMMAND_TIME, async |connection| {
                    connection.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.map_err(failure::store_error)
                })
                .await;
            match outcome {
                // It was kept from before the server restarted: nothing has happened on it yet.
                Err(StoreError::Unavailable(_)) if self.may_renew() => self.renew().await?,
                outcome => return outcome.map(|_| ()),
            }
        }
    }

    /// What the database holds.
    pub(in crate::store) async fn catalog(&mut self) -> Result<Catalog, StoreError> {
        self.ask(COMMAND_TIME, async |connection| catalog::read(connection).await.map_err(failure::store_error)).await
    }

    pub(in crate::store) async fn commit(mut self) -> Result<(), StoreError> {
        // However it goes, there is nothing left to roll back that the server would not.
        let outcome = self.command("COMMIT").await;
        self.within = outcome.is_err();
        outcome
    }

    /// A failure here changes nothing: the server rolls back what it does not hear of.
    pub(in crate::store) async fn rollback(mut self) {
        self.within = self.command("ROLLBACK").await.is_err();
    }

    /// Ask the server something, and wait this long for the answer.
    async fn ask<T>(
        &mut self,
        limit: Duration,
        question: impl AsyncFnOnce(&mut PgConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.asked = true;
        let answer = tokio::time::timeout(limit, question(self.connection()?)).await;
        match answer {
            // What `each` gave ends the stream, and the driver reads past the rest.
            Ok(answer) => {
                self.asked = false;
                if matches!(answer, Err(StoreError::ReadOnly(_))) {
                    // It may be a server that others write to in the place of this one by now: ask for the way anew.
                    self.close();
                }
                answer
            }
            Err(_) => {
                self.close();
                Err(StoreError::TimedOut)
            }
        }
    }

    fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        // A unit of writing goes no further than the statement that took too long.
        self.loan.as_mut().map(Loan::connection).ok_or(StoreError::TimedOut)
    }

    /// Whether the connection may be a stale one that another can stand in for: never inside a transaction.
    fn may_renew(&self) -> bool {
        !self.within && self.chances > 0
    }

    async fn renew(&mut self) -> Result<(), StoreError> {
        self.chances -= 1;
        self.close();
        self.loan = Some(self.pool.lend().await?);
        Ok(())
    }

    fn close(&mut self) {
        if let Some(loan) = self.loan.take() {
            loan.close();
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let Some(loan) = self.loan.take().filter(|_| self.within || self.asked) else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(loan.settle(self.within))),
            Err(_) => loan.close(),
        }
    }
}
