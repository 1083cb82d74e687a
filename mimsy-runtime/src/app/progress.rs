//! How far planting is: told by the function that plants, shown by whoever runs it.

use std::sync::Arc;

/// Shows how far something is. The command line draws bars; a test may count.
pub trait Meter: Send + Sync + 'static {
    /// Something with `total` steps begins.
    fn begin(&self, what: &str, total: u64) -> Box<dyn Bar>;
}

/// How far one thing is. It has ended when it is dropped.
pub trait Bar: Send + Sync {
    /// So many more steps are done.
    fn add(&self, steps: u64);
}

/// How far one thing is; made by [`Seeding::progress`](super::Seeding::progress). Where nobody watches, it does nothing.
pub struct Progress(Option<Box<dyn Bar>>);

impl Progress {
    pub(super) fn begin(meter: Option<&Arc<dyn Meter>>, what: &str, total: u64) -> Self {
        Self(meter.map(|meter| meter.begin(what, total)))
    }

    /// So many more steps are done.
    pub fn add(&self, steps: u64) {
        if let Some(bar) = &self.0 {
            bar.add(steps);
        }
    }
}
