//! When a key is good, and what ends it.

use std::time::Duration;

use invoices::user::{Role, User};
use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer};
use mimsy::{KeyInfo, NewKey, Timestamp};
use mimsy_tests::cluster::{self, engines};
use mimsy_tests::shop::{Shop, on_every_database, on_every_database_with};
use serde_json::json;

use super::{key, status, user};

/// What a caller is told, but for the id of the request.
fn told(answer: &TestAnswer) -> (u16, String, Option<String>) {
    let mut json = answer.json();
    json["instance"] = json!(null);
    (answer.status(), json.to_string(), answer.header("www-authenticate").map(str::to_owned))
}

#[test]
fn unknown_expired_and_revoked_keys_are_told_alike() {
    on_every_database(async |shop| {
        let keys = shop.app.app().keys();
        let ada = user(shop, "ada@acme.test").await;
        let new = |expires_at| NewKey { expires_at, ..NewKey::new("a").allow("*:*") };
        let (info, revoked) = keys.create(&ada, new(None)).await.unwrap();
        assert_eq!(status(shop, revoked.reveal()).await, 200);
        keys.revoke(info.id).await.unwrap();
        let soon = Timestamp::from_micros(Timestamp::now().as_micros() + 2_000_000).unwrap();
        let (_, expired) = keys.create(&ada, new(Some(soon))).await.unwrap();
        assert_eq!(status(shop, expired.reveal()).await, 200);
        // Also while it is remembered from a moment ago.
        until(async || status(shop, expired.reveal()).await == 401).await;
        assert!(Timestamp::now() >= soon);
        let unknown = mimsy::ApiKey::from_entropy(&[7; 32]);
        let mut answers = Vec::new();
        for key in [&unknown, &expired, &revoked] {
            answers.push(told(&shop.app.get("/api/invoices").bearer(key.reveal()).send().await));
        }
        assert_eq!(answers[0].0, 401);
        assert!(answers.iter().all(|one| *one == answers[0]), "{answers:?}");
        assert!(matches!(keys.revoke(info.id).await, Err(error) if error.kind() == ErrorKind::NotFound));
    });
}

#[test]
fn a_mistyped_key_is_told_apart_without_a_look() {
    on_every_database(async |shop| {
        let good = key(shop, "ada", &["*:*"]).await;
        let mut swapped = good.clone().into_bytes();
        swapped.swap(20, 21);
        let swapped = String::from_utf8(swapped).unwrap();
        for text in [&good[..good.len() - 1], &format!("{good}x"), "mimsy_"] {
            let answer = shop.app.get("/api/invoices").bearer(text).send().await;
            assert_eq!((answer.status(), answer.json()["code"].as_str()), (401, Some("INVALID_TOKEN")));
            assert!(answer.json()["detail"].as_str().unwrap().contains("mistyped"));
        }
        assert_eq!(status(shop, &swapped).await, if swapped == good { 200 } else { 401 });
        let twice = shop.app.get("/api/invoices").bearer(&good).bearer(&good).send().await;
        assert_eq!(twice.status(), 401);
    });
}

#[test]
fn a_key_is_as_good_as_its_actor() {
    on_every_database(async |shop| {
        let system = shop.app.app().system("a test");
        let ada = user(shop, "ada@acme.test").await;
        let token = key(shop, "ada", &["*:*"]).await;
        let body = shop.invoice(711_001).await;
        let post = async || shop.app.post("/api/invoices", body.clone()).bearer(&token).send().await.status();
        system.update::<User>(ada.id, Patch::<User>::default().role(Role::Viewer)).await.unwrap();
        assert_eq!(post().await, 403, "a role that is taken away is taken from the key, too");
        system.update::<User>(ada.id, Patch::<User>::default().role(Role::Billing)).await.unwrap();
        assert_eq!(post().await, 201);
        system.delete::<User>(ada.id).await.unwrap();
        assert_eq!(post().await, 401);
        let left: Vec<KeyInfo> = shop.app.app().keys().all().await.unwrap();
        assert_eq!(left, [], "and the keys are gone with the row");
    });
}

/// An organisation whose people go with it.
#[entity]
#[routes(list, get, delete)]
#[policy(actor = Person, all = authenticated)]
pub(crate) struct House {
    pub id: Id<Self>,
    pub name: String,
}

/// Who acts.
#[entity]
#[routes(list, get, delete)]
#[policy(actor = Person, all = authenticated)]
pub(crate) struct Person {
    pub id: Id<Self>,
    #[field(login)]
    pub name: String,
    #[field(on_delete = cascade)]
    pub house: Ref<House>,
}

mimsy::schema! { pub Street: House, Person }

#[test]
fn keys_end_with_actors_that_go_with_another_row() {
    for engine in engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Street), &database.url).await;
            let system = app.app().system("a test");
            let house = system.create::<House>(Draft::<House> { name: "1".into() }).await.unwrap().key;
            let draft = |name: &str| Draft::<Person> { name: name.into(), house: house.into() };
            let (ann, _bob) = (
                system.create::<Person>(draft("ann")).await.unwrap().row.unwrap(),
                system.create::<Person>(draft("bob")).await.unwrap(),
            );
            let (_, key) = app.app().keys().create(&ann, NewKey::new("a").allow("*:*")).await.unwrap();
            let place = format!("/api/houses/{house}");
            let status = app.delete(&place).bearer(key.reveal()).send().await.status();
            assert_eq!(status, 204);
            assert_eq!(app.get("/api/people").bearer(key.reveal()).send().await.status(), 401);
            assert_eq!(app.app().keys().all().await.unwrap(), []);
            app.app().close().await;
        });
    }
}

/// Ask again and again until it is so; in the end it has to be.
async fn until(so: impl AsyncFn() -> bool) {
    let begun = std::time::Instant::now();
    while !so().await {
        assert!(begun.elapsed() < Duration::from_secs(10), "it never comes to be");
        tokio::task::yield_now().await;
    }
}

#[test]
fn another_process_hears_of_it_within_a_second() {
    for engine in engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let here = Shop::open(invoices::app(), cluster::fresh(engine)).await;
            let there = test::start_on(invoices::app(), &here.database.url).await;
            let ada = user(&here, "ada@acme.test").await;
            let (info, key) = here.app.app().keys().create(&ada, NewKey::new("a").allow("*:*")).await.unwrap();
            let ask = async || there.get("/api/invoices?limit=1").bearer(key.reveal()).send().await.status();
            // A thread may hold on for some milliseconds to the state that it read last.
            until(async || ask().await == 200).await;
            here.app.app().keys().revoke(info.id).await.unwrap();
            assert_eq!(status(&here, key.reveal()).await, 401, "here at once");
            until(async || ask().await == 401).await;
            there.app().close().await;
            here.app.app().close().await;
        });
    }
}

#[test]
fn its_use_is_written_down_once_an_hour() {
    on_every_database(async |shop| {
        let token = key(shop, "ada", &["*:read"]).await;
        let keys = shop.app.app().keys();
        assert_eq!(keys.all().await.unwrap()[0].used_at, None);
        let before = Timestamp::now();
        assert_eq!(status(shop, &token).await, 200);
        until(async || keys.all().await.unwrap()[0].used_at.is_some()).await;
        let used = keys.all().await.unwrap()[0].used_at.unwrap();
        assert!(used >= before && used <= Timestamp::now());
        // Past the second for which it is remembered, too, so that it is read anew.
        let later = std::time::Instant::now();
        while later.elapsed() < Duration::from_millis(1200) {
            assert_eq!(status(shop, &token).await, 200);
        }
        assert_eq!(keys.all().await.unwrap()[0].used_at, Some(used));
    });
}

#[test]
fn keys_work_beside_ones_own_authentication() {
    on_every_database_with(
        || {
            invoices::app().actor(|parts: &mimsy::axum::http::request::Parts| {
                let known = parts.headers.contains_key("x-nobody");
                async move { if known { Ok(None::<Id<User>>) } else { Err("who are you?") } }
            })
        },
        async |shop| {
            let token = key(shop, "ada", &["invoices:read"]).await;
            assert_eq!(status(shop, &token).await, 200);
            assert_eq!(shop.app.get("/api/invoices").send().await.status(), 401);
            let mistyped = shop.app.get("/api/invoices").bearer(&token[..50]).send().await;
            assert_eq!((mistyped.status(), mistyped.json()["detail"].as_str()), (401, Some("who are you?")));
        },
    );
}
