//! How a store is opened. Every default is the safe one; the figures behind them are in `benches/README.md`.

use std::time::Duration;

/// How a [`Store`](super::Store) is opened.
///
/// ```
/// use std::time::Duration;
/// use mimsy_runtime::store::Options;
/// let patient = Options { busy_timeout: Duration::from_secs(30), ..Options::default() };
/// assert!(patient.synchronous_full, "durable unless said otherwise");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long to wait for a lock of another process (SQLite) or for a free connection (Postgres); past it, `Busy`.
    pub busy_timeout: Duration,
    /// SQLite: bytes of the file that each connection maps into memory; 0 turns mapping off.
    pub mmap_bytes: u64,
    /// SQLite: whether a commit waits for the disk. Without it, a power cut may take back acknowledged writes.
    pub synchronous_full: bool,
    /// SQLite: how long a transaction takes further queued writes in, before it commits for those that it has.
    pub batch_time: Duration,
    /// Postgres: the most connections.
    pub pool_size: u32,
    /// The most writes that wait; past it, `Busy`.
    pub queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            mmap_bytes: 32 * 1024 * 1024,
            synchronous_full: true,
            batch_time: Duration::from_millis(10),
            pool_size: 8,
            queue: 4096,
        }
    }
}
