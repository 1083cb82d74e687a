//! Databases for the tests: a SQLite file in a temporary directory, and a private Postgres cluster where PostgreSQL's
//! server is installed.
//!
//! One cluster a test process, started on first use. A shell stands between us and the server and stops it when its
//! standard input closes: also when the tests fail, panic or are killed. Nothing here knows the schema.

mod binaries;
mod server;

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use mimsy_runtime::sql::Statement;
use mimsy_runtime::store::{Options, Store, StoreError};
use tempfile::TempDir;

pub use self::server::Server;

/// An engine to test on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// A file in a temporary directory.
    Sqlite,
    /// A database of the private cluster.
    Postgres,
}

/// The engines of this machine: SQLite always, Postgres where it is installed.
///
/// # Panics
/// When `MIMSY_REQUIRE_POSTGRES=1` is set and there is no Postgres.
#[must_use]
pub fn engines() -> Vec<Engine> {
    let mut engines = vec![Engine::Sqlite];
    engines.extend(postgres().map(|_| Engine::Postgres));
    engines
}

/// The cluster of this process; `None`, said once and loudly, where PostgreSQL is not installed.
///
/// # Panics
/// When there is no cluster and `MIMSY_REQUIRE_POSTGRES=1` is set.
pub fn postgres() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| match Server::start() {
            Ok(server) => {
                say(&format!("tests also run on {}", server.version()));
                Some(server)
            }
            Err(reason) if std::env::var("MIMSY_REQUIRE_POSTGRES").is_ok_and(|value| value == "1") => {
                panic!("MIMSY_REQUIRE_POSTGRES=1, and there is no PostgreSQL: {reason}")
            }
            Err(reason) => {
                say(&format!("tests run on SQLite ONLY, no PostgreSQL: {reason}"));
                None
            }
        })
        .as_ref()
}

/// A database of one test, empty, gone when it is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// Its address.
    pub url: String,
    /// Its engine.
    pub engine: Engine,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(#[expect(dead_code, reason = "removes the folder when it is dropped")] TempDir),
    Database { name: String, admin: String },
}

/// A fresh database.
///
/// # Panics
/// When it cannot be made; so a test that asks for Postgres asks [`engines`] first.
#[must_use]
pub fn fresh(engine: Engine) -> TestDatabase {
    match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().expect("a temporary directory");
            let path = folder.path().join("test.db");
            TestDatabase { url: format!("sqlite://{}", path.display()), engine, place: Place::Folder(folder) }
        }
        Engine::Postgres => postgres().expect("engines() lists Postgres only where it is installed").database(),
    }
}

impl Server {
    /// Set a parameter of the whole server, for the sessions that are open as well.
    ///
    /// # Errors
    /// What the server says.
    pub fn set(&self, parameter: &str, value: &str) -> Result<(), StoreError> {
        let admin = self.url("postgres");
        administer(&admin, format!("ALTER SYSTEM SET {parameter} = {value}"))?;
        administer(&admin, "SELECT pg_reload_conf()".to_owned())
    }

    /// A fresh database of this server.
    ///
    /// # Panics
    /// When the server refuses.
    #[must_use]
    pub fn database(&self) -> TestDatabase {
        // template0 takes no connections, so that tests at the same time cannot be in each other's way.
        self.database_of("template0")
    }

    /// A copy of a database to which nobody is connected.
    ///
    /// # Panics
    /// When the server refuses.
    #[must_use]
    pub fn copy(&self, of: &TestDatabase) -> TestDatabase {
        match &of.place {
            Place::Database { name, .. } => self.database_of(name),
            Place::Folder(_) => panic!("it is not on Postgres"),
        }
    }

    fn database_of(&self, template: &str) -> TestDatabase {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let admin = self.url("postgres");
        administer(&admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).expect("a fresh database");
        TestDatabase { url: self.url(&name), engine: Engine::Postgres, place: Place::Database { name, admin } }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Place::Database { name, admin } = &self.place {
            // The server may be down already, and the whole cluster goes with the process.
            let _ = administer(admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Run a statement outside of a transaction, from any context: a runtime cannot start inside another one's thread.
fn administer(url: &str, text: String) -> Result<(), StoreError> {
    let url = url.to_owned();
    let worker = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let store = Store::connect(&url, Options { pool_size: 1, ..Options::default() }).await?;
            let statement = Statement { text: text.into(), binds: Vec::new(), columns: [].into() };
            let done: Result<u64, StoreError> =
                store.read(move |tx| Box::pin(async move { tx.execute(&statement).await })).await;
            store.close().await;
            done.map(|_| ())
        })
    });
    worker.join().expect("the administering thread")
}

/// Past the test harness, which keeps what passing tests print.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "\n=== {text} ===\n");
}
