//! What a unit of work talks to: one connection of either driver, for as long as the unit runs.

use super::{Catalog, StoreError, postgres, sqlite};
use crate::row::{BadCell, Row};
use crate::sql::{Dialect, Statement, dialect};

/// The wire under a unit of work. A new lane (a pipelined one, say) is a variant here and nothing above.
pub(super) enum Lane<'c> {
    Sqlite(&'c mut rusqlite::Connection),
    Postgres(&'c mut postgres::Lane),
}

/// The statements of one unit of work.
///
/// A statement that failed dooms a unit of writing: every later statement and the commit give the same error, on every
/// database. (Postgres would do so by itself, SQLite would go on.)
pub struct Tx<'c> {
    lane: Lane<'c>,
    writes: bool,
    doom: Option<StoreError>,
}

impl<'c> Tx<'c> {
    pub(super) fn reading(lane: Lane<'c>) -> Self {
        Self { lane, writes: false, doom: None }
    }

    pub(super) fn writing(lane: Lane<'c>) -> Self {
        Self { lane, writes: true, doom: None }
    }

    /// What the database can do and how it spells it.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        match self.lane {
            Lane::Sqlite(_) => &dialect::SQLITE,
            Lane::Postgres(_) => &dialect::POSTGRES,
        }
    }

    /// Run a statement and hand each row to `each`, in order. A row borrows from the driver: copy what must stay.
    ///
    /// # Errors
    /// The database's, or the [`BadCell`] that `each` gave, which ends the statement.
    pub async fn rows(
        &mut self,
        statement: &Statement,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
    ) -> Result<(), StoreError> {
        self.alive()?;
        let result = match &mut self.lane {
            Lane::Sqlite(connection) => sqlite::rows(connection, statement, each),
            Lane::Postgres(lane) => lane.rows(statement, each).await,
        };
        self.judge(result)
    }

    /// Run a statement that returns nothing; answers how many rows it touched.
    ///
    /// # Errors
    /// The database's.
    pub async fn execute(&mut self, statement: &Statement) -> Result<u64, StoreError> {
        self.alive()?;
        let result = match &mut self.lane {
            Lane::Sqlite(connection) => sqlite::execute(connection, statement),
            Lane::Postgres(lane) => lane.execute(statement).await,
        };
        self.judge(result)
    }

    /// Run SQL text without parameters: definitions of tables.
    pub(crate) async fn define(&mut self, text: &str) -> Result<(), StoreError> {
        self.alive()?;
        let result = match &mut self.lane {
            Lane::Sqlite(connection) => sqlite::define(connection, text),
            Lane::Postgres(lane) => lane.define(text).await,
        };
        self.judge(result)
    }

    /// What the database holds.
    pub(crate) async fn catalog(&mut self) -> Result<Catalog, StoreError> {
        match &mut self.lane {
            Lane::Sqlite(connection) => sqlite::catalog(connection),
            Lane::Postgres(lane) => lane.catalog().await,
        }
    }

    /// The error that forbids a commit.
    pub(super) fn doom(&mut self) -> Option<StoreError> {
        self.doom.take()
    }

    fn alive(&self) -> Result<(), StoreError> {
        self.doom.clone().map_or(Ok(()), Err)
    }

    fn judge<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let (true, Err(error)) = (self.writes, &result)
            && !matches!(error, StoreError::BadCell(_))
        {
            self.doom = Some(error.clone());
        }
        result
    }
}
