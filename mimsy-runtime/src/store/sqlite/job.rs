//! A unit of writing on its way to the writer: the work, and who waits for its outcome.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::store::{StoreError, Tx};

/// A unit of writing, its types forgotten.
pub(super) trait Job: Send {
    /// Whether nobody waits for it any more.
    fn abandoned(&self) -> bool;

    /// Run it; whether to keep what it did.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;

    /// Tell the caller, once the fate of the whole transaction is known.
    fn settle(self: Box<Self>, commit: Result<(), StoreError>);
}

struct Unit<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

/// A job of some work, and where its outcome will arrive.
pub(super) fn unit<F, T, E>(work: F) -> (Box<dyn Job>, oneshot::Receiver<Result<T, E>>)
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Unit { work: Some(work), outcome: None, reply }), answer)
}

impl<F, T, E> Job for Unit<F, T, E>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        // Every method of a SQLite unit is ready at once: who is not ready waits for something else, and all other
        // writes would wait with it.
        let outcome = match catch_unwind(AssertUnwindSafe(|| work(tx).now_or_never())) {
            Ok(Some(Ok(value))) => tx.doom().map_or(Ok(value), |error| Err(error.into())),
            Ok(Some(Err(error))) => Err(error),
            Ok(None) => Err(StoreError::defect(
                "a unit of writing waited for something else than its own statements: do that before or after it",
            )
            .into()),
            Err(_) => Err(StoreError::Panicked.into()),
        };
        self.outcome.insert(outcome).is_ok()
    }

    fn settle(self: Box<Self>, commit: Result<(), StoreError>) {
        let outcome = match (self.outcome, commit) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => Err(StoreError::closed().into()),
        };
        // The caller may have hung up meanwhile: what is committed stays committed.
        let _ = self.reply.send(outcome);
    }
}
