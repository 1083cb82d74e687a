//! How many may be inside at once.

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Lets so many in at once, and refuses the others: whoever waited would only wait longer.
#[derive(Debug)]
pub(crate) struct Gate {
    inside: AtomicUsize,
    most: usize,
}

/// A place inside, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit<G: Deref<Target = Gate>>(G);

impl Gate {
    pub(crate) fn new(most: usize) -> Self {
        Self { inside: AtomicUsize::new(0), most }
    }

    /// A place, held through a reference or, where it outlives that, an `Arc`.
    pub(crate) fn enter<G: Deref<Target = Self>>(gate: G) -> Option<Permit<G>> {
        // A place is taken before it is looked at, so that two can never take the last one.
        let permit = Permit(gate);
        (permit.0.inside.fetch_add(1, Ordering::Relaxed) < permit.0.most).then_some(permit)
    }

    /// How many are inside.
    pub(crate) fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }
}

impl<G: Deref<Target = Gate>> Drop for Permit<G> {
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
        let (first, second) = (Gate::enter(&gate), Gate::enter(&gate));
        assert!(first.is_some() && second.is_some() && Gate::enter(&gate).is_none());
        assert_eq!(gate.inside(), 2, "who was refused holds no place");
        drop(first);
        assert!(Gate::enter(&gate).is_some());
        assert!(Gate::enter(&Gate::new(0)).is_none());
    }
}
