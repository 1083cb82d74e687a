//! The rows of actors, kept for a moment.
//!
//! A changed role or a deleted actor takes effect at once when this process wrote it, and after at most a second when
//! another one did.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mimsy_schema::Value;

use crate::who::ActorRow;

/// How long a row is believed.
const FRESH: Duration = Duration::from_secs(1);

/// At most how many rows are kept.
const CAPACITY: usize = 10_000;

/// The cache of actors' rows.
#[derive(Debug, Default)]
pub(super) struct Actors {
    rows: Mutex<HashMap<Value, Kept>>,
    /// Raised by every committed write to the actors' entity: what was read before is not believed any more.
    epoch: AtomicU64,
}

#[derive(Debug)]
struct Kept {
    row: Option<Arc<ActorRow>>,
    read: Instant,
    epoch: u64,
}

impl Actors {
    /// The epoch to read under; see [`Actors::keep`].
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Forget every row.
    pub(super) fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }

    /// A row that can still be believed; the inner `None` is the knowledge that there is none.
    pub(super) fn get(&self, key: &Value) -> Option<Option<Arc<ActorRow>>> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = rows.get(key)?;
        let fresh = kept.epoch == self.epoch() && kept.read.elapsed() < FRESH;
        fresh.then(|| kept.row.clone())
    }

    /// Keep a row that was read under an epoch.
    pub(super) fn keep(&self, key: Value, row: Option<Arc<ActorRow>>, read: Instant, epoch: u64) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() >= CAPACITY {
            rows.retain(|_, kept| kept.read.elapsed() < FRESH);
            if rows.len() >= CAPACITY {
                rows.clear();
            }
        }
        rows.insert(key, Kept { row, read, epoch });
    }
}
