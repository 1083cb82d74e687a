//! A connection, and what its statements may take.

use std::ffi::c_int;
use std::time::{Duration, Instant};

use rusqlite::hooks::Wal;
use rusqlite::{CachedStatement, Connection, StatementStatus};

use super::watch::{Bounds, Caller, End, Watch};
use super::{catalog, failure, statement};
use crate::row::{BadCell, Row};
use crate::sql::Statement;
use crate::store::{Catalog, StoreError};

/// A connection whose statements end in time.
pub(in crate::store) struct Link {
    connection: Connection,
    watch: Watch,
    /// How long each statement may run.
    limit: Duration,
    /// When the time of all of them is over.
    until: Option<Instant>,
    caller: Option<Caller>,
}

impl Link {
    pub(super) fn new(connection: Connection, limit: Duration) -> Result<Self, StoreError> {
        let watch = Watch::over(&connection)?;
        Ok(Self { connection, watch, limit, until: None, caller: None })
    }

    /// From now on statements end at this moment, and those that only read also when nobody waits any more.
    pub(super) fn bind(&mut self, until: Option<Instant>, caller: Option<Caller>) {
        (self.until, self.caller) = (until, caller);
    }

    /// Run a statement and hand on its rows.
    pub(in crate::store) fn rows(
        &mut self,
        statement: &Statement,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
    ) -> Result<(), StoreError> {
        self.watched(None, statement, |prepared| statement::rows(prepared, statement, each)).map(|_| ())
    }

    /// The same, if that takes no more than about so many steps; whether it got through. One that took more the last time is
    /// not begun.
    pub(super) fn rows_in_steps(
        &mut self,
        steps: u32,
        statement: &Statement,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
    ) -> Result<bool, StoreError> {
        let through = self.watched(Some(steps), statement, |prepared| statement::rows(prepared, statement, each))?;
        Ok(through.is_some())
    }

    /// Run a statement that returns nothing; answers how many rows it touched.
    pub(in crate::store) fn execute(&mut self, statement: &Statement) -> Result<u64, StoreError> {
        Ok(self.watched(None, statement, statement::execute)?.unwrap_or_default())
    }

    /// Run a statement of our own that stays prepared: it begins or ends something.
    pub(in crate::store) fn run(&mut self, text: &'static str) -> Result<(), StoreError> {
        statement::run(&self.connection, text)
    }

    /// Run SQL text without parameters, for as long as it takes.
    pub(in crate::store) fn define(&mut self, text: &str) -> Result<(), StoreError> {
        statement::define(&self.connection, text)
    }

    /// What the file holds.
    pub(in crate::store) fn catalog(&mut self) -> Result<Catalog, StoreError> {
        catalog::read(&self.connection).map_err(failure::store_error)
    }

    /// Be told after each commit how many pages the log holds. SQLite takes it back no more by itself.
    pub(super) fn on_commit(&self, told: fn(&Wal, c_int) -> rusqlite::Result<()>) {
        self.connection.wal_hook(Some(told));
    }

    /// How long to wait for locks of others from now on.
    pub(super) fn wait_for_locks(&mut self, time: Duration) -> Result<(), StoreError> {
        self.connection.busy_timeout(time).map_err(failure::store_error)
    }

    /// Whether no transaction is open.
    pub(super) fn is_idle(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Run a statement under the watch; `None` where it takes too many steps.
    fn watched<T>(
        &mut self,
        steps: Option<u32>,
        statement: &Statement,
        work: impl FnOnce(&mut CachedStatement<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut prepared = statement::bound(&self.connection, statement)?;
        // SQLite counts for as long as the statement stays prepared.
        let last = prepared.get_status(StatementStatus::VmStep).cast_unsigned();
        if steps.is_some_and(|steps| last > steps) {
            return Ok(None);
        }
        prepared.reset_status(StatementStatus::VmStep);
        let limit = Instant::now().checked_add(self.limit);
        let until = match (limit, self.until) {
            (Some(limit), Some(until)) => Some(limit.min(until)),
            (limit, until) => limit.or(until),
        };
        // SQLite rolls a whole transaction back when a statement of it that writes is ended, and others may share it.
        let caller = if prepared.readonly() { self.caller.clone() } else { None };
        self.watch.start(Bounds { until, steps, caller });
        let outcome = work(&mut prepared);
        match (self.watch.end(), outcome) {
            (Some(End::Steps), Err(StoreError::TimedOut)) => Ok(None),
            (Some(End::Unwanted), Err(StoreError::TimedOut)) => {
                Err(StoreError::unavailable("nobody waits for the statement any more"))
            }
            (_, outcome) => outcome.map(Some),
        }
    }
}
