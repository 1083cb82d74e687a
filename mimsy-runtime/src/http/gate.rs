//! How many may be inside at once.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Lets so many in at once, and refuses the others: whoever waited would only wait longer.
#[derive(Debug)]
pub(crate) struct Gate {
    inside: AtomicUsize,
    most: usize,
}

/// A place inside, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit<'g>(&'g Gate);

impl Gate {
    pub(crate) fn new(most: usize) -> Self {
        Self { inside: AtomicUsize::new(0), most }
    }

    pub(crate) fn enter(&self) -> Option<Permit<'_>> {
        // A place is taken before it is looked at, so that two can never take the last one.
        let permit = Permit(self);
        (self.inside.fetch_add(1, Ordering::Relaxed) < self.most).then_some(permit)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_holder_leaves() {
        let gate = Gate::new(2);
        let (first, second) = (gate.enter(), gate.enter());
        assert!(first.is_some() && second.is_some() && gate.enter().is_none());
        drop(first);
        assert!(gate.enter().is_some());
        assert!(Gate::new(0).enter().is_none());
    }
}
