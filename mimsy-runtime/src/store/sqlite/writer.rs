//! The one writer: a thread that drains the queue into one transaction, and acknowledges after its commit.
//!
//! A commit that waits for the disk costs the same for one row as for a hundred, so writes that arrive during a commit
//! share the next one. Each runs in a savepoint of its own and can fail alone.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread::{JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::watch;

use super::job::Job;
use super::statement;
use crate::store::tx::Lane;
use crate::store::{Options, StoreError, Tx};

/// The most units in one transaction.
const BATCH: usize = 256;

/// The handle of the writer thread.
pub(super) struct Writer {
    queue: RwLock<Option<SyncSender<Box<dyn Job>>>>,
    ended: watch::Receiver<()>,
    thread: Mutex<Option<JoinHandle<()>>>,
    id: ThreadId,
}

impl Writer {
    pub(super) fn start(connection: Connection, options: &Options) -> Result<Self, StoreError> {
        let (sender, jobs) = sync_channel(options.queue.max(1));
        let (alive, ended) = watch::channel(());
        let time = options.batch_time;
        let thread = std::thread::Builder::new()
            .name("mimsy-writer".to_owned())
            .spawn(move || {
                let mut batches = Batches { connection, jobs, time };
                while let Ok(job) = batches.jobs.recv() {
                    batches.commit_with(job);
                }
                drop(batches);
                drop(alive);
            })
            .map_err(|error| StoreError::Unavailable(std::sync::Arc::new(error)))?;
        let id = thread.thread().id();
        Ok(Self { queue: RwLock::new(Some(sender)), ended, thread: Mutex::new(Some(thread)), id })
    }

    /// Queue a unit.
    pub(super) fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or_else(StoreError::closed)?;
        queue.try_send(job).map_err(|error| match error {
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
    connection: Connection,
    jobs: Receiver<Box<dyn Job>>,
    /// Whoever came first should not wait for all who follow.
    time: Duration,
}

impl Batches {
    /// One transaction: this unit, and all that are queued by the time it is through.
    fn commit_with(&mut self, first: Box<dyn Job>) {
        if first.abandoned() {
            return;
        }
        if let Err(error) = self.run("BEGIN IMMEDIATE") {
            // Who is queued by now has waited for the same lock.
            first.settle(Err(error.clone()));
            self.jobs.try_iter().for_each(|job| job.settle(Err(error.clone())));
            return;
        }
        let since = Instant::now();
        let mut done = Vec::new();
        let mut next = Some(first);
        let mut fate = Ok(());
        while let Some(mut job) = next.take() {
            if !job.abandoned() {
                fate = self.savepoint(job.as_mut());
                done.push(job);
            }
            if fate.is_ok() && done.len() < BATCH && since.elapsed() < self.time {
                next = self.jobs.try_recv().ok();
            }
        }
        let fate = fate.and_then(|()| self.run("COMMIT")).map_err(|error| {
            if !self.connection.is_autocommit() {
                let _ = self.connection.execute_batch("ROLLBACK");
            }
            match error {
                error @ StoreError::Unavailable(_) => error,
                error => StoreError::Unavailable(std::sync::Arc::new(error)),
            }
        });
        done.into_iter().for_each(|job| job.settle(fate.clone()));
    }

    /// One unit in its savepoint. An error here is one of the whole transaction, never of the unit alone.
    fn savepoint(&mut self, job: &mut dyn Job) -> Result<(), StoreError> {
        self.run("SAVEPOINT unit")?;
        let keep = job.run(&mut Tx::writing(Lane::Sqlite(&mut self.connection)));
        // A full disk, say, makes SQLite roll back the whole transaction by itself.
        if self.connection.is_autocommit() {
            return Err(StoreError::unavailable("the database rolled the transaction back"));
        }
        if !keep {
            self.run("ROLLBACK TO unit")?;
        }
        self.run("RELEASE unit")
    }

    fn run(&self, text: &'static str) -> Result<(), StoreError> {
        statement::run(&self.connection, text)
    }
}
