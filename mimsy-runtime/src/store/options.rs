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
    /// How long a statement may run; past it, it is ended, and the error is `TimedOut`. By default as long as a request
    /// over HTTP may take. Definitions of tables take as long as they need.
    pub statement_time: Option<Duration>,
    /// How long a transaction of the Rust API may take that stays open while its work waits for other things. On SQLite
    /// no other write is made meanwhile.
    pub transaction_time: Duration,
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

impl Options {
    /// How long a statement may run, where nothing is said.
    const STATEMENT_TIME: Duration = Duration::from_secs(30);

    pub(super) fn statement_time(&self) -> Duration {
        self.statement_time.unwrap_or(Self::STATEMENT_TIME)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            statement_time: None,
            transaction_time: Duration::from_secs(5),
            mmap_bytes: 32 * 1024 * 1024,
            synchronous_full: true,
            batch_time: Duration::from_millis(10),
            pool_size: 8,
            queue: 4096,
        }
    }
}
