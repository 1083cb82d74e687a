//! How a connection is opened: the pragmas that every connection of a store shares.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB, OpenFlags};

use super::failure::store_error;
use super::link::Link;
use crate::store::{Options, StoreError};

/// Statements that a connection keeps prepared. An entity has about ten shapes of statements in use at a time.
const PREPARED: usize = 256;

/// The write-ahead log is cut back to this after a checkpoint, so that one burst of writes does not keep the disk.
const LOG_BYTES: u64 = 64 * 1024 * 1024;

/// What it takes to open one more connection to the same file.
pub(super) struct Opening {
    path: PathBuf,
    busy_timeout: Duration,
    statement_time: Duration,
    mmap_bytes: u64,
    synchronous: &'static str,
}

impl Opening {
    pub(super) fn new(path: PathBuf, options: &Options) -> Self {
        Self {
            path,
            busy_timeout: options.busy_timeout,
            statement_time: options.statement_time(),
            mmap_bytes: options.mmap_bytes,
            synchronous: if options.synchronous_full { "FULL" } else { "NORMAL" },
        }
    }

    /// How long a statement may run.
    pub(super) fn statement_time(&self) -> Duration {
        self.statement_time
    }

    /// The connection that writes.
    pub(super) fn writer(&self, create: bool) -> Result<Link, StoreError> {
        if create
            && let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
        {
            return Err(StoreError::Address(format!(
                "the SQLite file cannot be created: its folder `{}` does not exist",
                folder.display()
            )));
        }
        if !create && !self.path.exists() {
            return Err(StoreError::Address(format!(
                "the SQLite file `{}` does not exist, and `mode=rw` does not create it",
                self.path.display()
            )));
        }
        let connection = self.connect(if create { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() });
        let connection = connection.map_err(|error| self.taught(error))?;
        if connection.is_readonly(MAIN_DB).map_err(store_error)? {
            return Err(self.cannot_write());
        }
        let mode: String = connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
            .map_err(|error| self.taught(store_error(error)))?;
        if !mode.eq_ignore_ascii_case("wal") {
            return Err(StoreError::Address(format!(
                "the file system of `{}` does not carry SQLite's write-ahead log (it stays in mode `{mode}`): put the \
                 file on a local disk",
                self.path.display()
            )));
        }
        connection
            .execute_batch(&format!(
                "PRAGMA foreign_keys = ON; PRAGMA synchronous = {}; PRAGMA journal_size_limit = {LOG_BYTES};",
                self.synchronous
            ))
            .map_err(store_error)?;
        Link::new(connection, self.statement_time)
    }

    /// What a failure to open says of the place.
    fn taught(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::ReadOnly(_) => self.cannot_write(),
            StoreError::Full(_) => StoreError::Address(format!(
                "there is no room left where the SQLite file `{}` is: make some, or put the file elsewhere",
                self.path.display()
            )),
            StoreError::Unavailable(cause) if !self.path.exists() => StoreError::Address(format!(
                "the SQLite file `{}` cannot be created: may this program write to its folder? ({cause})",
                self.path.display()
            )),
            error => error,
        }
    }

    fn cannot_write(&self) -> StoreError {
        StoreError::Address(format!(
            "the SQLite file `{}` cannot be written: let this program write to it, and to its folder, where the \
             write-ahead log stands beside it",
            self.path.display()
        ))
    }

    /// A connection that reads, and cannot write.
    pub(super) fn reader(&self) -> Result<Link, StoreError> {
        let connection = self.connect(OpenFlags::empty())?;
        connection.execute_batch("PRAGMA query_only = ON;").map_err(store_error)?;
        Link::new(connection, self.statement_time)
    }

    fn connect(&self, flags: OpenFlags) -> Result<Connection, StoreError> {
        // No URI flag: a path that starts with `file:` is a path. No mutex: a connection has one user at a time.
        let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(store_error)?;
        connection.busy_timeout(self.busy_timeout).map_err(store_error)?;
        // Plans do not depend on binds. Otherwise a statement with `LIMIT ?` would be parsed anew for every new bind.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(store_error)?;
        connection.execute_batch(&format!("PRAGMA mmap_size = {};", self.mmap_bytes)).map_err(store_error)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        Ok(connection)
    }
}
