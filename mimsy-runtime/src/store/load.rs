//! How busy a store is.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::Trouble;

/// How busy a store is, at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Units of reading so far.
    pub reads: u64,
    /// Units of writing so far.
    pub writes: u64,
    /// Units of writing that wait or run.
    pub writing: usize,
    /// Why writes failed of late, if the last one did.
    pub trouble: Option<Trouble>,
    /// The pool of connections, where there is one.
    pub connections: Option<PoolLoad>,
}

/// How busy a pool of connections is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolLoad {
    /// Connections to the database.
    pub open: u32,
    /// Those of them that do nothing.
    pub idle: u32,
}

/// What a store counts.
#[derive(Debug, Default)]
pub(super) struct Counts {
    reads: AtomicU64,
    writes: AtomicU64,
    writing: AtomicUsize,
}

/// A unit of writing that waits or runs, until it is dropped.
pub(super) struct Writing<'c>(&'c Counts);

impl Counts {
    pub(super) fn read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn write(&self) -> Writing<'_> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.writing.fetch_add(1, Ordering::Relaxed);
        Writing(self)
    }

    pub(super) fn load(&self, connections: Option<PoolLoad>, trouble: Option<Trouble>) -> Load {
        Load {
            reads: self.reads.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            writing: self.writing.load(Ordering::Relaxed),
            trouble,
            connections,
        }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.writing.fetch_sub(1, Ordering::Relaxed);
    }
}
