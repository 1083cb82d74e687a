//! The doors that write several rows, or under a key of the caller's choice, or once: by tokens and by API keys.

use std::collections::HashSet;

use mimsy::test::TestAnswer;
use mimsy_tests::shop::{Shop, on_every_database, text};
use serde_json::{Value as Json, json};

use super::own_secrets;
use crate::keys::key;

/// What can be done to many rows at once.
const MANY: [&str; 2] = ["invoices", "lines"];

/// Who asks, and somebody whose rows are none of theirs.
const PAIRS: [(&str, &str); 4] = [("ada", "eve"), ("vic", "eve"), ("root", "eve"), ("eve", "root")];

/// The bearers of a person: their token, and a key for all that they may do.
async fn bearers(shop: &Shop, name: &str) -> [String; 2] {
    [shop.token(name).to_owned(), key(shop, name, &["*:*"]).await]
}

async fn send(shop: &Shop, bearer: &str, method: &str, path: &str, body: &Json) -> TestAnswer {
    let request = shop.app.request(method.parse().unwrap(), path).bearer(bearer).header("x-request-id", "same");
    request.json(body).send().await
}

/// All that a caller is told.
fn told(answer: &TestAnswer) -> (u16, String) {
    (answer.status(), String::from_utf8(answer.bytes().to_vec()).unwrap())
}

/// A text without an id, so that two answers that name different ones can be compared.
fn without(told: (u16, String), id: &str) -> (u16, String) {
    (told.0, told.1.replace(id, "the id"))
}

#[test]
fn no_batch_reaches_another_organisation() {
    on_every_database(async |shop| {
        for (name, other) in PAIRS {
            let bearers = bearers(shop, name).await;
            for path in MANY {
                let all = format!("/api/{path}?limit=1000");
                let (own, theirs) = (shop.rows(name, &all).await, shop.rows(other, &all).await);
                let missing = uuid::Uuid::now_v7().to_string();
                let of_another_kind = shop.id(name, "/api/customers?limit=1").await;
                for bearer in &bearers {
                    for query in ["", "?atomic=false"] {
                        let ask = async |id: &str| {
                            let items = json!({"items": [{"id": own[0]["id"], "patch": {}}, {"id": id, "patch": {}}]});
                            let first = format!("/api/{path}:batchUpdate{query}");
                            let second = format!("/api/{path}:batchDelete{query}");
                            [
                                told(&send(shop, bearer, "POST", &first, &items).await),
                                told(&send(shop, bearer, "POST", &second, &json!({"ids": [id]})).await),
                            ]
                        };
                        let expected = ask(&missing).await;
                        assert!(expected[1].0 == 404 || expected[1].0 == 207, "{expected:?}");
                        for row in theirs.iter().take(2) {
                            assert_eq!(ask(&text(&row["id"])).await, expected, "{name} {path}{query}");
                        }
                        assert_eq!(ask(&of_another_kind).await, expected, "{name} {path}{query}");
                    }
                }
                assert_eq!(shop.rows(name, &all).await, own);
                assert_eq!(shop.rows(other, &all).await, theirs);
            }
        }
    });
}

#[test]
fn no_new_row_of_a_batch_points_to_another_organisation() {
    on_every_database(async |shop| {
        for (name, other) in PAIRS {
            let own = shop.id(name, "/api/customers?limit=1").await;
            let foreign = shop.id(other, "/api/customers?limit=1").await;
            let missing = uuid::Uuid::now_v7().to_string();
            for bearer in bearers(shop, name).await {
                for query in ["", "?atomic=false"] {
                    let ask = async |customer: &str| {
                        let item = |number: &str, customer: &str| json!({"number": number, "customer": customer, "total": "1.00"});
                        let items = json!({"items": [item("INV-1", &own), item("INV-800001", customer)]});
                        let path = format!("/api/invoices:batchCreate{query}");
                        told(&send(shop, &bearer, "POST", &path, &items).await)
                    };
                    let expected = ask(&missing).await;
                    assert!(matches!(expected.0, 403 | 422 | 207), "{expected:?}");
                    assert_eq!(ask(&foreign).await, expected, "{name}{query}");
                }
            }
        }
    });
}

#[test]
fn nothing_is_put_in_the_place_of_another_organisations_row() {
    on_every_database(async |shop| {
        for (name, other) in PAIRS {
            let theirs = shop.rows(other, "/api/products?limit=1000").await;
            let foreign = text(&theirs[0]["id"]);
            let missing = uuid::Uuid::now_v7().to_string();
            for bearer in bearers(shop, name).await {
                let put = async |id: &str, headers: &[(&str, &str)], body: &Json| {
                    let path = format!("/api/products/{id}");
                    let request = shop.app.request("PUT".parse().unwrap(), &path).bearer(&bearer);
                    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
                    let answer = request.header("x-request-id", "same").json(body).send().await;
                    without(told(&answer), id)
                };
                let whole = json!({"name": "Mine", "price": "1.00"});
                for (headers, body) in [
                    (&[][..], &json!({"name": "Mine"})),
                    (&[], &json!({"name": "", "price": "1.00"})),
                    (&[], &json!({"name": "Mine", "price": "1.00", "id": uuid::Uuid::nil().to_string()})),
                    (&[("if-match", "*")], &whole),
                    (&[("if-match", "\"1\"")], &whole),
                ] {
                    let expected = put(&missing, headers, body).await;
                    assert!(matches!(expected.0, 403 | 412 | 422), "{name}: {expected:?}");
                    assert_eq!(put(&foreign, headers, body).await, expected, "{name} {headers:?} {body}");
                }
                // A viewer puts nothing anywhere. Others could, but not there: told as of any path that leads nowhere.
                let nowhere = told(&send(shop, &bearer, "GET", &format!("/api/products/{missing}"), &json!({})).await);
                let refused = put(&foreign, &[], &whole).await;
                assert_eq!(refused.0 == 403, name == "vic");
                assert!(refused == nowhere || refused == put(&missing, &[], &whole).await, "{name}: {refused:?}");
            }
            assert_eq!(shop.rows(other, "/api/products?limit=1000").await, theirs);
        }
    });
}

#[test]
fn no_answer_is_repeated_to_another_organisation() {
    on_every_database(async |shop| {
        let acme: HashSet<String> = own_secrets(shop, "ada").await;
        let globex: HashSet<String> = own_secrets(shop, "eve").await;
        let customer = shop.id("ada", "/api/customers?limit=1").await;
        let invoice = shop.id("ada", "/api/invoices?filter[status]=draft&limit=1").await;
        let product = uuid::Uuid::now_v7().to_string();
        let item = |number: &str| json!({"number": number, "customer": customer, "total": "1.00"});
        for (at, (method, path, body)) in (0..).zip([
            (
                "POST",
                "/api/invoices:batchCreate".to_owned(),
                json!({"items": [item("INV-810001"), item("INV-810002")]}),
            ),
            ("POST", "/api/invoices:batchCreate?atomic=false".to_owned(), json!({"items": [item("INV-810003")]})),
            (
                "POST",
                "/api/invoices:batchUpdate".to_owned(),
                json!({"items": [{"id": invoice, "patch": {"note": "Ours"}}]}),
            ),
            ("PUT", format!("/api/products/{product}"), json!({"name": "Ours alone", "price": "1.00"})),
            ("POST", "/api/invoices".to_owned(), item("INV-810004")),
        ]) {
            let key = format!("key-{at}");
            let ask = async |name: &str| {
                let request = shop.request(name, method, &path).header("idempotency-key", &key);
                let answer = request.header("x-request-id", "same").json(&body).send().await;
                let replayed = answer.header("idempotency-replayed").is_some();
                (told(&answer), replayed)
            };
            let first = ask("ada").await;
            assert!(first.0.0 < 300 && !first.1, "{path}: {first:?}");
            assert_eq!(ask("ada").await, (first.0.clone(), true));
            for name in ["eve", "vic", "root"] {
                let other = ask(name).await;
                assert!(!other.1, "{name} {path}: another actor's key is another key");
                if name == "eve" {
                    for secret in acme.difference(&globex).filter(|secret| !body.to_string().contains(secret.as_str()))
                    {
                        assert!(!other.0.1.contains(secret.as_str()), "{name} sees {secret} at {path}");
                    }
                    assert_ne!(other.0, first.0, "{path}");
                }
            }
        }
    });
}

#[test]
fn a_key_does_to_many_rows_what_it_was_made_for() {
    on_every_database(async |shop| {
        let customer = shop.id("ada", "/api/customers?limit=1").await;
        let draft = shop.id("ada", "/api/invoices?filter[status]=draft&limit=1").await;
        let own = shop.id("ada", "/api/products?limit=1").await;
        let item = |number: u32| json!({"number": format!("INV-{number:06}"), "customer": customer, "total": "1.00"});
        for (at, grants) in (0..).zip([
            &["invoices:read", "invoices:create", "customers:read"][..],
            &["invoices:read", "invoices:update"],
            &["invoices:read", "invoices:delete", "lines:delete", "lines:read"],
            &["products:read", "products:upsert"],
            &["products:upsert"],
        ]) {
            let bearer = key(shop, "ada", grants).await;
            let may = |grant: &str| grants.contains(&grant);
            let (create, update) =
                (json!({"items": [item(820_000 + at)]}), json!({"items": [{"id": draft, "patch": {}}]}));
            let doomed = text(&shop.post("ada", "/api/invoices", item(830_000 + at)).await.json()["data"]["id"]);
            let product = |name: &str| json!({"name": format!("{name} {at}"), "price": "1.00"});
            for (method, path, body, expected) in [
                ("POST", "/api/invoices:batchCreate".to_owned(), create, may("invoices:create")),
                ("POST", "/api/invoices:batchUpdate".to_owned(), update, may("invoices:update")),
                ("POST", "/api/invoices:batchDelete".to_owned(), json!({"ids": [doomed]}), may("invoices:delete")),
                ("PUT", format!("/api/products/{}", uuid::Uuid::now_v7()), product("New"), may("products:upsert")),
                ("PUT", format!("/api/products/{own}"), product("Old"), may("products:upsert") && may("products:read")),
            ] {
                let answer = send(shop, &bearer, method, &path, &body).await;
                assert_eq!(answer.status() < 300, expected, "{grants:?} {method} {path}: {:?}", told(&answer));
                assert!(answer.status() < 300 || matches!(answer.status(), 403 | 404 | 409), "{:?}", told(&answer));
            }
        }
    });
}
