//! Declared indexes: made, compared at a start, used by the lists they are for, and unique among some rows.

use std::sync::Arc;

use mimsy::prelude::*;
use mimsy::test::{self, TestApp};
use mimsy::{StartError, Value};
use mimsy_runtime::policy::Known;
use mimsy_runtime::query::{Condition, Query, Sort};
use mimsy_runtime::secret::Secret;
use mimsy_runtime::sql::dialect::Placeholder;
use mimsy_runtime::sql::{Column, Reader, Statement};
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_schema::{EntityId, Expr, Kind};
use mimsy_tests::cluster::{self, Engine};
use mimsy_tests::shop::errors;
use serde_json::json;

/// The tenant.
#[entity(tenant = id)]
#[policy(actor = Hand, read = authenticated)]
pub(crate) struct Yard {
    pub id: Id<Self>,
    pub name: String,
}

/// Who acts.
#[entity(tenant = yard)]
#[policy(actor = Hand, read = authenticated)]
pub(crate) struct Hand {
    pub id: Id<Self>,
    pub yard: Ref<Yard>,
    #[field(login)]
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum State {
    Open,
    Done,
    Lost,
}

/// The least that is heavy.
const HEAVY: i64 = -7;

/// Indexed in every way.
#[entity(
    tenant = yard,
    index(state, -due),
    unique(room, seat),
    unique(holder, where = |job| matches!(job.state, State::Open | State::Lost)),
    index(
        due,
        where = |job| job.state != State::Done && job.price >= 1.5 && job.weight > HEAVY && job.holder != "it's"
            && job.note.is_some() && job.since < Timestamp::UNIX_EPOCH
    ),
)]
#[routes(list(filter(state, due, rank), sort(due, rank)), get, create, update)]
#[policy(actor = Hand, all = authenticated)]
pub(crate) struct Job {
    pub id: Id<Self>,
    pub yard: Ref<Yard>,
    pub state: State,
    pub due: i64,
    #[field(index)]
    pub rank: i64,
    pub room: String,
    pub seat: i64,
    pub holder: String,
    pub price: Decimal,
    pub weight: i64,
    pub note: Option<String>,
    pub since: Timestamp,
}

/// Of nobody in particular, with something inside.
#[entity(index(extra, gin))]
#[policy(read = public)]
pub(crate) struct Crate {
    pub id: Id<Self>,
    pub extra: serde_json::Value,
    #[field(index)]
    pub size: i64,
}

mimsy::schema! { pub(crate) Yards: Yard, Hand, Job, Crate }

/// How somebody may have one job with this seat.
fn job(yard: Id<Yard>, n: i64) -> Draft<Job> {
    Draft::<Job> {
        yard: Some(yard.into()),
        state: if n % 3 == 0 { State::Open } else { State::Done },
        due: n * 7 % 1000,
        rank: n * 13 % 1000,
        room: "hall".to_owned(),
        seat: n,
        holder: format!("h{n}"),
        price: Decimal::ONE,
        weight: 1,
        note: None,
        since: Timestamp::UNIX_EPOCH,
    }
}

fn on_every_database(test: impl AsyncFn(&TestApp, Engine, &str)) {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Yards), &database.url).await;
            test(&app, engine, &database.url).await;
            app.app().close().await;
            drop(database);
        });
    }
}

async fn yard(app: &TestApp, name: &str) -> (Id<Yard>, String) {
    let system = app.app().system("a test");
    let yard = system.create::<Yard>(Draft::<Yard> { name: name.to_owned() }).await.unwrap().key;
    system.create::<Hand>(Draft::<Hand> { yard: Some(yard.into()), name: name.to_owned() }).await.unwrap();
    (yard, app.token(name).await)
}

#[test]
fn what_was_asked_for_is_made_and_missed_when_it_is_gone() {
    on_every_database(async |app, engine, url| {
        let store = Store::connect(url, Options::default()).await.unwrap();
        let catalog = store.catalog().await.unwrap();
        let indexes = |table: &str| {
            let mut columns: Vec<String> =
                catalog.table(table).unwrap().indexes.iter().map(|index| index.columns.join(", ")).collect();
            columns.sort();
            columns
        };
        assert_eq!(indexes("jobs"), ["yard, due, id", "yard, id", "yard, rank, id", "yard, state, due DESC, id DESC"]);
        let crates: &[&str] = if engine == Engine::Sqlite { &["size, id"] } else { &["extra", "size, id"] };
        assert_eq!(indexes("crates"), crates);
        let uniques = &catalog.table("jobs").unwrap().uniques;
        let told: Vec<_> = uniques.iter().map(|one| (one.columns.join(", "), one.predicate.is_some())).collect();
        assert_eq!(told, [("yard, holder".to_owned(), true), ("yard, room, seat".to_owned(), false)]);

        let connect = || App::new(Yards).secret(Secret::development()).connect(url);
        assert!(!connect().await.unwrap().is_new(), "as the schema says");
        let table = catalog.table("jobs").unwrap();
        let some = table.indexes.iter().find(|index| index.predicate.is_some()).unwrap().name.clone();
        let (unique, plain) = (uniques[0].name.clone(), "ix_jobs_yard_rank_id");
        let drops = [some.as_str(), &unique, plain].map(|name| format!("DROP INDEX \"{name}\""));
        store.script(drops.to_vec()).await.unwrap();
        // Another condition is another index, whatever it is over.
        store.script(vec!["CREATE INDEX ix_other ON jobs (yard, due, id) WHERE due > 5".to_owned()]).await.unwrap();
        let Err(StartError::Differs(found)) = connect().await else { panic!("three are gone") };
        assert_eq!(
            found,
            [
                format!("`jobs` has no unique index on (yard, holder), for some rows, that is named `{unique}`"),
                format!("`jobs` has no index on (yard, due, id), for some rows, that is named `{some}`"),
                "`jobs` has no index on (yard, rank, id)".to_owned(),
            ]
        );
        store.close().await;
        assert!(app.app().schema().by_name("Job").is_some());
    });
}

/// How a database goes about a list of jobs under the fence of a yard.
async fn plan(app: &TestApp, url: &str, yard: Id<Yard>, query: &Query) -> String {
    let schema = app.app().schema();
    let model = schema.by_name("Job").unwrap();
    let store = Store::connect(url, Options::default()).await.unwrap();
    let fence = Expr::op(
        mimsy_schema::Op::Eq,
        [Expr::path(mimsy_schema::Root::Row, ["yard"]), Expr::constant(Value::Uuid(yard.uuid()))],
    );
    let scope = move |_: EntityId| Arc::new(fence.clone());
    let reader = Reader { schema: &schema, dialect: store.dialect(), known: Known::default(), scope: &scope };
    let list = reader.list(model, query, &model.key, 20).statement;
    let column = |kind| Column { kind, scale: 0 };
    let (word, columns) = match store.dialect().placeholder {
        Placeholder::Question => {
            ("EXPLAIN QUERY PLAN ", vec![column(Kind::Int), column(Kind::Int), column(Kind::Int), column(Kind::Text)])
        }
        Placeholder::Dollar => ("EXPLAIN ", vec![column(Kind::Text)]),
    };
    let last = columns.len() - 1;
    let explain = Statement { text: format!("{word}{}", list.text).into(), binds: list.binds, columns: columns.into() };
    let told: Result<String, StoreError> = store
        .read(move |tx| {
            Box::pin(async move {
                let mut told = String::new();
                tx.rows(&explain, &mut |row| {
                    if let Value::Text(line) = row.cell(last)?.to_value() {
                        told = format!("{told}{line}\n");
                    }
                    Ok(())
                })
                .await?;
                Ok(told)
            })
        })
        .await;
    store.close().await;
    told.unwrap()
}

#[test]
fn lists_use_the_indexes_that_are_for_them() {
    on_every_database(async |app, _, url| {
        let (yard, _) = yard(app, "ann").await;
        let jobs = (0..4000).map(|n| job(yard, n)).collect();
        app.app().system("a test").create_many::<Job>(jobs).await.unwrap();
        let store = Store::connect(url, Options::default()).await.unwrap();
        store.script(vec!["ANALYZE".to_owned()]).await.unwrap();
        store.close().await;
        let schema = app.app().schema();
        let field = |name: &str| vec![schema.by_name("Job").unwrap().field_index(name).unwrap()];
        let open = Condition::Field { path: field("state"), test: Test::Eq(Value::Text("open".to_owned())) };
        for (index, query) in [
            (
                "ix_jobs_yard_state_due_desc_id_desc",
                Query { filter: vec![open], sort: vec![Sort::descending(field("due"))], ..Query::default() },
            ),
            ("ix_jobs_yard_rank_id", Query { sort: vec![Sort::ascending(field("rank"))], ..Query::default() }),
        ] {
            let plan = plan(app, url, yard, &query).await;
            assert!(plan.contains(index), "{index}: {plan}");
            assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "nothing is sorted: {plan}");
        }
    });
}

fn told(error: &Error) -> Vec<String> {
    error.violations().iter().map(|one| one.pointer.clone()).collect()
}

#[test]
fn a_unique_among_some_rows_lets_the_others_be() {
    on_every_database(async |app, _, _| {
        let (ann, token) = yard(app, "ann").await;
        let (bob, others) = yard(app, "bob").await;
        let seat = std::sync::atomic::AtomicI64::new(0);
        let body = |state: &str| {
            let seat = seat.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            json!({
                "state": state, "due": 1, "rank": 1, "room": "hall", "seat": seat, "holder": "h", "price": "1",
                "weight": 1, "note": null, "since": "2026-01-01T00:00:00Z",
            })
        };
        let post = async |token: &str, state: &str| app.post("/api/jobs", body(state)).bearer(token).send().await;
        assert_eq!(post(&token, "open").await.status(), 201);
        for state in ["open", "lost"] {
            let second = post(&token, state).await;
            assert_eq!((second.status(), errors(&second)), (409, vec!["/holder DUPLICATE".to_owned()]));
        }
        let done = post(&token, "done").await;
        assert_eq!(done.status(), 201, "{}", done.json());
        assert_eq!(post(&token, "done").await.status(), 201);
        assert_eq!(post(&others, "open").await.status(), 201, "the tenant leads");
        let place = done.header("location").unwrap();
        let opened = app.patch(place, json!({"state": "open"})).bearer(&token).send().await;
        assert_eq!((opened.status(), errors(&opened)), (409, vec!["/holder DUPLICATE".to_owned()]));
        let system = app.app().system("a test");
        let held = |holder: &str, seat: i64, state| Draft::<Job> { holder: holder.to_owned(), state, ..job(bob, seat) };
        let many = vec![held("a", 50, State::Open), held("a", 51, State::Done), held("a", 52, State::Lost)];
        let error = system.create_many::<Job>(many).await.expect_err("the third meets the first");
        assert_eq!((error.kind(), told(&error)), (ErrorKind::Duplicate, vec!["/2/holder".to_owned()]));
        let seats = vec![job(ann, 61), job(ann, 61)];
        let error = system.create_many::<Job>(seats).await.expect_err("one seat");
        assert_eq!(told(&error), ["/1/room", "/1/seat"]);
    });
}
