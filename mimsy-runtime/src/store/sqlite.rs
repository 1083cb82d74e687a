//! SQLite: reads inline on the calling thread, writes by one thread that commits them in groups.
//!
//! Every method of a SQLite [`Tx`](super::Tx) is ready at once, so a read that asks nothing else never leaves its
//! thread. Knows statements, binds and cells; nothing of what they mean.

mod apart;
mod catalog;
mod checkpoint;
mod connection;
mod definition;
mod failure;
mod janitor;
mod job;
mod kept;
mod lane;
mod lease;
mod link;
mod reader;
mod readers;
mod statement;
mod watch;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use self::connection::Opening;
use self::lease::Lease;
use self::readers::Readers;
use self::writer::{Item, Writer};
use super::trouble::Troubles;
use super::tx::Lane as Wire;
use super::{Options, StoreError, Tx};

pub(super) use self::lane::Lane;
pub(super) use self::lease::Remote;
pub(super) use self::statement::parameter;

/// An open SQLite database.
pub(super) struct Sqlite {
    readers: Arc<Readers>,
    writer: Writer,
}

impl Sqlite {
    pub(super) fn open(
        path: PathBuf,
        create: bool,
        options: &Options,
        troubles: Arc<Troubles>,
    ) -> Result<Self, StoreError> {
        let opening = Opening::new(path, options);
        // The writer comes first: it creates the file and turns the write-ahead log on.
        let link = opening.writer(create)?;
        let readers = Readers::new(opening)?;
        let writer = Writer::start(link, Arc::clone(&readers), options, troubles)?;
        Ok(Self { readers, writer })
    }

    pub(super) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut loan = self.readers.take()?;
        work(&mut Tx::reading(Wire::Sqlite(Lane::Reading(&mut loan)))).await
    }

    pub(super) async fn snapshot<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut loan = self.readers.take()?;
        loan.hold()?;
        work(&mut Tx::reading(Wire::Sqlite(Lane::Reading(&mut loan)))).await
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (job, answer) = job::unit(work);
        self.writer.submit(Item::Unit(job))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::closed().into()))
    }

    /// The writer, for one transaction of at most this time. Dropped without a commit, it is rolled back.
    pub(super) async fn lend(&self, limit: Duration) -> Result<Remote, StoreError> {
        let (lease, begun) = Lease::new(limit);
        self.writer.submit(Item::Lease(lease))?;
        begun.await.unwrap_or_else(|_| Err(StoreError::closed()))
    }

    pub(super) fn ping(&self) -> Result<(), StoreError> {
        self.readers.take()?.link()?.define("SELECT 1 FROM sqlite_schema LIMIT 1")
    }

    pub(super) async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
    }
}

impl Drop for Sqlite {
    /// What reads elsewhere may outlive this for a moment, and the file is closed here and now.
    fn drop(&mut self) {
        self.readers.close();
    }
}
