//! The one writer: a thread that drains the queue into one transaction, and acknowledges after its commit.
//!
//! A commit that waits for the disk costs the same for one row as for a hundred, so writes that arrive during a commit
//! share the next one. Each runs in a savepoint of its own and can fail alone.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::checkpoint::Checkpoints;
use super::job::Job;
use super::lane::Lane;
use super::lease::{Lease, Verdict};
use super::link::Link;
use super::readers::Readers;
use crate::store::trouble::Troubles;
use crate::store::tx::Lane as Wire;
use crate::store::{Options, StoreError, Tx};

/// The most units in one transaction.
const BATCH: usize = 256;

/// What waits for the writer.
pub(super) enum Item {
    /// A unit that never waits for anything but its statements: it shares a transaction with others.
    Unit(Box<dyn Job>),
    /// A transaction that may: it has the writer to itself.
    Lease(Lease),
}

impl Item {
    fn refuse(self, error: StoreError) {
        match self {
            Self::Unit(job) => job.settle(Err(error)),
            Self::Lease(lease) => lease.refuse(error),
        }
    }
}

/// The handle of the writer thread.
pub(super) struct Writer {
    queue: RwLock<Option<SyncSender<Item>>>,
    ended: watch::Receiver<()>,
    thread: Mutex<Option<JoinHandle<()>>>,
    id: ThreadId,
}

impl Writer {
    pub(super) fn start(
        link: Link,
        readers: Arc<Readers>,
        options: &Options,
        troubles: Arc<Troubles>,
    ) -> Result<Self, StoreError> {
        let (sender, items) = sync_channel(options.queue.max(1));
        let (alive, ended) = watch::channel(());
        let (time, busy_timeout) = (options.batch_time, options.busy_timeout);
        let thread = std::thread::Builder::new()
            .name("mimsy-writer".to_owned())
            .spawn(move || {
                let checkpoints = Checkpoints::of(&link, busy_timeout);
                let mut batches = Batches { link, readers, checkpoints, items, time, troubles };
                let mut next = None;
                while let Some(item) = next.take().or_else(|| batches.items.recv().ok()) {
                    match item {
                        Item::Unit(job) => next = batches.commit_with(job),
                        Item::Lease(lease) => batches.lend(lease),
                    }
                }
                drop(batches);
                drop(alive);
            })
            .map_err(|error| StoreError::Unavailable(Arc::new(error)))?;
        let id = thread.thread().id();
        Ok(Self { queue: RwLock::new(Some(sender)), ended, thread: Mutex::new(Some(thread)), id })
    }

    /// Queue a unit or a transaction.
    pub(super) fn submit(&self, item: Item) -> Result<(), StoreError> {
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or_else(StoreError::closed)?;
        queue.try_send(item).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => StoreError::closed(),
        })
    }

    /// Take no more units, finish those that are queued, and close the connection.
    pub(super) async fn close(&self) {
        self.hang_up();
        let mut ended = self.ended.clone();
        // An error is the end that this waits for: the thread has dropped its side.
        while ended.changed().await.is_ok() {}
    }

    fn hang_up(&self) {
        self.queue.write().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for Writer {
    /// Waits for the batch that is under way, so that a database whose store is gone is closed. Nobody waits for what
    /// is still queued, so that is skipped.
    fn drop(&mut self) {
        self.hang_up();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last handle may die inside a job, on the writer thread itself.
        if let Some(thread) = thread.filter(|_| std::thread::current().id() != self.id) {
            let _ = thread.join();
        }
    }
}

/// What the thread owns.
struct Batches {
    link: Link,
    readers: Arc<Readers>,
    checkpoints: Checkpoints,
    items: Receiver<Item>,
    /// Whoever came first should not wait for all who follow.
    time: Duration,
    troubles: Arc<Troubles>,
}

impl Batches {
    /// One transaction: this unit, and all that are queued by the time it is through. Answers what came after them.
    fn commit_with(&mut self, first: Box<dyn Job>) -> Option<Item> {
        if first.abandoned() {
            return None;
        }
        if let Err(error) = self.begin() {
            // Who is queued by now has waited for the same lock.
            first.settle(Err(error.clone()));
            self.items.try_iter().for_each(|item| item.refuse(error.clone()));
            return None;
        }
        let since = Instant::now();
        let mut done = Vec::new();
        let mut next = Some(Item::Unit(first));
        let mut fate = Ok(());
        while let Some(Item::Unit(mut job)) = next.take_if(|next| matches!(next, Item::Unit(_))) {
            if !job.abandoned() {
                fate = self.savepoint(job.as_mut());
                done.push(job);
            }
            if fate.is_ok() && done.len() < BATCH && since.elapsed() < self.time {
                next = self.items.try_recv().ok();
            }
        }
        let fate = fate.and_then(|()| self.commit()).map_err(|error| self.undo(error));
        done.into_iter().for_each(|job| job.settle(fate.clone()));
        self.checkpoints.keep(&mut self.link, &self.readers);
        next
    }

    /// One unit in its savepoint. An error here is one of the whole transaction, never of the unit alone.
    fn savepoint(&mut self, job: &mut dyn Job) -> Result<(), StoreError> {
        self.link.run("SAVEPOINT unit")?;
        let mut tx = Tx::writing(Wire::Sqlite(Lane::Here(&mut self.link)));
        let keep = job.run(&mut tx);
        let doom = tx.doom();
        // A full disk, say, makes SQLite roll back the whole transaction by itself.
        if self.link.is_idle() {
            return Err(doom.unwrap_or_else(|| StoreError::unavailable("the database rolled the transaction back")));
        }
        doom.iter().for_each(|error| self.failed(error));
        if !keep {
            self.link.run("ROLLBACK TO unit")?;
        }
        self.link.run("RELEASE unit")
    }

    /// One transaction that has the writer to itself.
    fn lend(&mut self, lease: Lease) {
        if lease.abandoned() {
            return;
        }
        if let Err(error) = self.begin() {
            lease.refuse(error);
            return;
        }
        match lease.serve(&mut self.link) {
            Verdict::Commit(reply) => {
                let fate = self.commit().map_err(|error| self.undo(error));
                let _ = reply.send(fate);
                self.checkpoints.keep(&mut self.link, &self.readers);
            }
            Verdict::Rollback => self.roll_back(),
        }
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.link.run("BEGIN IMMEDIATE").inspect_err(|error| self.troubles.failed(error))
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let fate = self.link.run("COMMIT");
        if fate.is_ok() {
            self.troubles.succeeded();
        }
        // Also where it failed: who knows how far it came.
        self.readers.committed();
        fate
    }

    /// A commit failed: what it means to all who took part.
    fn undo(&mut self, error: StoreError) -> StoreError {
        self.roll_back();
        self.failed(&error);
        match error {
            error @ (StoreError::Unavailable(_) | StoreError::Full(_) | StoreError::ReadOnly(_)) => error,
            error => StoreError::Unavailable(Arc::new(error)),
        }
    }

    /// A write failed.
    fn failed(&mut self, error: &StoreError) {
        self.troubles.failed(error);
        if matches!(error, StoreError::Full(_)) {
            // What is in the file already takes up room in the log.
            self.checkpoints.hurry();
        }
    }

    fn roll_back(&mut self) {
        if !self.link.is_idle() {
            let _ = self.link.run("ROLLBACK");
        }
    }
}
