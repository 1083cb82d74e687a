//! The language of rules, whole, as an author writes it: rows of relations, arithmetic, time, texts, other policies.

use mimsy::prelude::*;
use mimsy::{ConnectedApp, test};
use mimsy_tests::cluster;

/// Works in teams.
#[entity]
#[policy(actor = Clerk, read = public)]
pub(crate) struct Clerk {
    pub id: Id<Self>,
    #[field(login)]
    pub name: String,
    pub level: i64,
    #[field(inverse = clerk)]
    pub seats: Many<Seat>,
}

/// Looks after accounts.
#[entity]
#[policy(actor = Clerk, read = public)]
pub(crate) struct Team {
    pub id: Id<Self>,
    pub name: String,
    #[field(inverse = team)]
    pub seats: Many<Seat>,
}

/// A clerk in a team.
#[entity]
#[policy(actor = Clerk, read = public)]
pub(crate) struct Seat {
    pub id: Id<Self>,
    pub team: Ref<Team>,
    pub clerk: Ref<Clerk>,
}

/// Has orders.
#[entity]
pub(crate) struct Account {
    pub id: Id<Self>,
    pub code: String,
    pub team: Option<Ref<Team>>,
    #[field(default = false)]
    pub secret: bool,
    #[field(inverse = account)]
    pub orders: Many<Order>,
}

#[policy(actor = Clerk)]
impl Account {
    /// A team's people see its accounts.
    #[can(read)]
    fn team(clerk: &Clerk, account: &Account) -> bool {
        account.team.is_some_and(|team| team.seats.any(|seat| seat.clerk == clerk.id))
    }

    /// Secret accounts are for nobody.
    #[cannot(read)]
    fn secret(account: &Account) -> bool {
        account.secret
    }
}

/// Has positions.
#[derive(Debug)]
#[entity]
pub(crate) struct Order {
    pub id: Id<Self>,
    pub account: Ref<Account>,
    pub note: String,
    pub limit: Decimal,
    pub due: Timestamp,
    #[field(inverse = order)]
    pub positions: Many<Position>,
}

#[policy(actor = Clerk)]
impl Order {
    const GRACE: i64 = 7;

    /// Who may read the account may read its orders.
    #[can(read)]
    fn of_account(clerk: &Clerk, order: &Order) -> bool {
        can!(order.account, read) && clerk.level >= 0
    }

    /// A clerk writes an order as long as it is within its limit and not long overdue.
    #[can(update)]
    fn within(clerk: &Clerk, order: &Order) -> bool {
        order.positions.sum(|position| position.price * position.qty) <= order.limit
            && now() < order.due + days(Self::GRACE)
            && order.positions.count() < 5 + clerk.level * 2
    }

    /// What is checked in full, and has something in it, can go.
    #[can(delete)]
    fn done(_clerk: &Clerk, order: &Order) -> bool {
        !order.positions.is_empty()
            && order.positions.all(|position| position.checked)
            && order.positions.none(|position| position.qty > 100 && !order.note.is_empty())
    }

    /// A note does not begin with a space, and its last word is no secret.
    #[must(update)]
    fn tidy(order: &Order) -> bool {
        !order.note.starts_with(" ")
            && !order.note.ends_with("secret")
            && !order.note.contains("  ")
            && order.note.len() < 20
    }

    /// The dearest position decides whether somebody has to look.
    #[cannot(update)]
    fn dear(clerk: &Clerk, order: &Order) -> bool {
        order.positions.max(|position| position.price).is_some_and(|dearest| dearest > 500) && clerk.level < 5
    }
}

/// What is ordered.
#[entity]
#[policy(actor = Clerk, read = public)]
pub(crate) struct Position {
    pub id: Id<Self>,
    pub order: Ref<Order>,
    pub price: Decimal,
    pub qty: i64,
    #[field(default = false)]
    pub checked: bool,
}

mimsy::schema! { Office: Clerk, Team, Seat, Account, Order, Position }

struct Fixture {
    app: ConnectedApp,
    ada: Clerk,
    bob: Clerk,
    account: Id<Account>,
}

impl Fixture {
    async fn new(app: &ConnectedApp) -> Self {
        let system = app.system("a test");
        let clerk = async |name: &str, level| {
            system.create::<Clerk>(Draft::<Clerk> { name: name.to_owned(), level }).await.unwrap().row.unwrap()
        };
        let (ada, bob) = (clerk("ada", 1).await, clerk("bob", 1).await);
        let team = system.create::<Team>(Draft::<Team> { name: "north".to_owned() }).await.unwrap().key;
        system.create::<Seat>(Draft::<Seat> { team: team.into(), clerk: ada.id.into() }).await.unwrap();
        let draft = Draft::<Account> { code: "A1".to_owned(), team: Some(team.into()), secret: None };
        let account = system.create::<Account>(draft).await.unwrap().key;
        Self { app: app.clone(), ada, bob, account }
    }

    async fn order(&self, note: &str, limit: i64, due: Timestamp, positions: &[(i64, i64, bool)]) -> Id<Order> {
        let system = self.app.system("a test");
        let draft =
            Draft::<Order> { account: self.account.into(), note: note.to_owned(), limit: Decimal::from(limit), due };
        let order = system.create::<Order>(draft).await.unwrap().key;
        for (price, qty, checked) in positions {
            let (price, checked) = (Decimal::from(*price), Some(*checked));
            let draft = Draft::<Position> { order: order.into(), price, qty: *qty, checked };
            system.create::<Position>(draft).await.unwrap();
        }
        order
    }

    /// The rule that refuses an update, if one does.
    async fn refused(&self, order: Id<Order>) -> Option<String> {
        let patch = Patch::<Order>::default().limit(Decimal::from(1_000_000));
        let answer = self.app.as_actor(&self.ada).update::<Order>(order, patch).await;
        let error = answer.err()?;
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
        Some(error.refusal().unwrap().rule.clone().unwrap_or_else(|| "no rule".to_owned()))
    }
}

fn on_every_database(test: impl AsyncFn(&Fixture)) {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let database = cluster::fresh(engine);
            let started = test::start_on(App::new(Office), &database.url).await;
            let fixture = Fixture::new(started.app()).await;
            test(&fixture).await;
            fixture.app.close().await;
        });
    }
}

#[test]
fn rows_of_relations_and_other_policies_guard_reading() {
    on_every_database(async |office| {
        let order = office.order("", 10, Timestamp::MAX, &[]).await;
        let (ada, bob) = (office.app.as_actor(&office.ada), office.app.as_actor(&office.bob));
        assert_eq!(ada.get::<Order>(order).await.unwrap().id, order);
        assert_eq!(bob.get::<Order>(order).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(ada.list::<Order>().page().await.unwrap().rows.len(), 1);
        assert_eq!(bob.list::<Order>().page().await.unwrap().rows.len(), 0);
        assert_eq!(bob.list::<Account>().page().await.unwrap().rows.len(), 0);

        // A seat opens it, a secret closes it again: through the delegation as well.
        let system = office.app.system("a test");
        let team = system.list::<Team>().page().await.unwrap().rows.remove(0);
        let seat = Draft::<Seat> { team: team.id.into(), clerk: office.bob.id.into() };
        system.create::<Seat>(seat).await.unwrap();
        assert_eq!(bob.list::<Order>().page().await.unwrap().rows.len(), 1);
        system.update::<Account>(office.account, Patch::<Account>::default().secret(true)).await.unwrap();
        assert_eq!(bob.list::<Order>().page().await.unwrap().rows.len(), 0);
        assert_eq!(ada.get::<Order>(order).await.unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn sums_times_and_texts_guard_writing() {
    on_every_database(async |office| {
        let past = Timestamp::parse("2020-01-01T00:00:00Z").unwrap();
        let due = Timestamp::parse("2999-01-01T00:00:00Z").unwrap();
        let one = |price, qty| (price, qty, true);
        let fits = office.order("fine", 100, due, &[one(10, 3), one(35, 2)]).await;
        assert_eq!(office.refused(fits).await, None, "30 and 70 are 100");
        let over = office.order("fine", 99, due, &[one(10, 3), one(35, 2)]).await;
        assert_eq!(office.refused(over).await.as_deref(), Some("no rule"));
        let late = office.order("fine", 100, past, &[]).await;
        assert_eq!(office.refused(late).await.as_deref(), Some("no rule"));
        let never = office.order("fine", 100, Timestamp::MAX, &[]).await;
        assert_eq!(office.refused(never).await.as_deref(), Some("no rule"), "a week past the last year is unknown");
        let many = office.order("fine", 100, due, &[one(1, 1); 7]).await;
        assert_eq!(office.refused(many).await.as_deref(), Some("no rule"), "five and two are the most at level one");
        let six = office.order("fine", 100, due, &[one(1, 1); 6]).await;
        assert_eq!(office.refused(six).await, None);
        for note in [" x", "a secret", "a  b", "twenty characters ...."] {
            let untidy = office.order(note, 100, due, &[]).await;
            assert_eq!(office.refused(untidy).await.as_deref(), Some("tidy"), "{note:?}");
        }
        let dear = office.order("fine", 100_000, due, &[one(501, 1)]).await;
        assert_eq!(office.refused(dear).await.as_deref(), Some("dear"));
    });
}

#[test]
fn quantifiers_guard_deleting() {
    on_every_database(async |office| {
        let ada = office.app.as_actor(&office.ada);
        let (due, no, yes) = (Timestamp::MAX, false, true);
        for (note, positions, goes) in [
            ("", vec![], false),
            ("", vec![(1, 1, no)], false),
            ("", vec![(1, 1, yes), (1, 1, no)], false),
            ("", vec![(1, 101, yes)], true),
            ("noted", vec![(1, 101, yes)], false),
            ("noted", vec![(1, 100, yes)], true),
        ] {
            let order = office.order(note, 100, due, &positions).await;
            let system = office.app.system("a test");
            let answer = ada.delete::<Order>(order).await;
            match answer {
                // What it consists of is still there, so the database has the last word.
                Err(error) if goes => assert_eq!(error.kind(), ErrorKind::Restricted, "{note} {positions:?}"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Forbidden, "{note} {positions:?}"),
                Ok(()) => panic!("{note} {positions:?}: its positions point to it"),
            }
            assert!(system.get::<Order>(order).await.is_ok());
        }
    });
}
