//! The only module that touches a database driver: connections, transactions, binds and cells.
//!
//! It runs [`Statement`](crate::sql::Statement)s and hands out [`Row`](crate::row::Row)s. It knows nothing of
//! policies, actions or HTTP, and renders no SQL of its own beside the catalog's. Start at [`Store`]; a unit of work
//! talks to [`Tx`]; `sqlite` and `postgres` are the two drivers, and neither knows of the other.

mod address;
pub mod catalog;
mod error;
mod load;
mod options;
pub mod own;
mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;
mod transaction;
mod trouble;
mod tx;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use self::address::Address;
use self::load::Counts;
use self::postgres::Postgres;
use self::sqlite::Sqlite;
use self::trouble::Troubles;
use crate::sql::{Dialect, dialect};

pub use self::catalog::Catalog;
pub use self::error::{Source, StoreError};
pub use self::load::{Load, PoolLoad};
pub use self::options::Options;
pub use self::transaction::Transaction;
pub use self::trouble::Trouble;
pub use self::tx::Tx;
pub use {rusqlite, sqlx};

/// A database. Cheap to clone: all clones share its connections, and the last one closes them.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use mimsy_runtime::sql::Statement;
/// use mimsy_runtime::store::{Options, Store, StoreError};
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("shop.db");
/// let store = Store::connect(path.to_str().unwrap(), Options::default()).await?;
/// store.script(vec!["CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT".to_owned()]).await?;
///
/// let insert = Statement { text: "INSERT INTO notes DEFAULT VALUES".into(), binds: vec![], columns: [].into() };
/// let touched = store.write(move |tx| Box::pin(async move { tx.execute(&insert).await })).await?;
/// assert_eq!(touched, 1);
/// # Ok::<(), StoreError>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    counts: Arc<Counts>,
    troubles: Arc<Troubles>,
    transaction_time: Duration,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl Store {
    /// Open the database at an address: `sqlite://path`, `sqlite:path`, a bare path, `postgres://…` or
    /// `postgresql://…`. A SQLite file that is missing is created.
    ///
    /// # Errors
    /// [`StoreError::Address`] where the address cannot be used, in words that name no password;
    /// [`StoreError::Unavailable`] where the database does not answer.
    pub async fn connect(url: &str, options: Options) -> Result<Self, StoreError> {
        let transaction_time = options.transaction_time;
        let troubles = Arc::<Troubles>::default();
        let told = Arc::clone(&troubles);
        let engine = match Address::parse(url)? {
            Address::Sqlite { path, create } => Engine::Sqlite(Arc::new(Sqlite::open(path, create, &options, told)?)),
            Address::Postgres(url) => Engine::Postgres(Arc::new(Postgres::open(&url, &options, told).await?)),
        };
        Ok(Self { engine, counts: Arc::default(), troubles, transaction_time })
    }

    /// Use a pool of the program's own, beside its own statements. What a pool decides (its size, how long one waits for a
    /// connection, the parameters of a connection) it has decided already, so those options do not hold; `search_path` has
    /// to name one schema, where the tables are. Closing the store leaves the pool open.
    ///
    /// A statement that takes longer than it may is given up, and its connection closed; the server itself ends it at once
    /// where the connections set `client_connection_check_interval`, and otherwise when it is through.
    #[must_use]
    pub fn postgres(pool: sqlx::PgPool, options: Options) -> Self {
        let transaction_time = options.transaction_time;
        let troubles = Arc::<Troubles>::default();
        let engine = Engine::Postgres(Arc::new(Postgres::over(pool, &options, Arc::clone(&troubles))));
        Self { engine, counts: Arc::default(), troubles, transaction_time }
    }

    /// What the database can do and how it spells it.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        match self.engine {
            Engine::Sqlite(_) => &dialect::SQLITE,
            Engine::Postgres(_) => &dialect::POSTGRES,
        }
    }

    /// Statements that each see the newest committed state.
    ///
    /// # Errors
    /// Those of the work, and the store's own where no connection is to be had.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.counts.read();
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work).await,
            // Boxed, here and below: it is large, and every caller's future would carry its size.
            Engine::Postgres(postgres) => Box::pin(postgres.read(work)).await,
        }
    }

    /// Several statements over one state of the database.
    ///
    /// # Errors
    /// Those of the work, and the store's own where no connection is to be had.
    pub async fn snapshot<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.counts.read();
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.snapshot(work).await,
            Engine::Postgres(postgres) => Box::pin(postgres.snapshot(work)).await,
        }
    }

    /// A unit of writing: committed before this returns `Ok`, rolled back where the work gives an error, panics, or
    /// swallows the error of a statement.
    ///
    /// The work waits for nothing but its own statements: on SQLite all writes share one thread. A caller that hangs
    /// up before its work began takes it back; later, SQLite finishes it and Postgres rolls it back.
    ///
    /// # Errors
    /// Those of the work; [`StoreError::Busy`] where too much waits; [`StoreError::Unavailable`] where the commit
    /// fails; [`StoreError::Full`] and [`StoreError::ReadOnly`] where the database takes no writes.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let _writing = self.counts.write();
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(work).await,
            Engine::Postgres(postgres) => Box::pin(postgres.write(work)).await,
        }
    }

    /// How busy it is.
    #[must_use]
    pub fn load(&self) -> Load {
        let connections = match &self.engine {
            Engine::Sqlite(_) => None,
            Engine::Postgres(postgres) => Some(postgres.load()),
        };
        self.counts.load(connections, self.troubles.current())
    }

    /// A transaction whose work may wait for other things between its units: committed before this returns `Ok`, rolled
    /// back where the work gives an error, panics, is dropped, or takes longer than `limit`.
    ///
    /// On SQLite it has the one writer to itself, and every other write waits meanwhile, also one that its own work makes
    /// past it; on Postgres it keeps a connection.
    ///
    /// # Errors
    /// Those of the work; [`StoreError::TimedOut`]; as [`Store::write`].
    pub async fn transaction<T, E, F, Fut>(&self, limit: Duration, work: F) -> Result<T, E>
    where
        F: FnOnce(Transaction) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<StoreError>,
    {
        let _writing = self.counts.write();
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let wire = transaction::Wire::Sqlite(sqlite.lend(limit).await?);
                Transaction::during(wire, limit, work).await
            }
            Engine::Postgres(postgres) => {
                let (wire, _place) = Box::pin(postgres.begin(limit)).await?;
                Transaction::during(transaction::Wire::Postgres(wire), limit, work).await
            }
        }
    }

    /// How long an interactive transaction may take, where nothing else is said.
    #[must_use]
    pub fn transaction_time(&self) -> Duration {
        self.transaction_time
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.ping(),
            Engine::Postgres(postgres) => postgres.ping().await,
        }
    }

    /// Finish what is queued, then close every connection. All clones are closed with it.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
        }
    }

    /// What the database holds.
    ///
    /// # Errors
    /// The database's.
    pub async fn catalog(&self) -> Result<Catalog, StoreError> {
        self.snapshot(|tx| Box::pin(async move { tx.catalog().await })).await
    }

    /// Run definitions (DDL), all in one transaction.
    ///
    /// # Errors
    /// The database's; then none of them is applied.
    pub async fn script(&self, statements: Vec<String>) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                for text in &statements {
                    tx.define(text).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
