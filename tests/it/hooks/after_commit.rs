//! What is done about rows that are committed.

use std::sync::{Mutex, PoisonError};

use mimsy::prelude::*;
use mimsy::test::{self, TestApp};
use mimsy_tests::cluster;
use serde_json::{Value as Json, json};

/// What is followed. Its texts name the test, since what hooks did is kept in one place.
#[entity]
#[routes(create, update, delete, batch_create)]
#[policy(all = public)]
struct Parcel {
    pub id: Id<Self>,
    #[field(unique)]
    pub label: String,
}

/// What a hook writes.
#[entity]
#[routes(list(sort(text)))]
#[policy(all = public)]
struct Receipt {
    pub id: Id<Self>,
    pub text: String,
}

static DONE: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[routes]
impl Parcel {
    /// Fails for some, after it was told.
    #[after_commit]
    async fn told(old: Option<Parcel>, new: Option<Parcel>) -> Result<(), String> {
        let label = |row: Option<Parcel>| row.map_or("-".to_owned(), |row| row.label);
        let told = format!("{} > {}", label(old), label(new));
        tokio::task::yield_now().await;
        DONE.lock().unwrap_or_else(PoisonError::into_inner).push(told.clone());
        assert!(!told.contains("BOMB"), "it panics");
        if told.contains("fails") { Err(told) } else { Ok(()) }
    }

    #[after_commit(create)]
    async fn receipt(_old: Option<Parcel>, new: Option<Parcel>, system: Access) -> Result<(), Error> {
        let text = new.expect("a new row").label;
        system.create::<Receipt>(Draft::<Receipt> { text }).await.map(drop)
    }
}

mimsy::schema! { Post: Parcel, Receipt }

/// Run a test on every database; then look at what hooks did, of this test alone.
fn followed(name: &str, test: impl AsyncFn(&TestApp, &str), expected: &[&str]) {
    for (at, engine) in cluster::engines().into_iter().enumerate() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let name = format!("{name}{at}");
        runtime.expect("a runtime").block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Post), &database.url).await;
            test(&app, &name).await;
            // It waits for them.
            app.app().close().await;
        });
        let done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
        let own: Vec<String> =
            done.iter().filter(|told| told.contains(&name)).map(|told| told.replace(&name, "")).collect();
        assert_eq!(own, expected);
    }
}

fn parcel(name: &str, label: &str) -> Json {
    json!({"label": format!("{name}{label}")})
}

#[test]
fn what_is_committed_is_followed_in_its_order() {
    let test = async |app: &TestApp, name: &str| {
        let made = app.post("/api/parcels", parcel(name, "a")).send().await;
        assert_eq!(made.status(), 201, "{}", made.json());
        let path = format!("/api/parcels/{}", made.json()["data"]["id"].as_str().expect("an id"));
        app.patch(&path, parcel(name, "b")).send().await;
        assert_eq!(app.patch(&path, parcel(name, "b")).send().await.status(), 200, "nothing was changed");
        assert_eq!(app.delete(&path).send().await.status(), 204);
        let access = app.app().as_nobody();
        for label in ["c", "d"] {
            access.create::<Parcel>(Draft::<Parcel> { label: format!("{name}{label}") }).await.expect("a row");
        }
        let items = json!({"items": [parcel(name, "e"), parcel(name, "f")]});
        app.post("/api/parcels:batchCreate", items).send().await;
    };
    followed("order", test, &["- > a", "a > b", "b > -", "- > c", "- > d", "- > e", "- > f"]);
}

#[test]
fn what_is_rolled_back_is_not_followed() {
    let test = async |app: &TestApp, name: &str| {
        app.post("/api/parcels", parcel(name, "a")).send().await;
        assert_eq!(app.post("/api/parcels", parcel(name, "a")).send().await.status(), 409);
        let items = json!({"items": [parcel(name, "b"), parcel(name, "a"), parcel(name, "c")]});
        assert_eq!(app.post("/api/parcels:batchCreate", items.clone()).send().await.status(), 409);
        // Each for itself: those that went well.
        assert_eq!(app.post("/api/parcels:batchCreate?atomic=false", items).send().await.status(), 207);
        let access = app.app().as_nobody();
        let draft = |label: &str| Draft::<Parcel> { label: format!("{name}{label}") };
        let rolled = access.transaction(async |tx| {
            tx.create::<Parcel>(draft("lost")).await?;
            Err::<(), Error>(Error::new(ErrorKind::Forbidden))
        });
        assert!(rolled.await.is_err());
        let committed = access.transaction(async |tx| {
            tx.create::<Parcel>(draft("d")).await?;
            assert!(tx.create::<Parcel>(draft("d")).await.is_err());
            tx.create::<Parcel>(draft("e")).await?;
            Ok::<(), Error>(())
        });
        committed.await.expect("a commit");
    };
    followed("rolled", test, &["- > a", "- > b", "- > c", "- > d", "- > e"]);
}

#[test]
fn one_that_fails_or_panics_holds_nothing_up() {
    let test = async |app: &TestApp, name: &str| {
        for label in ["fails", "BOMB", "a"] {
            assert_eq!(app.post("/api/parcels", parcel(name, label)).send().await.status(), 201);
        }
    };
    followed("wrong", test, &["- > fails", "- > BOMB", "- > a"]);
}

#[test]
fn one_may_write_as_the_program() {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Post), &database.url).await;
            app.post("/api/parcels", parcel("writes", "a")).send().await;
            app.app().close().await;
            let again = test::start_on(App::new(Post), &database.url).await;
            let listed = again.get("/api/receipts").send().await.json();
            assert_eq!(listed["data"][0]["text"], "writesa", "{listed}");
            again.app().close().await;
        });
    }
}
