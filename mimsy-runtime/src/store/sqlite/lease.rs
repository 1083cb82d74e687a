//! The writer, lent to one transaction that may wait for other things between its statements.
//!
//! The connection stays on the writer's thread, and statements come to it one by one. So whatever becomes of the task
//! that sends them (it waits for too long, panics, is dropped in the middle of a statement), the thread notices, rolls back
//! and goes on.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::kept::Kept;
use super::link::Link;
use super::watch::{Caller, Waiting};
use crate::row::{BadCell, Row};
use crate::sql::Statement;
use crate::store::StoreError;

/// A transaction on its way to the writer, and who waits for it to begin.
pub(super) struct Lease {
    began: oneshot::Sender<Result<Remote, StoreError>>,
    limit: Duration,
}

/// What the task sends.
enum Call {
    /// To do something on the connection.
    Work(Box<dyn FnOnce(&mut Link) + Send>, Caller),
    /// To keep all that was done.
    Commit(oneshot::Sender<Result<(), StoreError>>),
}

/// How a lease ended.
pub(super) enum Verdict {
    /// It is to be kept; tell how that went.
    Commit(oneshot::Sender<Result<(), StoreError>>),
    /// It is not.
    Rollback,
}

impl Lease {
    /// A transaction of at most this time, and where it will arrive.
    pub(super) fn new(limit: Duration) -> (Self, oneshot::Receiver<Result<Remote, StoreError>>) {
        let (began, has_begun) = oneshot::channel();
        (Self { began, limit }, has_begun)
    }

    /// Whether nobody waits for it any more.
    pub(super) fn abandoned(&self) -> bool {
        self.began.is_closed()
    }

    /// It cannot begin.
    pub(super) fn refuse(self, error: StoreError) {
        let _ = self.began.send(Err(error));
    }

    /// Serve it, on a connection that has begun a transaction.
    pub(super) fn serve(self, link: &mut Link) -> Verdict {
        let until = Instant::now().checked_add(self.limit);
        let (calls, arriving) = channel();
        if self.began.send(Ok(Remote { calls, until })).is_err() {
            return Verdict::Rollback;
        }
        let verdict = serve(link, &arriving, until);
        link.bind(None, None);
        verdict
    }
}

fn serve(link: &mut Link, calls: &Receiver<Call>, until: Option<Instant>) -> Verdict {
    loop {
        let call = match until {
            Some(until) => calls.recv_timeout(until.saturating_duration_since(Instant::now())).ok(),
            None => calls.recv().ok(),
        };
        match call {
            Some(Call::Work(work, caller)) => {
                link.bind(until, Some(caller));
                work(link);
                // A statement that writes and is ended takes the whole transaction with it.
                if link.is_idle() {
                    return Verdict::Rollback;
                }
            }
            Some(Call::Commit(reply)) => return Verdict::Commit(reply),
            // Its time is over, or its task is gone.
            None => return Verdict::Rollback,
        }
    }
}

/// The task's end of a lease. Dropped without a commit, the transaction is rolled back.
pub(in crate::store) struct Remote {
    calls: Sender<Call>,
    until: Option<Instant>,
}

impl Remote {
    /// Run a statement and hand on its rows.
    pub(super) async fn rows(
        &mut self,
        statement: &Statement,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
    ) -> Result<(), StoreError> {
        let statement = statement.clone();
        let rows = self.call(move |link| Kept::all(link, &statement)).await?;
        for row in &rows {
            each(row)?;
        }
        Ok(())
    }

    /// Do something on the connection.
    pub(super) async fn call<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Link) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (waiting, caller) = Waiting::new();
        let (reply, answer) = oneshot::channel();
        let work = Box::new(move |link: &mut Link| {
            let _ = reply.send(work(link));
        });
        self.calls.send(Call::Work(work, caller)).map_err(|_| self.over())?;
        let answer = answer.await.map_err(|_| self.over())?;
        drop(waiting);
        answer
    }

    /// Keep all that was done.
    pub(in crate::store) async fn commit(self) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.calls.send(Call::Commit(reply)).map_err(|_| self.over())?;
        answer.await.map_err(|_| self.over())?
    }

    /// Why nobody answers.
    fn over(&self) -> StoreError {
        match self.until {
            Some(until) if Instant::now() >= until => StoreError::TimedOut,
            _ => StoreError::unavailable("the transaction was rolled back"),
        }
    }
}
