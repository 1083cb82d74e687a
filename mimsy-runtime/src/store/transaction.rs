//! A transaction that stays open while its work waits for other things, for a time.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::Mutex;

use super::tx::Lane;
use super::{StoreError, Tx, postgres, sqlite};

/// A transaction that is open. Cheap to clone; all clones are one transaction, and run their units one after the other.
#[derive(Clone)]
pub struct Transaction(Arc<Shared>);

struct Shared {
    open: Mutex<Option<Open>>,
    ended: AtomicBool,
    /// When its time is over.
    until: Option<Instant>,
}

struct Open {
    wire: Wire,
    doom: Option<StoreError>,
}

pub(super) enum Wire {
    Sqlite(sqlite::Remote),
    Postgres(postgres::Lane),
}

impl Transaction {
    /// Run the work of a transaction that has begun, for at most this time.
    pub(super) async fn during<T, E, F, Fut>(wire: Wire, limit: Duration, work: F) -> Result<T, E>
    where
        F: FnOnce(Self) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<StoreError>,
    {
        let open = Mutex::new(Some(Open { wire, doom: None }));
        let until = Instant::now().checked_add(limit);
        let transaction = Self(Arc::new(Shared { open, ended: AtomicBool::new(false), until }));
        // However the work ends: also by a panic, or with the future of all this.
        let end = End(&transaction);
        let outcome = tokio::time::timeout(limit, work(transaction.clone())).await;
        let Ok(outcome) = outcome else { return Err(StoreError::TimedOut.into()) };
        let open = transaction.0.open.lock().await.take();
        drop(end);
        let Some(open) = open else { return outcome.and(Err(ended().into())) };
        match (outcome, open.doom) {
            (Ok(value), None) => open.wire.commit().await.map(|()| value).map_err(E::from),
            (Ok(_), Some(error)) => {
                open.wire.rollback().await;
                Err(error.into())
            }
            (Err(error), _) => {
                open.wire.rollback().await;
                Err(error)
            }
        }
    }

    /// A unit of reading, which sees what the transaction wrote. A statement of it that fails dooms the transaction.
    ///
    /// # Errors
    /// Those of the work; [`StoreError::TimedOut`] where the transaction's time is over.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut open = self.0.open.lock().await;
        let over = self.0.until.is_some_and(|until| Instant::now() >= until);
        let outcome = match open.as_mut().filter(|_| !self.0.ended.load(Ordering::Acquire)) {
            // The database may have ended it already, in words of its own.
            Some(open) if over => Err(open.doom.insert(StoreError::TimedOut).clone().into()),
            Some(open) => open.run(work).await,
            None => Err(ended().into()),
        };
        // It ended meanwhile, for all but this unit.
        if self.0.ended.load(Ordering::Acquire) {
            open.take();
        }
        outcome
    }

    /// A unit of writing that can fail alone: it leaves nothing where it fails, and the transaction goes on.
    ///
    /// # Errors
    /// Those of the work; [`StoreError::TimedOut`] where the transaction's time is over.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.read(move |tx| Box::pin(tx.savepoint(work))).await
    }
}

impl Open {
    async fn run<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>>,
        E: From<StoreError>,
    {
        // Until the unit is through: nobody can tell how much of it was done.
        let doom = self.doom.replace(StoreError::defect("a unit of the transaction was left halfway"));
        let lane = match &mut self.wire {
            Wire::Sqlite(remote) => Lane::Sqlite(sqlite::Lane::Lent(remote)),
            Wire::Postgres(lane) => Lane::Postgres(lane),
        };
        let mut tx = Tx::doomed(lane, doom);
        let outcome = work(&mut tx).await;
        self.doom = tx.doom();
        outcome
    }
}

impl Wire {
    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(remote) => remote.commit().await,
            Self::Postgres(lane) => lane.commit().await,
        }
    }

    async fn rollback(self) {
        match self {
            // The writer notices.
            Self::Sqlite(remote) => drop(remote),
            Self::Postgres(lane) => lane.rollback().await,
        }
    }
}

/// Ends a transaction for every clone of it.
struct End<'t>(&'t Transaction);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.0.ended.store(true, Ordering::Release);
        // If a clone is at work just now, it ends the transaction afterwards.
        if let Ok(mut open) = self.0.0.open.try_lock() {
            open.take();
        }
    }
}

fn ended() -> StoreError {
    StoreError::defect("the transaction has ended: what works in it must not leave its closure")
}
