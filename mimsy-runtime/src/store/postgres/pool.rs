//! The pool of connections, how it is made, and how many of its connections are out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Executor as _, PgConnection, PgPool};

use super::failure;
use crate::store::{Options, PoolLoad, StoreError};

/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;

/// How often the server looks whether the other end of a connection is still there while it works for it.
const CHECK: &str = "1s";

/// How long a statement that nobody waits for any more may go on, so that not every caller who hangs up costs a connection.
const MOMENT: Duration = Duration::from_millis(100);

/// A pool of connections.
pub(super) struct Pool {
    connections: PgPool,
    /// Whether the pool is the store's own, and closes with it.
    own: bool,
    closed: AtomicBool,
    out: Arc<AtomicUsize>,
    statement_time: Duration,
}

/// One of so many, until it is dropped.
pub(in crate::store) struct Place(Arc<AtomicUsize>);

impl Place {
    pub(super) fn take(of: &Arc<AtomicUsize>) -> Self {
        of.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(of))
    }

    /// The same, if fewer than `most` are taken.
    pub(super) fn among(of: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let place = Self(Arc::clone(of));
        (of.fetch_add(1, Ordering::Relaxed) < most).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    /// A pool of our own.
    pub(super) async fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(options.pool_size.max(1))
            .acquire_timeout(options.busy_timeout)
            // A round trip before each unit, to find what its first statement finds as well.
            .test_before_acquire(false);
        let connect = connect_options(url, options)?;
        let checking = connect.clone().options([("client_connection_check_interval", CHECK)]);
        let connections = match pool.clone().connect_with(checking).await {
            // A server that does not know the setting (before 14), or cannot look (on Windows).
            Err(sqlx::Error::Database(told)) if told.code().is_some_and(|code| code == "42704" || code == "22023") => {
                pool.connect_with(connect.clone()).await
            }
            connections => connections,
        };
        let connections = connections.map_err(|error| failure::at_connect(error, &connect, options.busy_timeout))?;
        Ok(Self { own: true, ..Self::of(connections, options) })
    }

    /// A pool of the program's.
    pub(super) fn of(connections: PgPool, options: &Options) -> Self {
        let statement_time = options.statement_time();
        Self { connections, own: false, closed: AtomicBool::new(false), out: Arc::default(), statement_time }
    }

    /// A connection.
    pub(super) async fn lend(&self) -> Result<Loan, StoreError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::closed());
        }
        let connection = self.connections.acquire().await.map_err(|error| match error {
            // The pool tells a server that is gone and a pool that is exhausted by one and the same error.
            sqlx::Error::PoolTimedOut if self.is_exhausted() => StoreError::Busy,
            error => failure::store_error(error),
        })?;
        Ok(Loan { connection, _out: Place::take(&self.out) })
    }

    fn is_exhausted(&self) -> bool {
        // In a pool of the program's, its own statements take connections as well.
        let most = self.most() as usize;
        self.out.load(Ordering::Relaxed) >= most
            || (self.connections.size() as usize >= most && self.connections.num_idle() == 0)
    }

    /// The most connections.
    pub(super) fn most(&self) -> u32 {
        self.connections.options().get_max_connections()
    }

    /// How long a statement may run.
    pub(super) fn statement_time(&self) -> Duration {
        self.statement_time
    }

    pub(super) fn load(&self) -> PoolLoad {
        let idle = u32::try_from(self.connections.num_idle()).unwrap_or(u32::MAX);
        PoolLoad { open: self.connections.size(), idle }
    }

    pub(super) async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if self.own {
            self.connections.close().await;
        }
    }
}

/// A connection on loan. Dropped, it goes back to the pool.
pub(super) struct Loan {
    // It goes back before the count says so.
    connection: PoolConnection<sqlx::Postgres>,
    _out: Place,
}

impl Loan {
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Close it here and now: its socket, without a word.
    pub(super) fn close(self) {
        drop(self.connection.detach());
    }

    /// It was left in the middle: back to the pool if it soon comes to an end, else away with it.
    pub(super) async fn settle(mut self, within: bool) {
        // The driver first reads what is still on its way.
        let end = sqlx::raw_sql(if within { "ROLLBACK" } else { "" });
        let settled = tokio::time::timeout(MOMENT, self.connection().execute(end)).await;
        if !matches!(settled, Ok(Ok(_))) {
            self.close();
        }
    }
}

/// What every connection is told, beside the address. What the address says itself stays.
fn connect_options(url: &str, options: &Options) -> Result<PgConnectOptions, StoreError> {
    // The driver's own message may repeat a part of the address.
    let connect: PgConnectOptions = url.parse().map_err(|_| {
        StoreError::Address(
            "the Postgres URL cannot be read: write `postgres://user:password@host:5432/database`, with `%40` for an \
             `@` inside the password, and parameters as libpq names them (`sslmode=require`)"
                .to_owned(),
        )
    })?;
    // The driver sets the time zone to UTC and the encoding to UTF-8.
    let connect = connect.statement_cache_capacity(PREPARED).disable_statement_logging();
    let connect = match connect.get_application_name() {
        Some(_) => connect,
        None => connect.application_name("mimsy"),
    };
    let given = connect.get_options().unwrap_or_default().to_owned();
    // A `$user` schema that somebody creates later must not shadow our tables.
    let path = ("search_path", "public".to_owned());
    // We end a statement in time ourselves; this is for when we are gone.
    let time = ("statement_timeout", options.statement_time().as_millis().clamp(1, i32::MAX as u128).to_string());
    let told = [path, time].into_iter().filter(|(name, _)| !given.contains(name));
    Ok(connect.options(told))
}
