//! `/api/_keys`: what actors do with keys of their own.

use std::time::Duration;

use mimsy::{ErrorKind, HttpConfig, KeyRules, NewKey, Timestamp};
use mimsy_runtime::store::{Options, Store, StoreError};
use mimsy_runtime::{internal, query::Query};
use mimsy_tests::shop::{Shop, errors, on_every_database, on_every_database_with, text};
use serde_json::{Value as Json, json};

use super::{key, status, user};

const KEYS: &str = "/api/_keys";

fn asked() -> Json {
    json!({"name": "ci", "actions": ["invoices:read"]})
}

#[test]
fn an_actor_makes_lists_and_revokes_keys_of_their_own() {
    on_every_database(async |shop| {
        assert_eq!(shop.get("ada", KEYS).await.json(), json!({"data": []}));
        let made = shop.post("ada", KEYS, asked()).await;
        assert_eq!((made.status(), made.header("cache-control")), (201, Some("no-store")), "{}", made.json());
        let secret = text(&made.json()["data"]["key"]);
        assert!(secret.starts_with("mimsy_") && secret.len() == 55);
        assert_eq!(status(shop, &secret).await, 200);
        let expires = Timestamp::parse(made.json()["data"]["expires_at"].as_str().unwrap()).unwrap();
        let days = (expires.as_seconds() - Timestamp::now().as_seconds()) as f64 / 86400.0;
        assert!((89.9..=90.1).contains(&days), "{days}");

        let listed = shop.get("ada", KEYS).await;
        let mut expected = made.json()["data"].clone();
        expected.as_object_mut().unwrap().remove("key");
        let row = &listed.json()["data"][0];
        assert!(row["used_at"].is_string() || row["used_at"].is_null());
        expected["used_at"] = row["used_at"].clone();
        assert_eq!(*row, expected);
        let body = String::from_utf8(listed.bytes().to_vec()).unwrap();
        assert!(!body.contains(&secret[6..20]), "it is told once");

        let place = made.header("location").unwrap().to_owned();
        assert_eq!(shop.get("ada", &place).await.json()["data"]["name"], "ci");
        for other in ["root", "eve"] {
            assert_eq!(shop.get(other, KEYS).await.json(), json!({"data": []}));
            assert_eq!(shop.get(other, &place).await.status(), 404);
            assert_eq!(shop.delete(other, &place).await.status(), 404);
        }
        assert_eq!(status(shop, &secret).await, 200);
        assert_eq!(shop.delete("ada", &place).await.status(), 204);
        assert_eq!(status(shop, &secret).await, 401);
        assert_eq!(shop.delete("ada", &place).await.status(), 404);
    });
}

#[test]
fn a_key_neither_makes_nor_shows_nor_revokes_keys() {
    on_every_database(async |shop| {
        let token = key(shop, "ada", &["*:*"]).await;
        let id = shop.app.app().keys().all().await.unwrap()[0].id;
        for (method, path) in
            [("GET", KEYS), ("POST", KEYS), ("GET", &format!("{KEYS}/{id}")), ("DELETE", &format!("{KEYS}/{id}"))]
        {
            let request = shop.app.request(method.parse().unwrap(), path).bearer(&token).json(&asked());
            assert_eq!(request.send().await.status(), 403, "{method} {path}");
        }
        assert_eq!(shop.app.app().keys().all().await.unwrap().len(), 1);
    });
}

#[test]
fn what_is_wrong_with_a_new_key_is_told_at_once() {
    on_every_database(async |shop| {
        let past = "2020-01-01T00:00:00Z";
        let far = "9999-01-01T00:00:00Z";
        for (body, expected) in [
            (json!({}), &["/name REQUIRED", "/actions REQUIRED"][..]),
            (json!({"name": "", "actions": []}), &["/name REQUIRED", "/actions REQUIRED"]),
            (
                json!({"name": "n".repeat(81), "actions": ["invoices:raed"]}),
                &["/name LEN", "/actions/0 UNKNOWN_ACTION"],
            ),
            (json!({"name": "a\u{0}", "actions": ["*:*"]}), &["/name LEN"]),
            (json!({"name": "a", "actions": ["*:*", "x:read"]}), &["/actions/1 UNKNOWN_ACTION"]),
            (json!({"name": "a", "actions": ["*:*"], "expires_at": past}), &["/expires_at MIN"]),
            (json!({"name": "a", "actions": ["*:*"], "expires_at": far}), &["/expires_at MAX"]),
            (json!({"name": "a", "actions": ["*:*"], "expires_at": null}), &["/expires_at MAX"]),
            (json!({"name": "a", "actions": ["*:*"], "role": "admin"}), &["/role UNKNOWN_FIELD"]),
            (json!({"name": "a", "actions": ["*:*"], "actor": "x"}), &["/actor UNKNOWN_FIELD"]),
        ] {
            let refused = shop.post("ada", KEYS, body.clone()).await;
            assert_eq!(
                (refused.status(), errors(&refused)),
                (422, expected.iter().map(|one| (*one).to_owned()).collect()),
                "{body}"
            );
        }
        let ask = |method: &str, path: &str| shop.request("ada", method, path).json(&asked()).send();
        for (method, path, expected) in [
            ("PUT", KEYS, 405),
            ("DELETE", KEYS, 405),
            ("PATCH", "/api/_keys/x", 405),
            ("OPTIONS", KEYS, 204),
            ("GET", "/api/_keys/x", 404),
            ("DELETE", "/api/_keys/x", 404),
            ("DELETE", "/api/_keys/01a1f92b-ad29-70a9-ae63-b8028793a4aa", 404),
            ("GET", "/api/_keys:list", 404),
            ("GET", "/api/_keys?limit=1", 400),
            ("GET", "/api/_key", 404),
        ] {
            assert_eq!(ask(method, path).await.status(), expected, "{method} {path}");
        }
        let named = shop.request("ada", "POST", KEYS).header("idempotency-key", "a").json(&asked()).send().await;
        assert_eq!((named.status(), named.json()["code"].as_str()), (400, Some("BAD_HEADER")), "a secret is not kept");
        assert_eq!(shop.request("nobody", "GET", KEYS).send().await.status(), 401);
        assert_eq!(shop.post("nobody", KEYS, asked()).await.status(), 401);
        assert_eq!(shop.get("ada", KEYS).await.json(), json!({"data": []}), "and nothing was made");
    });
}

#[test]
fn an_actor_has_a_hundred_keys_at_most() {
    on_every_database(async |shop| {
        for _ in 0..100 {
            assert_eq!(shop.post("ada", KEYS, asked()).await.status(), 201);
        }
        let refused = shop.post("ada", KEYS, asked()).await;
        assert_eq!((refused.status(), errors(&refused)), (422, vec![" TOO_MANY_KEYS".to_owned()]));
        assert_eq!(shop.post("root", KEYS, asked()).await.status(), 201, "each for themselves");
    });
}

#[test]
fn it_can_be_closed_and_opened_wide() {
    let config = |keys| HttpConfig { keys, ..HttpConfig::default() };
    let closed = config(KeyRules { open: false, ..KeyRules::default() });
    on_every_database_with(
        || invoices::app().http(closed.clone()),
        async |shop: &Shop| {
            assert_eq!(shop.get("ada", KEYS).await.status(), 404);
            assert_eq!(shop.post("ada", KEYS, asked()).await.status(), 404);
            let token = key(shop, "ada", &["*:read"]).await;
            assert_eq!(status(shop, &token).await, 200, "those of the operator are taken");
        },
    );
    let wide = config(KeyRules { longest: None, usual: Duration::from_secs(60), ..KeyRules::default() });
    on_every_database_with(
        || invoices::app().http(wide.clone()),
        async |shop: &Shop| {
            let mut body = asked();
            body["expires_at"] = Json::Null;
            let made = shop.post("ada", KEYS, body).await;
            assert_eq!((made.status(), &made.json()["data"]["expires_at"]), (201, &Json::Null));
        },
    );
}

#[test]
fn the_program_makes_keys_for_actors_alone() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let org = app.system("a test").list::<invoices::org::Org>().limit(1).page().await.unwrap().rows.remove(0);
        let refused = app.keys().create(&org, NewKey::new("a").allow("*:*")).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Internal);
        let ada = user(shop, "ada@acme.test").await;
        let refused = app.keys().create(&ada, NewKey::new("a")).await.unwrap_err();
        assert_eq!(refused.violations()[0].pointer, "/actions");
        let nobody = mimsy::Value::Uuid(uuid::Uuid::now_v7());
        let refused = app.keys().create_for(vec![nobody], NewKey::new("a").allow("*:*")).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unauthenticated);
        assert_eq!(app.keys().list(&ada).await.unwrap(), []);
    });
}

#[test]
fn the_database_holds_no_key() {
    on_every_database(async |shop| {
        let token = key(shop, "ada", &["*:*"]).await;
        let store = Store::connect(&shop.database.url, Options::default()).await.unwrap();
        let rows = store.read(|tx| {
            Box::pin(async move {
                let model = internal::keys::model();
                let fields: Vec<usize> = model.columns().collect();
                let select = internal::tables().reader(tx.dialect()).list(model, &Query::default(), &fields, 10);
                let mut found = Vec::new();
                tx.rows(&select.statement, &mut |row| {
                    for at in 0..fields.len() {
                        found.push(format!("{:?}", row.cell(at)?.to_value()));
                    }
                    Ok(())
                })
                .await?;
                Ok::<_, StoreError>(found)
            })
        });
        let rows = rows.await.unwrap();
        assert_eq!(rows.len(), 8);
        assert!(rows.iter().all(|cell| !cell.contains(&token[6..16])), "{rows:?}");
        store.close().await;
    });
}
