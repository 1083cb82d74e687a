//! Why writes failed of late: for those who look after the server, since reads go on meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::StoreError;

/// Why a database takes no writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// There is no room left.
    Full,
    /// It only reads.
    ReadOnly,
}

/// For how long a failed write is worth telling, if no other one is tried.
const OF_LATE: Duration = Duration::from_secs(30);

/// The last write that failed so, unless one has succeeded since.
#[derive(Debug)]
pub(super) struct Troubles {
    start: Instant,
    /// Milliseconds since the start, by two, and whether it was read-only; 0 where all is well.
    last: AtomicU64,
}

impl Default for Troubles {
    fn default() -> Self {
        Self { start: Instant::now(), last: AtomicU64::new(0) }
    }
}

impl Troubles {
    /// A write failed.
    pub(super) fn failed(&self, error: &StoreError) {
        let read_only = match error {
            StoreError::Full(_) => 0,
            StoreError::ReadOnly(_) => 1,
            _ => return,
        };
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX / 4);
        self.last.store((now + 1) * 2 + read_only, Ordering::Relaxed);
    }

    /// A write succeeded.
    pub(super) fn succeeded(&self) {
        // Hardly ever something else: not to be written by every write.
        if self.last.load(Ordering::Relaxed) != 0 {
            self.last.store(0, Ordering::Relaxed);
        }
    }

    /// How it is at the moment.
    pub(super) fn current(&self) -> Option<Trouble> {
        let last = self.last.load(Ordering::Relaxed);
        let at = Duration::from_millis((last / 2).checked_sub(1)?);
        if self.start.elapsed().saturating_sub(at) > OF_LATE {
            return None;
        }
        Some(if last.is_multiple_of(2) { Trouble::Full } else { Trouble::ReadOnly })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_told_until_a_write_succeeds() {
        let troubles = Troubles::default();
        assert_eq!(troubles.current(), None);
        troubles.failed(&StoreError::Busy);
        assert_eq!(troubles.current(), None, "that is none");
        let cause = || std::sync::Arc::from(Box::<dyn std::error::Error + Send + Sync>::from("full"));
        troubles.failed(&StoreError::Full(cause()));
        assert_eq!(troubles.current(), Some(Trouble::Full));
        troubles.failed(&StoreError::ReadOnly(cause()));
        assert_eq!(troubles.current(), Some(Trouble::ReadOnly));
        troubles.succeeded();
        assert_eq!(troubles.current(), None);
    }
}
