//! When the write-ahead log is taken back into the file.
//!
//! SQLite does it within a commit, every thousand pages, and starts the log anew at the next write if nobody reads from it
//! then. With readers that hold on to states somebody always does, so the log would never end. Here it is done after the
//! acknowledgement, the readers are asked to let go, and if the log has grown for all that, they are waited for.

use std::cell::Cell;
use std::time::Duration;

use super::link::Link;
use super::readers::Readers;
use crate::store::StoreError;

/// Pages of the log that are worth a checkpoint: 4 MB.
const PAGES: u32 = 1000;

/// Pages from which on readers are waited for.
const MANY: u32 = 4 * PAGES;

/// How long they are waited for.
const PATIENCE: Duration = Duration::from_millis(50);

thread_local! {
    /// How many pages the log held after the last commit on this thread. (The driver takes a function without a state.)
    static LOG: Cell<u32> = const { Cell::new(0) };
}

/// What the writer knows of its log.
#[derive(Debug)]
pub(super) struct Checkpoints {
    /// The next one is due at this many pages.
    due: u32,
    last: u32,
    busy_timeout: Duration,
}

impl Checkpoints {
    /// Take over from SQLite, on the thread that writes.
    pub(super) fn of(link: &Link, busy_timeout: Duration) -> Self {
        link.on_commit(|_, pages| {
            LOG.set(pages.unsigned_abs());
            Ok(())
        });
        Self { due: PAGES, last: 0, busy_timeout }
    }

    /// After a commit and its acknowledgement: take the log back, if it is time.
    pub(super) fn keep(&mut self, link: &mut Link, readers: &Readers) {
        let pages = LOG.get();
        if pages < self.last {
            // It was started anew.
            self.due = PAGES;
        }
        self.last = pages;
        if pages < self.due {
            return;
        }
        // Where it cannot be started anew now, it is worth another try after as much again.
        self.due = pages + PAGES;
        if let Err(error) = self.take_back(link, readers, pages >= MANY) {
            tracing::warn!(%error, cause = ?std::error::Error::source(&error), "SQLite's log was not taken back");
        }
    }

    /// It is time, however much the log holds.
    pub(super) fn hurry(&mut self) {
        self.due = 0;
    }

    fn take_back(&self, link: &mut Link, readers: &Readers, wait: bool) -> Result<(), StoreError> {
        // A state that somebody holds on to is as far as it gets.
        readers.let_go();
        if wait {
            link.wait_for_locks(PATIENCE)?;
            let done = link.define("PRAGMA wal_checkpoint(RESTART)");
            link.wait_for_locks(self.busy_timeout)?;
            return done;
        }
        link.define("PRAGMA wal_checkpoint(PASSIVE)")?;
        // Who reads from now on needs the file alone, and when all do, the next write starts the log anew.
        readers.let_go();
        Ok(())
    }
}
