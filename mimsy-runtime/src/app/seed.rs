//! Planting rows: demonstration data, or what every installation needs.

use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::progress::{Meter, Progress};
use crate::access::Access;
use crate::error::Error;

type Plant = dyn Fn(Seeding) -> BoxFuture<'static, Result<(), Error>> + Send + Sync;

/// A function that plants rows, and the counts that it takes from the command line.
#[derive(Clone)]
pub struct Seed {
    plant: Arc<Plant>,
    counts: Vec<(&'static str, &'static str)>,
}

impl Seed {
    /// Plant by this function.
    pub fn new<F, Fut>(plant: F) -> Self
    where
        F: Fn(Seeding) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Error>> + Send + 'static,
    {
        Self { plant: Arc::new(move |seeding| Box::pin(plant(seeding))), counts: Vec::new() }
    }

    /// Take a count from the command line: `seed --invoices 100000`.
    #[must_use]
    pub fn count(mut self, name: &'static str, help: &'static str) -> Self {
        self.counts.push((name, help));
        self
    }

    /// The counts that it takes, with their help.
    #[must_use]
    pub fn counts(&self) -> &[(&'static str, &'static str)] {
        &self.counts
    }

    pub(super) async fn run(&self, seeding: Seeding) -> Result<(), Error> {
        (self.plant)(seeding).await
    }
}

/// What a planting function works with.
pub struct Seeding {
    pub(super) access: Access,
    pub(super) counts: Vec<(String, u64)>,
    pub(super) meter: Option<Arc<dyn Meter>>,
}

impl Seeding {
    /// The data, past every policy.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// A count from the command line, if it was given.
    #[must_use]
    pub fn count(&self, name: &str) -> Option<u64> {
        self.counts.iter().find(|(known, _)| known == name).map(|(_, count)| *count)
    }

    /// Say how far planting is: `let bar = seeding.progress("invoices", total)`, then `bar.add(1000)` after each thousand.
    /// The command `seed` draws it, where somebody watches.
    #[must_use]
    pub fn progress(&self, what: &str, total: u64) -> Progress {
        Progress::begin(self.meter.as_ref(), what, total)
    }
}
