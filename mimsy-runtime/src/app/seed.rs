//! Planting rows: demonstration data, or what every installation needs.

use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

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

    pub(super) async fn run(&self, access: Access, counts: Vec<(String, u64)>) -> Result<(), Error> {
        (self.plant)(Seeding { access, counts }).await
    }
}

/// What a planting function works with.
pub struct Seeding {
    access: Access,
    counts: Vec<(String, u64)>,
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
}
