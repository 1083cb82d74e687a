//! What was read a moment ago, and is believed for another: the rows of actors, their API keys.
//!
//! What changes takes effect at once when this process wrote it, and after at most a second when another one did.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long it is believed.
const FRESH: Duration = Duration::from_secs(1);

/// At most how much is kept.
const CAPACITY: usize = 10_000;

/// What was read a moment ago.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    found: Mutex<HashMap<K, Kept<V>>>,
    /// Raised by every committed write that may have changed it: what was read before is not believed any more.
    epoch: AtomicU64,
}

#[derive(Debug)]
struct Kept<V> {
    value: V,
    read: Instant,
    epoch: u64,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { found: Mutex::default(), epoch: AtomicU64::default() }
    }
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// The epoch to read under; see [`Recent::keep`].
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Forget everything.
    pub(super) fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }

    /// What can still be believed.
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = found.get(key)?;
        let fresh = kept.epoch == self.epoch() && kept.read.elapsed() < FRESH;
        fresh.then(|| kept.value.clone())
    }

    /// Keep what was read under an epoch.
    pub(super) fn keep(&self, key: K, value: V, read: Instant, epoch: u64) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= CAPACITY {
            found.retain(|_, kept| kept.read.elapsed() < FRESH);
            if found.len() >= CAPACITY {
                found.clear();
            }
        }
        found.insert(key, Kept { value, read, epoch });
    }
}
