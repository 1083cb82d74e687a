//! Batches: many rows in one request or one call, as a whole or each for itself.

mod law;
mod library;
mod refusals;
mod requests;

use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer, TestApp};
use mimsy::{Change, HttpConfig, Sink};
use mimsy_runtime::store::Tx;
use mimsy_tests::cluster::{self, TestDatabase};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};

/// A tenant.
#[entity(tenant = id)]
#[policy(actor = Clerk, read = authenticated)]
pub(crate) struct Firm {
    pub id: Id<Self>,
    pub name: String,
}

/// The actor.
#[entity(tenant = firm)]
#[policy(actor = Clerk, read = authenticated)]
pub(crate) struct Clerk {
    pub id: Id<Self>,
    pub firm: Ref<Firm>,
    #[field(login)]
    pub login: String,
}

/// Whom accounts belong to.
#[entity(key(firm, name), tenant = firm)]
#[policy(actor = Clerk, all = authenticated)]
pub(crate) struct Holder {
    pub firm: Ref<Firm>,
    pub name: String,
    pub blocked: bool,
    #[field(inverse = holder)]
    pub accounts: Many<Account>,
}

/// Named by its number in a firm; what its rules look at lies in the row, in other rows, and in rows that lead here.
#[entity(key(firm, number), tenant = firm)]
#[routes(list(sort(number)), get, create, update, delete, batch_create, batch_update, batch_delete)]
#[derive(Debug)]
pub(crate) struct Account {
    pub firm: Ref<Firm>,
    pub number: i64,
    #[field(unique(within = firm))]
    pub tag: Option<String>,
    pub holder_name: String,
    #[field(by(firm, holder_name))]
    pub holder: Ref<Holder, (Ref<Firm>, String)>,
    pub above_number: Option<i64>,
    #[field(by(firm, above_number), on_delete = restrict)]
    pub above: Option<Ref<Account, (Ref<Firm>, i64)>>,
    #[field(min = 0, max = 100)]
    pub limit: i64,
    #[field(default = false)]
    pub hidden: bool,
    #[field(default = true)]
    pub open: bool,
    #[field(updated)]
    pub touched_at: Timestamp,
}

#[policy(actor = Clerk)]
impl Account {
    /// Clerks see what is not hidden.
    #[can(read)]
    fn shown(clerk: &Clerk, account: &Account) -> bool {
        account.firm == clerk.firm && !account.hidden
    }

    /// Clerks write.
    #[can(create, update, delete)]
    fn own(clerk: &Clerk, account: &Account) -> bool {
        account.firm == clerk.firm
    }

    /// A blocked holder gets nothing.
    #[cannot(create, update)]
    fn blocked(account: &Account) -> bool {
        account.holder.blocked
    }

    /// Nobody holds more than four.
    #[cannot(create, update)]
    fn full(account: &Account) -> bool {
        account.holder.accounts.count() > 4
    }

    /// What is closed stays as it is.
    #[cannot(update)]
    fn closed(_clerk: &Clerk, old: &Account, _new: &Account) -> bool {
        !old.open
    }

    /// What weighs much stays.
    #[cannot(delete)]
    fn heavy(account: &Account) -> bool {
        account.limit > 50
    }
}

mimsy::schema! { pub(crate) Books: Firm, Clerk, Holder, Account }

/// What the sinks heard, without the firm: entity, number, created or changed or deleted.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Sink for Heard {
    fn change<'a>(
        &'a self,
        change: &'a Change,
        _: &'a mut Tx<'_>,
    ) -> mimsy_runtime::actions::BoxFuture<'a, Result<(), Error>> {
        let what = match (&change.before, &change.after) {
            (None, _) => "created",
            (_, None) => "deleted",
            _ => "changed",
        };
        if change.model().name() == "Account" {
            self.0.lock().unwrap().push(format!("{what} {:?}", change.key[1]));
        }
        Box::pin(async { Ok(()) })
    }
}

impl Heard {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Two firms with a clerk and the same three holders each; the holder `c` is blocked.
struct Fixture {
    app: TestApp,
    heard: Heard,
    firms: [Id<Firm>; 2],
    tokens: [String; 2],
    _database: TestDatabase,
}

const ANN: usize = 0;
const EVE: usize = 1;

fn on_every_database(test: impl AsyncFn(&Fixture)) {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let fixture = Fixture::new(cluster::fresh(engine), HttpConfig::default()).await;
            test(&fixture).await;
            fixture.app.app().close().await;
        });
    }
}

impl Fixture {
    async fn new(database: TestDatabase, config: HttpConfig) -> Self {
        let heard = Heard::default();
        let app = test::start_on(App::new(Books).http(config).sink(heard.clone()), &database.url).await;
        let system = app.app().system("a test");
        let firm = async |login: &str| {
            let key = system.create::<Firm>(Draft::<Firm> { name: login.to_owned() }).await.unwrap().key;
            let clerk = Draft::<Clerk> { firm: Some(key.into()), login: login.to_owned() };
            system.create::<Clerk>(clerk).await.unwrap();
            for name in ["a", "b", "c"] {
                let draft = Draft::<Holder> { firm: Some(key.into()), name: name.to_owned(), blocked: name == "c" };
                system.create::<Holder>(draft).await.unwrap();
            }
            key
        };
        let firms = [firm("ann").await, firm("eve").await];
        let tokens = [app.token("ann").await, app.token("eve").await];
        Self { app, heard, firms, tokens, _database: database }
    }

    async fn send(&self, clerk: usize, method: &str, path: &str, body: &Json) -> TestAnswer {
        self.app.request(method.parse().unwrap(), path).bearer(&self.tokens[clerk]).json(body).send().await
    }

    async fn post(&self, path: &str, body: &Json) -> TestAnswer {
        self.send(ANN, "POST", path, body).await
    }

    /// All accounts of a firm, also those that its clerk does not see, with their versions; without firm and moments.
    async fn accounts(&self, clerk: usize) -> Vec<(Json, String)> {
        let firm = Ref::<Firm>::to(self.firms[clerk]);
        let system = self.app.app().system("a test");
        let mut found = Vec::new();
        for row in system.list::<Account>().eq("firm", firm).sort("number").limit(1000).page().await.unwrap().rows {
            let place = format!("/api/accounts/{},{}", self.firms[clerk], row.number);
            let answer = self.app.get(&place).bearer(&self.tokens[clerk]).send().await;
            let version = answer.header("etag").unwrap_or("?").split('-').next().unwrap_or_default().to_owned();
            found.push((
                json!([row.number, row.tag, row.holder_name, row.above_number, row.limit, row.hidden, row.open]),
                version,
            ));
        }
        found
    }

    /// Delete all accounts, the ones above others last.
    async fn clear(&self) {
        let system = self.app.app().system("a test");
        let rows = system.list::<Account>().limit(1000).page().await.unwrap().rows;
        let free = |row: &Account| (row.key(), Patch::<Account>::default().above_number(None));
        system.update_many::<Account>(rows.iter().map(free)).await.unwrap();
        system.delete_many::<Account>(rows.iter().map(Account::key)).await.unwrap();
    }

    /// The key of an account as it stands in a batch.
    fn id(&self, clerk: usize, number: i64) -> Json {
        json!({"firm": self.firms[clerk].to_string(), "number": number})
    }

    fn place(&self, clerk: usize, number: i64) -> String {
        format!("/api/accounts/{},{number}", self.firms[clerk])
    }
}

/// A new account of `a`'s.
fn account(number: i64) -> Json {
    json!({"number": number, "holder_name": "a", "limit": 1})
}
