//! What is told after a commit: gathered by a write, and handed on when its transaction is committed.

use std::sync::{Arc, Mutex, PoisonError};

use super::Actions;
use super::change::Change;

/// Where changes go that are committed, in their order, with the actions that made them. It never waits.
pub type Follower = Arc<dyn Fn(Actions, Change) + Send + Sync>;

/// The changes of a write, or of an open transaction, that are told if it is committed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Later(Arc<Mutex<Vec<Change>>>);

impl Later {
    /// One more.
    pub(super) fn push(&self, change: Change) {
        self.extend(vec![change]);
    }

    /// Those of a part that went well.
    pub(super) fn extend(&self, changes: Vec<Change>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(changes);
    }

    /// All of them.
    pub(super) fn take(&self) -> Vec<Change> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Actions {
    /// What a write did that went well: told now, or when the open transaction is committed.
    pub(super) fn follow(&self, later: Option<&Later>) {
        let Some(changes) = later.map(Later::take) else { return };
        match (&self.1, &self.0.follower) {
            (Some(unit), _) => unit.later.extend(changes),
            (None, Some(follower)) => changes.into_iter().for_each(|change| follower(self.clone(), change)),
            (None, None) => {}
        }
    }
}
