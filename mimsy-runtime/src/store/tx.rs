//! What a unit of work talks to: one connection of either driver, for as long as the unit runs.

use futures_util::future::BoxFuture;

use super::{Catalog, StoreError, postgres, sqlite};
use crate::row::{BadCell, Row};
use crate::sql::{Dialect, Statement, dialect};

/// The wire under a unit of work. A new lane (a pipelined one, say) is a variant here and nothing above.
pub(super) enum Lane<'c> {
    Sqlite(sqlite::Lane<'c>),
    Postgres(&'c mut postgres::Lane),
}

impl Lane<'_> {
    /// The same wire, for a part of the unit.
    fn part(&mut self) -> Lane<'_> {
        match self {
            Self::Sqlite(lane) => Lane::Sqlite(lane.part()),
            Self::Postgres(lane) => Lane::Postgres(lane),
        }
    }

    async fn run(&mut self, text: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lane) => lane.run(text).await,
            Self::Postgres(lane) => lane.command(text).await,
        }
    }
}

/// The statements of one unit of work.
///
/// A statement that failed dooms a unit of writing: every later statement and the commit give the same error, on every
/// database. (Postgres would do so by itself, SQLite would go on.) What may fail alone runs in a [`Tx::savepoint`].
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
        Self::doomed(lane, None)
    }

    /// A unit of writing that goes on where another one stopped.
    pub(super) fn doomed(lane: Lane<'c>, doom: Option<StoreError>) -> Self {
        Self { lane, writes: true, doom }
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
        told(statement);
        let result = match &mut self.lane {
            Lane::Sqlite(lane) => lane.rows(statement, each).await,
            // Boxed, here and below: it is large, and every read and write, on SQLite as well, would carry its size.
            Lane::Postgres(lane) => Box::pin(lane.rows(statement, each)).await,
        };
        self.judge(result)
    }

    /// Run a statement that returns nothing; answers how many rows it touched.
    ///
    /// # Errors
    /// The database's.
    pub async fn execute(&mut self, statement: &Statement) -> Result<u64, StoreError> {
        self.alive()?;
        told(statement);
        let result = match &mut self.lane {
            Lane::Sqlite(lane) => lane.execute(statement).await,
            Lane::Postgres(lane) => Box::pin(lane.execute(statement)).await,
        };
        self.judge(result)
    }

    /// Run a part of a unit of writing that can fail alone: what it did is kept where it gives `Ok`, and undone where it
    /// gives an error or one of its statements fails; the unit goes on. Savepoints nest.
    ///
    /// A part that panics, or whose future is dropped halfway, dooms the unit.
    ///
    /// # Errors
    /// Those of the work; of a statement of it that failed, also where the work swallowed that; the store's own where
    /// the unit is doomed or only reads.
    pub async fn savepoint<'s, T, E, F>(&'s mut self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx<'s>) -> BoxFuture<'t, Result<T, E>>,
        E: From<StoreError>,
    {
        self.alive()?;
        if !self.writes {
            return Err(StoreError::defect("a savepoint needs a unit of writing").into());
        }
        let opened = self.lane.run("SAVEPOINT part").await;
        self.judge(opened)?;
        // Until the part is through: nobody can tell how much of it was done.
        self.doom = Some(StoreError::defect("a savepoint of the unit was left halfway"));
        let mut part = Tx::writing(self.lane.part());
        let outcome = work(&mut part).await;
        let outcome = match (outcome, part.doom()) {
            (Ok(_), Some(error)) => Err(error.into()),
            (outcome, _) => outcome,
        };
        let undone = if outcome.is_err() { part.lane.run("ROLLBACK TO SAVEPOINT part").await } else { Ok(()) };
        let ended = match undone {
            Ok(()) => part.lane.run("RELEASE SAVEPOINT part").await,
            Err(error) => Err(error),
        };
        self.doom = ended.clone().err();
        ended?;
        outcome
    }

    /// Run SQL text without parameters: definitions of tables.
    pub(crate) async fn define(&mut self, text: &str) -> Result<(), StoreError> {
        self.alive()?;
        let result = match &mut self.lane {
            Lane::Sqlite(lane) => lane.define(text).await,
            Lane::Postgres(lane) => lane.define(text).await,
        };
        self.judge(result)
    }

    /// What the database holds.
    pub(crate) async fn catalog(&mut self) -> Result<Catalog, StoreError> {
        match &mut self.lane {
            Lane::Sqlite(lane) => lane.catalog().await,
            Lane::Postgres(lane) => lane.catalog().await,
        }
    }

    /// The error that forbids a commit.
    pub(super) fn doom(&self) -> Option<StoreError> {
        self.doom.clone()
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

/// Tell whoever listens (`RUST_LOG=mimsy::sql=trace`). The text alone: values are nobody's business.
fn told(statement: &Statement) {
    tracing::trace!(target: "mimsy::sql", "{}", statement.text);
}
