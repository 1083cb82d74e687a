//! Keys that the database counts: through every way in, to every place that holds a key, and no number twice.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, join_all};
use mimsy::prelude::*;
use mimsy::test::{self, TestApp};
use mimsy::{StartError, Value};
use mimsy_runtime::actions::{Change, Sink};
use mimsy_runtime::secret::Secret;
use mimsy_runtime::store::{Options, Store, Tx};
use mimsy_tests::cluster;
use mimsy_tests::shop::errors;
use serde_json::json;

/// Counted in 64 bits; its rules see its number before it is written.
#[entity]
#[routes(list(filter(title, parent.title), sort(id), include(parent, remarks)), get, create, update, delete)]
pub(crate) struct Ticket {
    #[field(id, increment)]
    pub id: i64,
    #[field(unique)]
    pub title: String,
    pub parent: Option<Ref<Ticket, i64>>,
    #[field(inverse = ticket)]
    pub remarks: Many<Remark>,
}

#[policy(actor = Agent, read = public, update = public, delete = public)]
impl Ticket {
    /// The first ten are anybody's.
    #[can(create)]
    fn few(ticket: &Ticket) -> bool {
        ticket.id <= 10
    }

    /// Remarks make it an old one.
    #[cannot(create)]
    fn remarked(ticket: &Ticket) -> bool {
        ticket.remarks.any(|remark| remark.id > 0)
    }
}

/// Counted in 32 bits, by the name that a key has anyway.
#[entity]
#[routes(list(filter(ticket), include(ticket)), get, create)]
#[policy(all = public)]
pub(crate) struct Remark {
    #[field(increment)]
    pub id: i32,
    #[field(on_delete = cascade)]
    pub ticket: Ref<Ticket, i64>,
}

/// Counted in 16 bits, under a name and in a column of its own.
#[entity]
#[routes(list, get, create)]
#[policy(all = public)]
pub(crate) struct Slot {
    #[field(id, increment, column = "order")]
    pub number: i16,
    pub open: bool,
}

/// An actor with a number for a name.
#[entity]
#[routes(get)]
#[policy(actor = Agent, read = authenticated)]
pub(crate) struct Agent {
    #[field(id, increment, wide)]
    pub id: i64,
    #[field(login, unique)]
    pub name: String,
}

mimsy::schema! { pub(crate) Desk: Ticket, Remark, Slot, Agent }

fn on_every_database(test: impl AsyncFn(&TestApp)) {
    with(|| App::new(Desk), test);
}

fn with(app: impl Fn() -> App, test: impl AsyncFn(&TestApp)) {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(app(), &database.url).await;
            test(&app).await;
            app.app().close().await;
            drop(database);
        });
    }
}

#[test]
fn the_database_counts_what_nobody_gives() {
    on_every_database(async |desk| {
        let post = async |path: &str, body| desk.post(path, body).send().await;
        let first = post("/api/tickets", json!({"title": "a"})).await;
        assert_eq!(first.header("location"), Some("/api/tickets/1"), "{}", first.json());
        assert_eq!(first.json()["data"], json!({"id": 1, "title": "a", "parent": null}));
        let second = post("/api/tickets", json!({"title": "b", "parent": 1})).await;
        assert_eq!(second.json()["data"]["id"], 2);
        for body in [json!({"id": 7, "title": "c"}), json!({"id": null, "title": "c"})] {
            assert_eq!(errors(&post("/api/tickets", body).await), ["/id NOT_WRITABLE"]);
        }
        assert_eq!(
            errors(&post("/api/tickets", json!({"title": "c", "parent": 9})).await),
            ["/parent REFERENCE_NOT_FOUND"]
        );
        let moved = desk.patch("/api/tickets/1", json!({"id": 3})).send().await;
        assert_eq!(errors(&moved), ["/id NOT_WRITABLE"]);
        let remark = post("/api/remarks", json!({"ticket": 2})).await;
        assert_eq!(remark.header("location"), Some("/api/remarks/1"));
        let seen = desk.get("/api/tickets/2?include=parent,remarks").send().await.json();
        assert_eq!(seen["data"]["parent"], json!({"id": 1, "title": "a", "parent": null}));
        assert_eq!(seen["data"]["remarks"]["data"], json!([{"id": 1, "ticket": 2}]));
        let slot = post("/api/slots", json!({"open": true})).await;
        assert_eq!(slot.json()["data"], json!({"number": 1, "open": true}));
        assert_eq!(desk.get("/api/slots/1").send().await.status(), 200);
        assert_eq!(desk.get("/api/slots/32768").send().await.status(), 404);
        let page = desk.get("/api/tickets?sort=-id&limit=1").send().await.json();
        assert_eq!(page["data"][0]["id"], 2);
        let after = page["page"]["next"].as_str().expect("another page");
        let page = desk.get(&format!("/api/tickets?sort=-id&limit=1&after={after}")).send().await.json();
        assert_eq!(page["data"][0]["id"], 1);
    });
}

#[test]
fn no_number_is_given_twice() {
    on_every_database(async |desk| {
        let system = desk.app().system("a test");
        let draft = |title: &str| Draft::<Ticket> { title: title.to_owned(), parent: None };
        let keys = system.create_many::<Ticket>(vec![draft("a"), draft("b"), draft("c")]).await.unwrap();
        assert_eq!(keys, [1, 2, 3]);
        system.delete::<Ticket>(3).await.unwrap();
        let next = system.create::<Ticket>(draft("d")).await.unwrap().key;
        assert!(next > 3, "{next} was there before");
        let taken = system.create::<Ticket>(draft("a")).await.err().expect("the title is taken");
        assert_eq!((taken.kind(), taken.fields()), (ErrorKind::Duplicate, &["title".to_owned()][..]));
        let slots = join_all((0..20).map(|_| system.create::<Slot>(Draft::<Slot> { open: true }))).await;
        let numbers: BTreeSet<i16> = slots.into_iter().map(|slot| slot.unwrap().key).collect();
        assert_eq!(numbers.len(), 20);
    });
}

#[test]
fn numbers_end_where_their_type_ends() {
    on_every_database(async |desk| {
        let system = desk.app().system("a test");
        let drafts = |count| (0..count).map(|_| Draft::<Slot> { open: false }).collect::<Vec<_>>();
        let keys = system.create_many::<Slot>(drafts(32_767)).await.unwrap();
        assert_eq!((keys[0], keys[32_766]), (1, 32_767));
        let error = system.create_many::<Slot>(drafts(1)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert_eq!(desk.post("/api/slots", json!({"open": true})).send().await.status(), 500);
        assert_eq!(
            desk.post("/api/tickets", json!({"title": "a"})).send().await.status(),
            201,
            "nothing else is broken"
        );
    });
}

#[test]
fn a_rule_sees_the_number_before_the_row_is_written() {
    on_every_database(async |desk| {
        let post = async |title: &str| desk.post("/api/tickets", json!({"title": title})).send().await.status();
        for n in 1..=10 {
            assert_eq!(post(&n.to_string()).await, 201, "{n}");
        }
        assert_eq!(post("one too many").await, 403);
        assert_eq!(post("1").await, 403, "who may not write never learns of a duplicate");
    });
}

/// What a sink heard of: entities' names and keys.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Vec<Value>>>>);

impl Sink for Heard {
    fn change<'a>(&'a self, change: &'a Change, _: &'a mut Tx<'_>) -> BoxFuture<'a, Result<(), Error>> {
        let after = change.after.as_ref().and_then(|row| row.first().cloned());
        assert_eq!(after.as_ref(), change.key.first());
        self.0.lock().unwrap().push(change.key.clone());
        Box::pin(async { Ok(()) })
    }
}

#[test]
fn sinks_hear_the_numbers_of_rows_created_one_by_one_and_together() {
    let heard = Heard::default();
    with(
        || App::new(Desk).sink(heard.clone()),
        async |desk| {
            assert_eq!(desk.post("/api/slots", json!({"open": true})).send().await.status(), 201);
            let drafts = vec![Draft::<Slot> { open: true }, Draft::<Slot> { open: false }];
            desk.app().as_nobody().create_many::<Slot>(drafts).await.unwrap();
            let keys = std::mem::take(&mut *heard.0.lock().unwrap());
            assert_eq!(keys, [[Value::Int(1)], [Value::Int(2)], [Value::Int(3)]]);
        },
    );
}

#[test]
fn a_counted_actor_has_tokens_and_repeats_once() {
    on_every_database(async |desk| {
        let ann = desk.app().system("a test").create::<Agent>(Draft::<Agent> { name: "ann".to_owned() }).await.unwrap();
        let token = desk.token("ann").await;
        let own = desk.get(&format!("/api/agents/{}", ann.key)).bearer(&token).send().await;
        assert_eq!(own.json()["data"], json!({"id": "1", "name": "ann"}));
        let send = async || {
            let request = desk.post("/api/slots", json!({"open": true})).bearer(&token);
            request.header("idempotency-key", "\"once\"").send().await
        };
        let (first, again) = (send().await, send().await);
        assert_eq!((first.status(), first.json()), (201, again.json()));
        assert_eq!(again.header("location"), Some("/api/slots/1"));
    });
}

#[test]
fn a_table_that_does_not_count_is_refused() {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let connect = || App::new(Desk).secret(Secret::development()).connect(&database.url);
            connect().await.unwrap().close().await;
            assert!(!connect().await.unwrap().is_new(), "as the schema says");
            let store = Store::connect(&database.url, Options::default()).await.unwrap();
            let suffix = store.dialect().table_suffix;
            let drop = "DROP TABLE slots".to_owned();
            let (int, boolean) = (store.dialect().types.int16, store.dialect().types.boolean);
            let make = format!(
                "CREATE TABLE slots (\"order\" {int} NOT NULL PRIMARY KEY, open {boolean} NOT NULL, _version {} NOT NULL \
                 DEFAULT 1){suffix}",
                store.dialect().types.int
            );
            store.script(vec![drop, make]).await.unwrap();
            store.close().await;
            let Err(StartError::Differs(found)) = connect().await else { panic!("nobody counts") };
            assert_eq!(found, ["`slots.order` is given, and the schema says that it is counted by the database"]);
        });
    }
}
