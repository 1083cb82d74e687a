//! What is done after commits: hooks of the program's, one after the other, outside of every transaction.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::actions::{Actions, Change, Follower};
use crate::hook::{Rows, Run};

/// How long one hook may take; those behind it wait.
const LONGEST: Duration = Duration::from_secs(60);

/// How long [`Queue::drained`] waits.
const DRAIN: Duration = Duration::from_secs(10);

/// The changes whose hooks are still to be asked. It holds as many as there are, so that no write waits for it.
#[derive(Clone)]
pub(super) struct Queue(mpsc::UnboundedSender<Next>);

enum Next {
    Committed(Box<(Actions, Change)>),
    /// All before it is done.
    Reached(oneshot::Sender<()>),
}

impl Queue {
    /// Begin to work it off, until nobody is left who could fill it.
    pub(super) fn start() -> Self {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(next) = receiver.recv().await {
                match next {
                    Next::Committed(committed) => ask(committed.0, &committed.1).await,
                    // Who asked may be gone.
                    Next::Reached(reached) => drop(reached.send(())),
                }
            }
        });
        Self(sender)
    }

    /// What fills it.
    pub(super) fn follower(&self) -> Follower {
        let sender = self.0.clone();
        Arc::new(move |actions, change| {
            // It ends with its runtime, and then nothing is done any more.
            let _ = sender.send(Next::Committed(Box::new((actions, change))));
        })
    }

    /// When what is in it by now is done; after some seconds, whatever is left.
    pub(super) async fn drained(&self) {
        let (reached, is_reached) = oneshot::channel();
        if self.0.send(Next::Reached(reached)).is_ok() && timeout(DRAIN, is_reached).await.is_err() {
            tracing::error!("hooks after commits were not done within {} s, and are left out", DRAIN.as_secs());
        }
    }
}

/// Ask the hooks of a change, in their order. One that fails keeps none from being asked, and the log does not say with what
/// it failed: that may hold values.
async fn ask(actions: Actions, change: &Change) {
    let model = change.model();
    let rows = Rows { model, old: change.before.as_deref(), new: change.after.as_deref(), who: &change.who };
    let fate = rows.fate();
    for hook in actions.hooks(model).iter().filter(|hook| hook.fates.contains(&fate)) {
        let Run::AfterCommit(run) = hook.run else { continue };
        let work = hook.caught(model, || run(&rows, actions.clone()));
        let Some(wrong) = outcome(work.ok()).await else { continue };
        tracing::error!(hook = hook.function, entity = model.name(), "a hook after a commit {wrong}");
    }
}

/// What went wrong.
async fn outcome(work: Option<BoxFuture<'static, bool>>) -> Option<&'static str> {
    let Some(work) = work else { return Some("panicked") };
    match timeout(LONGEST, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(true)) => None,
        Ok(Ok(false)) => Some("failed"),
        Ok(Err(_)) => Some("panicked"),
        Err(_) => Some("took too long, and was ended"),
    }
}
