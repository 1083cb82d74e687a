//! A connection that reads, and the state of the database that it holds on to.
//!
//! To begin and to end a read transaction is most of what a point read costs, so the transaction stays open from one unit
//! to the next for as long as nobody can tell: until this process commits something, and for a few milliseconds at most,
//! since other processes write as well and a held state keeps the log from being taken back into the file.

use std::time::{Duration, Instant};

use super::link::Link;
use crate::store::StoreError;

/// How long a state is held.
pub(super) const HELD: Duration = Duration::from_millis(5);

/// A connection that reads.
pub(super) struct Reader {
    pub(super) link: Link,
    snapshot: Option<Snapshot>,
}

/// A read transaction that is open.
struct Snapshot {
    /// How many commits this process had made before: it shows them all.
    commits: u64,
    since: Instant,
}

impl Reader {
    pub(super) fn new(link: Link) -> Self {
        Self { link, snapshot: None }
    }

    /// See every commit that this process has acknowledged, by this count of them, and what others wrote until a moment
    /// ago.
    pub(super) fn renew(&mut self, commits: u64) -> Result<(), StoreError> {
        let now = Instant::now();
        if self.snapshot.as_ref().is_some_and(|held| held.commits == commits && now - held.since < HELD) {
            return Ok(());
        }
        self.begin(commits, now)
    }

    /// See the newest state.
    pub(super) fn begin(&mut self, commits: u64, now: Instant) -> Result<(), StoreError> {
        self.end()?;
        self.link.run("BEGIN")?;
        self.snapshot = Some(Snapshot { commits, since: now });
        Ok(())
    }

    /// Let go of the state.
    pub(super) fn end(&mut self) -> Result<(), StoreError> {
        self.snapshot = None;
        // Not what was noted but what is: a failed read may have ended the transaction.
        if self.link.is_idle() { Ok(()) } else { self.link.run("ROLLBACK") }
    }

    /// Whether it holds a state.
    pub(super) fn holds(&self) -> bool {
        self.snapshot.is_some()
    }

    /// Whether it has held its state for this time.
    pub(super) fn has_held(&self, time: Duration) -> bool {
        self.snapshot.as_ref().is_some_and(|held| held.since.elapsed() >= time)
    }
}
