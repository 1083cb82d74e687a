//! Functions of the program's, on values and on rows.

use std::sync::atomic::{AtomicU64, Ordering};

use mimsy::prelude::*;
use mimsy::test::TestApp;
use serde_json::{Value as Json, json};

use super::{on_every_database, refused};

/// A trip. Its functions tell what is wrong in each way there is.
#[entity(validate(in_order, not_to_the_moon))]
#[routes(list, get, create, update, delete)]
#[policy(all = public)]
struct Trip {
    pub id: Id<Self>,
    #[field(len = 3..=20, custom(no_shouting, Self::counted))]
    pub title: String,
    #[field(custom = even)]
    pub seats: Option<i64>,
    #[field(custom = after_the_flood)]
    pub starts: Timestamp,
    pub ends: Timestamp,
    #[field(on_delete = set_null)]
    pub guide: Option<Ref<Guide>>,
    #[field(default = Mood::Calm, custom = bearable)]
    pub mood: Mood,
    #[field(updated)]
    pub touched: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum Mood {
    Calm,
    Wild,
    Deadly,
}

/// Who leads trips.
#[entity]
#[routes(create, delete)]
#[policy(all = public)]
struct Guide {
    pub id: Id<Self>,
    pub name: String,
}

mimsy::schema! { Travels: Trip, Guide }

static ASKED: AtomicU64 = AtomicU64::new(0);

impl Trip {
    fn counted(title: &str) -> Result<(), &'static str> {
        let watched = title == "BOMB" || title == "To the sun";
        ASKED.fetch_add(u64::from(watched), Ordering::Relaxed);
        Ok(())
    }
}

/// Takes a `&str` for a `String`, and tells it in words.
fn no_shouting(title: &str) -> Result<(), &'static str> {
    assert_ne!(title, "BOMB", "never say {title}");
    if title.chars().any(char::is_lowercase) { Ok(()) } else { Err("must not shout") }
}

/// Is asked of the number, not of the `Option`, and has a code and parameters.
fn even(seats: &i64) -> Result<(), Violation> {
    if seats % 2 == 0 { Ok(()) } else { Err(Violation::new("EVEN", "must be even").with("divisor", 2)) }
}

/// Tells it in words of its own making.
fn after_the_flood(starts: &Timestamp) -> Result<(), String> {
    if *starts > moment("1970-01-01") { Ok(()) } else { Err(format!("must be after {}", 1970)) }
}

fn bearable(mood: &Mood) -> Result<(), &'static str> {
    if *mood == Mood::Deadly { Err("must be survivable") } else { Ok(()) }
}

/// Tells several things at once, and some of the whole.
fn in_order(trip: &Trip) -> Result<(), Violations> {
    let mut found = Violations::default();
    if trip.ends <= trip.starts {
        found.add(Violation::field("ends", "ORDER", "must come after `starts`"));
    }
    if trip.mood == Mood::Wild && trip.guide.is_none() {
        found.add("a wild trip needs a guide");
    }
    if trip.touched < moment("2020-01-01") {
        found.add("the server has not said when");
    }
    found.settle()
}

fn not_to_the_moon(trip: &Trip) -> Result<(), Violation> {
    assert_ne!(trip.title, "To the sun", "it panics, too");
    if trip.title == "To the moon" { Err(Violation::field("title", "TOO_FAR", "is too far")) } else { Ok(()) }
}

fn moment(day: &str) -> Timestamp {
    Timestamp::parse(&format!("{day}T00:00:00Z")).unwrap()
}

fn with(changes: Json) -> Json {
    let mut body = json!({
        "title": "To the sea", "seats": 4, "starts": "2026-05-01T00:00:00Z", "ends": "2026-05-08T00:00:00Z",
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn draft(title: &str, seats: Option<i64>, ends: &str) -> Draft<Trip> {
    let (starts, ends) = (moment("2026-05-01"), moment(ends));
    Draft::<Trip> { title: title.to_owned(), seats, starts, ends, guide: None, mood: None }
}

async fn count(app: &TestApp) -> usize {
    app.get("/api/trips").send().await.json()["data"].as_array().unwrap().len()
}

#[test]
fn functions_judge_values_on_create_and_on_update() {
    on_every_database(
        || App::new(Travels),
        async |app| {
            let create = async |changes| app.post("/api/trips", with(changes)).send().await;
            let bad = json!({"title": "TO THE SEA", "seats": 3, "starts": "1969-01-01T00:00:00Z", "mood": "deadly"});
            let mut found = refused(&create(bad).await);
            found.sort();
            let told = ["/mood CUSTOM", "/seats EVEN {\"divisor\":2}", "/starts CUSTOM", "/title CUSTOM"];
            assert_eq!(found, told);
            let short = create(json!({"title": "NO"})).await;
            assert_eq!(refused(&short), ["/title LEN {\"max\":20,\"min\":3}"], "functions see what keeps the rules");
            assert_eq!(count(app).await, 0);

            let made = create(json!({"seats": null})).await;
            assert_eq!(made.status(), 201, "NULL is asked about nothing: {}", made.json());
            let path = format!("/api/trips/{}", made.json()["data"]["id"].as_str().unwrap());
            let answer = app.patch(&path, json!({"seats": 5})).send().await;
            assert_eq!(refused(&answer), ["/seats EVEN {\"divisor\":2}"]);
            assert_eq!(answer.json()["errors"][0]["detail"], "must be even");
            assert_eq!(app.patch(&path, json!({"seats": 6})).send().await.status(), 200);
        },
    );
}

#[test]
fn functions_judge_the_row_as_it_will_be() {
    on_every_database(
        || App::new(Travels),
        async |app| {
            let create = async |changes| app.post("/api/trips", with(changes)).send().await;
            let bad = create(json!({"title": "To the moon", "ends": "2026-04-01T00:00:00Z", "mood": "wild"})).await;
            assert_eq!(refused(&bad), ["/ends ORDER", " CUSTOM", "/title TOO_FAR"]);
            // What breaks a rule makes no row to ask about.
            let bad = create(json!({"seats": 1, "ends": "2026-04-01T00:00:00Z"})).await;
            assert_eq!(refused(&bad), ["/seats EVEN {\"divisor\":2}"]);

            let guide = app.post("/api/guides", json!({"name": "Ann"})).send().await.json()["data"]["id"].clone();
            let made = create(json!({"mood": "wild", "guide": guide})).await;
            assert_eq!(made.status(), 201, "{}", made.json());
            let path = format!("/api/trips/{}", made.json()["data"]["id"].as_str().unwrap());
            // Together with what stays as it is.
            let answer = app.patch(&path, json!({"starts": "2026-06-01T00:00:00Z"})).send().await;
            assert_eq!(refused(&answer), ["/ends ORDER"]);
            assert_eq!(refused(&app.patch(&path, json!({"guide": null})).send().await), [" CUSTOM"]);
            // A delete elsewhere does not get past it.
            let guide = format!("/api/guides/{}", guide.as_str().unwrap());
            let answer = app.delete(&guide).send().await;
            assert_eq!((answer.status(), &answer.json()["code"]), (409, &json!("RESTRICTED")));
            assert_eq!(app.patch(&path, json!({"mood": "calm"})).send().await.status(), 200);
            assert_eq!(app.delete(&guide).send().await.status(), 204);
        },
    );
}

#[test]
fn every_door_asks() {
    on_every_database(
        || App::new(Travels),
        async |app| {
            let places = |error: Error| -> Vec<String> {
                assert_eq!(error.kind(), ErrorKind::Invalid);
                error.violations().iter().map(|one| format!("{} {}", one.pointer, one.code)).collect()
            };
            let draft = |seats, ends| draft("To the sea", seats, ends);
            let (good, bad) = ("2026-05-08", "2026-04-01");
            for access in [app.app().as_nobody(), app.app().system("a test")] {
                let one = access.create::<Trip>(draft(Some(3), good)).await.err().unwrap();
                assert_eq!(places(one), ["/seats EVEN"]);
                let many = vec![draft(None, good), draft(None, bad)];
                assert_eq!(places(access.create_many::<Trip>(many).await.unwrap_err()), ["/1/ends ORDER"]);
                let made = access.create::<Trip>(draft(Some(2), good)).await.unwrap().key;
                let error = access.update::<Trip>(made, Patch::<Trip>::default().seats(Some(7))).await.err().unwrap();
                assert_eq!(places(error), ["/seats EVEN"]);
            }
            assert_eq!(count(app).await, 2);
        },
    );
}

#[test]
fn a_function_that_panics_writes_nothing_and_the_server_lives() {
    on_every_database(
        || App::new(Travels),
        async |app| {
            let made = app.post("/api/trips", with(json!({}))).send().await;
            let path = format!("/api/trips/{}", made.json()["data"]["id"].as_str().unwrap());
            for title in ["BOMB", "To the sun"] {
                let asked = ASKED.load(Ordering::Relaxed);
                for answer in [
                    app.post("/api/trips", with(json!({"title": title}))).send().await,
                    app.patch(&path, json!({"title": title})).send().await,
                ] {
                    assert_eq!((answer.status(), &answer.json()["code"]), (500, &json!("INTERNAL")));
                    assert!(!answer.json().to_string().contains(title), "{}", answer.json());
                }
                assert_eq!(ASKED.load(Ordering::Relaxed) > asked, title != "BOMB", "the next function is not asked");
            }
            let bomb = draft("BOMB", None, "2026-05-08");
            let error = app.app().system("a test").create::<Trip>(bomb).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Internal);
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert_eq!(cause, "the check `no_shouting` of Trip.title panicked", "and not about what");

            assert_eq!(app.get(&path).send().await.json()["data"]["title"], "To the sea");
            assert_eq!(app.patch(&path, json!({"title": "To the hills"})).send().await.status(), 200);
            assert_eq!(count(app).await, 1);
        },
    );
}

/// Its defaults break what only the runtime knows.
#[entity]
struct Sealed {
    pub id: Id<Self>,
    #[field(default = 3, custom = even)]
    pub number: i64,
    #[field(default = "nobody", email)]
    pub owner: String,
}

mimsy::schema! { Vault: Sealed }

#[test]
fn a_default_that_would_be_refused_is_told_before_the_start() {
    let told = App::new(Vault).check().unwrap_err().to_string();
    for wanted in ["Sealed.number", "the default must be even", "Sealed.owner", "the default must be an e-mail address"]
    {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
}

/// Numbered by the database, and telling what it sees.
#[entity(validate = early)]
#[routes(create, update)]
#[policy(all = public)]
struct Queue {
    #[field(id, increment)]
    pub id: i64,
    pub seen: i64,
}

mimsy::schema! { Office: Queue }

fn early(queue: &Queue) -> Result<(), Violation> {
    if queue.id == queue.seen { Ok(()) } else { Err(Violation::field("seen", "SEEN", queue.id.to_string())) }
}

#[test]
fn a_key_that_the_database_counts_is_0_before_it_is_there() {
    on_every_database(
        || App::new(Office),
        async |app| {
            let create = async |seen: i64| app.post("/api/queues", json!({"seen": seen})).send().await;
            assert_eq!(refused(&create(1).await), ["/seen SEEN"]);
            assert_eq!(create(0).await.status(), 201);
            let bad = app.patch("/api/queues/1", json!({"seen": 2})).send().await;
            assert_eq!(bad.json()["errors"][0]["detail"], "1");
            assert_eq!(app.patch("/api/queues/1", json!({"seen": 1})).send().await.status(), 200);
        },
    );
}
