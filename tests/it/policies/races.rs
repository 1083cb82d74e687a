//! A rule that looks at another row, while somebody else changes that row.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use mimsy::prelude::*;
use mimsy::store::sqlx::postgres::PgPool;
use mimsy::store::{Tx, sqlx};
use mimsy::test;
use mimsy::{Change, ConnectedApp, Sink};
use mimsy_tests::cluster;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Who acts; nobody, here.
#[entity]
pub(crate) struct Clerk {
    pub id: Id<Self>,
    #[field(login)]
    pub name: String,
}

/// Takes entries as long as it is open.
#[entity]
#[policy(actor = Clerk, read = public, update = public)]
pub(crate) struct Account {
    pub id: Id<Self>,
    pub open: bool,
}

/// What is booked.
#[entity]
pub(crate) struct Entry {
    pub id: Id<Self>,
    pub account: Ref<Account>,
    pub amount: i64,
}

#[policy(actor = Clerk, read = public)]
impl Entry {
    /// A closed account takes no entries, and lets none go.
    #[can(create, delete)]
    fn open(entry: &Entry) -> bool {
        entry.account.open
    }
}

mimsy::schema! { Ledger: Clerk, Account, Entry }

/// While an account is being changed, and before that is committed, starts something else and gives it the time to see
/// the account as it was.
struct Meanwhile {
    url: String,
    app: Arc<Mutex<Option<ConnectedApp>>>,
    what: Arc<Mutex<Option<Start>>>,
    began: Began,
}

type Began = Arc<Mutex<Option<JoinHandle<Result<(), Error>>>>>;
type Start = Box<dyn FnOnce(ConnectedApp) -> BoxFuture<'static, Result<(), Error>> + Send>;

impl Sink for Meanwhile {
    fn change<'a>(&'a self, change: &'a Change, _: &'a mut Tx<'_>) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            if change.model().name() != "Account" || change.before.is_none() {
                return Ok(());
            }
            let app = self.app.lock().unwrap().clone().unwrap();
            let Some(start) = self.what.lock().unwrap().take() else { return Ok(()) };
            let done = Arc::new(Notify::new());
            let told = Arc::clone(&done);
            let task = tokio::runtime::Handle::try_current().map(|runtime| {
                runtime.spawn(async move {
                    let outcome = start(app).await;
                    told.notify_one();
                    outcome
                })
            });
            if self.url.starts_with("postgres") {
                // Until it waits for this transaction, or is done without having waited.
                let pool = PgPool::connect(&self.url).await.unwrap();
                let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity \
                               WHERE datname = current_database())";
                let blocked = async {
                    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&pool).await.unwrap() == 0 {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::select! { () = blocked => {}, () = done.notified() => {} }
                pool.close().await;
            }
            *self.began.lock().unwrap() = task.ok();
            Ok(())
        })
    }
}

#[test]
fn what_a_rule_saw_holds_until_the_write_is_committed() {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let database = cluster::fresh(engine);
            let meanwhile = Meanwhile {
                url: database.url.clone(),
                app: Arc::default(),
                what: Arc::default(),
                began: Arc::default(),
            };
            let (app, what, began) =
                (Arc::clone(&meanwhile.app), Arc::clone(&meanwhile.what), Arc::clone(&meanwhile.began));
            let test = test::start_on(App::new(Ledger).sink(meanwhile), &database.url).await;
            let ledger = test.app().clone();
            *app.lock().unwrap() = Some(ledger.clone());
            let system = ledger.system("a test");
            let account = async || system.create::<Account>(Draft::<Account> { open: true }).await.unwrap().key;

            let one = account().await;
            let book = move |app: ConnectedApp| -> BoxFuture<'static, Result<(), Error>> {
                let draft = Draft::<Entry> { account: one.into(), amount: 7 };
                Box::pin(async move { app.as_nobody().create::<Entry>(draft).await.map(|_| ()) })
            };
            *what.lock().unwrap() = Some(Box::new(book));
            system.update::<Account>(one, Patch::<Account>::default().open(false)).await.unwrap();
            let task = began.lock().unwrap().take();
            // On SQLite the writer's thread is in no runtime: there, a write waits for its turn anyway.
            let booked = match task {
                Some(task) => task.await.unwrap(),
                None => book(ledger.clone()).await,
            };
            assert_eq!(booked.unwrap_err().kind(), ErrorKind::Forbidden, "{engine:?}: the account was closed");

            let two = account().await;
            let draft = Draft::<Entry> { account: two.into(), amount: 7 };
            let entry = system.create::<Entry>(draft).await.unwrap().key;
            let strike = move |app: ConnectedApp| -> BoxFuture<'static, Result<(), Error>> {
                Box::pin(async move { app.as_nobody().delete::<Entry>(entry).await })
            };
            *what.lock().unwrap() = Some(Box::new(strike));
            system.update::<Account>(two, Patch::<Account>::default().open(false)).await.unwrap();
            let task = began.lock().unwrap().take();
            let struck = match task {
                Some(task) => task.await.unwrap(),
                None => strike(ledger.clone()).await,
            };
            assert_eq!(struck.unwrap_err().kind(), ErrorKind::Forbidden, "{engine:?}: the account was closed");
            ledger.close().await;
        });
    }
}
