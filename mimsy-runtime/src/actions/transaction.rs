//! Several actions in one transaction, with whatever their caller does in between.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::later::Later;
use super::{Actions, Actors};
use crate::error::Error;
use crate::store::{self, StoreError};

/// The open transaction that actions run in.
pub(super) struct Unit {
    pub(super) transaction: store::Transaction,
    /// Rows of actors as the transaction sees them.
    pub(super) actors: Actors,
    /// Whether one of them may have changed.
    pub(super) touched_actors: AtomicBool,
    /// What is told when it is committed.
    pub(super) later: Later,
}

impl Actions {
    /// Run work on actions that share a transaction: all that they did is committed where it gives `Ok`, and nothing where
    /// it gives an error, panics, is dropped or takes longer than `limit` (by default what the store's options say).
    ///
    /// An action that fails leaves nothing of its own, and the transaction goes on. Reads see what it wrote. It does not
    /// nest.
    ///
    /// # Errors
    /// Those of the work; `TimedOut`; what the store says.
    pub async fn transaction<T, E, F, Fut>(&self, limit: Option<Duration>, work: F) -> Result<T, E>
    where
        F: FnOnce(Self) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        if self.1.is_some() {
            let told = "a transaction inside of a transaction: its actions belong into the one that is open";
            return Err(Error::internal(told).into());
        }
        let limit = limit.unwrap_or(self.store().transaction_time());
        let mut unit = None;
        let outcome = self
            .store()
            .transaction(limit, |transaction| {
                let (actors, touched_actors) = (Actors::default(), AtomicBool::new(false));
                let opened = Unit { transaction, actors, touched_actors, later: Later::default() };
                let opened = unit.insert(Arc::new(opened));
                let work = work(Self(Arc::clone(&self.0), Some(Arc::clone(opened))));
                async move { work.await.map_err(Failed) }
            })
            .await;
        if outcome.is_ok() {
            self.follow(unit.as_ref().map(|unit| &unit.later));
        }
        if unit.is_some_and(|unit| unit.touched_actors.load(Ordering::Acquire)) {
            self.forget_actors();
        }
        outcome.map_err(|Failed(error)| error)
    }
}

/// An error of the work, which knows ours but not the store's.
struct Failed<E>(E);

impl<E: From<Error>> From<StoreError> for Failed<E> {
    fn from(error: StoreError) -> Self {
        Self(Error::from(error).into())
    }
}
