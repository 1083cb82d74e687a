//! Keys of every kind: in paths, bodies, references, cursors, tokens and the Rust API, on every database.

mod compound;
mod natural;
mod walks;

use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer, TestApp, TestRequest};
use mimsy_tests::cluster;

/// Named by a code that the caller gives.
#[entity]
#[routes(list(filter(name), sort(name)), get, create, update, delete)]
#[policy(all = public)]
pub(crate) struct Country {
    #[field(id)]
    pub code: String,
    pub name: String,
}

/// What a plug looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum Plug {
    Flat,
    Round,
}

/// Named by a number; refers to a text key.
#[entity]
#[routes(list(filter(country, country.name), sort(country, volts), include(country)), get, create, update, delete)]
#[policy(all = public)]
pub(crate) struct Grid {
    #[field(id)]
    pub number: i64,
    pub country: Ref<Country, String>,
    pub former: Option<Ref<Country, String>>,
    pub volts: i64,
}

/// Named by the country that it is of, so that each has one.
#[entity]
#[routes(list, get, create, update)]
#[policy(all = public)]
pub(crate) struct Flag {
    #[field(id)]
    pub country: Ref<Country, String>,
    pub colours: i64,
}

/// Named by an enum and a moment.
#[entity(key(plug, since))]
#[routes(list, get, create)]
#[policy(all = public)]
pub(crate) struct Norm {
    pub plug: Plug,
    pub since: Timestamp,
    pub title: String,
}

/// A tenant.
#[entity(tenant = id)]
#[routes(get)]
#[policy(actor = Clerk, read = authenticated)]
pub(crate) struct Firm {
    pub id: Id<Self>,
    pub name: String,
}

/// The actor, named by the firm and a login.
#[entity(key(firm, login), tenant = firm)]
#[routes(list, get, update)]
#[policy(actor = Clerk, read = authenticated, update = authenticated)]
pub(crate) struct Clerk {
    pub firm: Ref<Firm>,
    #[field(login)]
    pub login: String,
    #[field(role)]
    pub rank: Rank,
    pub motto: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum Rank {
    Junior,
    Senior,
}

/// Numbered within its firm; written by a clerk.
#[entity(key(firm, number), tenant = firm)]
#[routes(
    list(filter(number, clerk.motto, total), sort(number, total, clerk.motto), include(clerk, payments)),
    get, create, update, delete,
)]
pub(crate) struct Bill {
    pub firm: Ref<Firm>,
    pub number: String,
    pub total: i64,
    pub clerk_login: String,
    #[field(by(firm, clerk_login))]
    pub clerk: Ref<Clerk, (Ref<Firm>, String)>,
    #[field(inverse = bill)]
    pub payments: Many<Payment>,
}

#[policy(actor = Clerk, read = authenticated, create = authenticated, delete = authenticated)]
impl Bill {
    /// A clerk changes their own bills.
    #[can(update)]
    fn own(clerk: &Clerk, bill: &Bill) -> bool {
        bill.firm == clerk.firm && bill.clerk_login == clerk.login
    }
}

/// Perhaps of a bill.
#[entity(tenant = firm)]
#[routes(list(filter(bill_number, bill.total), include(bill)), get, create, update, delete)]
pub(crate) struct Payment {
    pub id: Id<Self>,
    pub firm: Ref<Firm>,
    pub bill_number: Option<String>,
    #[field(by(firm, bill_number), on_delete = cascade)]
    pub bill: Option<Ref<Bill, (Ref<Firm>, String)>>,
    pub amount: i64,
}

#[policy(actor = Clerk, all = authenticated)]
impl Payment {
    /// What belongs to no bill stays until it does.
    #[cannot(delete)]
    fn stray(payment: &Payment) -> bool {
        payment.bill.is_none()
    }

    /// A bill of a thousand is closed.
    #[cannot(update)]
    fn closed(_clerk: &Clerk, old: &Payment, new: &Payment) -> bool {
        old.bill == new.bill && old.bill.is_some_and(|bill| bill.total >= 1000)
    }
}

mimsy::schema! { pub(crate) Ledger: Country, Grid, Flag, Norm, Firm, Clerk, Bill, Payment }

/// Run a test on a fresh ledger on every database of this machine.
fn on_every_database(test: impl AsyncFn(&Fixture)) {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Ledger), &database.url).await;
            let fixture = Fixture::planted(app).await;
            test(&fixture).await;
            fixture.app.app().close().await;
            drop(database);
        });
    }
}

/// Two firms, with a clerk of one login in each.
struct Fixture {
    app: TestApp,
    acme: Id<Firm>,
    ann: String,
    eve: String,
}

impl Fixture {
    async fn planted(app: TestApp) -> Self {
        let system = app.app().system("a test");
        let firm = async |name: &str| system.create::<Firm>(Draft::<Firm> { name: name.to_owned() }).await.unwrap().key;
        let clerk = async |firm: Id<Firm>, login: &str| {
            let (login, motto) = (login.to_owned(), format!("{login}!"));
            let draft = Draft::<Clerk> { firm: Some(firm.into()), login, rank: Rank::Junior, motto };
            system.create::<Clerk>(draft).await.unwrap().key
        };
        let (acme, globex) = (firm("Acme").await, firm("Globex").await);
        clerk(acme, "ann").await;
        clerk(acme, "bob, jr.").await;
        clerk(globex, "eve").await;
        let (ann, eve) = (app.token("ann").await, app.token("eve").await);
        Self { app, acme, ann, eve }
    }

    fn as_ann<'a>(&self, request: TestRequest<'a>) -> TestRequest<'a> {
        request.bearer(&self.ann)
    }

    async fn get(&self, path: &str) -> TestAnswer {
        self.as_ann(self.app.get(path)).send().await
    }

    async fn post(&self, path: &str, body: serde_json::Value) -> TestAnswer {
        self.as_ann(self.app.post(path, body)).send().await
    }

    async fn patch(&self, path: &str, body: serde_json::Value) -> TestAnswer {
        self.as_ann(self.app.patch(path, body)).send().await
    }

    async fn delete(&self, path: &str) -> TestAnswer {
        self.as_ann(self.app.delete(path)).send().await
    }
}
