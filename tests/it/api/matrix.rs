//! Every door as everybody: no row, count, field or existence of another organisation.

mod writes;

use std::collections::HashSet;

use invoices::customer::Customer;
use invoices::invoice::Invoice;
use invoices::line::Line;
use invoices::org::Org;
use invoices::product::Product;
use invoices::user::User;
use mimsy::prelude::*;
use mimsy_tests::shop::{Shop, on_every_database, text};
use serde_json::{Value as Json, json};

const PATHS: [&str; 6] = ["orgs", "users", "customers", "products", "invoices", "lines"];

/// Queries that reach rows in every way, on each path where they are valid.
const QUERIES: [&str; 31] = [
    "",
    "count=exact",
    "include=customer,lines&count=exact",
    "include=invoice,product",
    "include=invoices",
    "include=lines(sort:-qty,filter[invoice.status][ne]:void).product,customer.invoices",
    "include=invoice.customer,product&fields=invoice.customer.name,product",
    "include=invoices.lines(limit:2)",
    "fields=lines.description,lines.product.name&include=lines.product",
    "include=users",
    "include=org",
    "sort=customer.name",
    "sort=-total",
    "filter[customer.vip]=true&count=exact",
    "filter[customer.name][ne]=nobody&count=exact",
    "filter[invoice.status][ne]=void&count=exact",
    "filter[name][icontains]=e&count=exact",
    "filter[status][nin]=void&count=exact",
    "filter[lines][some][qty][gt]=0&count=exact",
    "filter[lines][none][qty][gt]=1000&count=exact",
    "filter[lines][every][description][ne]=nothing&count=exact",
    "filter[lines][count][gte]=0&count=exact",
    "filter[invoices][some][status][ne]=void&count=exact",
    "filter[invoices][some][lines][count][gte]=1&count=exact",
    "filter[invoices][none]=true&count=exact",
    "where=customer.name+!=+%22nobody%22&count=exact",
    "where=lines.any(qty+%3E+0)+or+lines.none(qty+%3E+0)&count=exact",
    "where=not+(invoice.number+==+%22none%22)&count=exact",
    "where=invoices.all(lines.count()+%3C+1000)&count=exact",
    "offset=1",
    "offset=2&include=customer,lines",
];

/// Every id and every text of a value that is long enough to tell something.
fn secrets(json: &Json, into: &mut HashSet<String>) {
    match json {
        Json::String(text) if text.len() >= 8 => {
            into.insert(text.clone());
        }
        Json::Array(items) => items.iter().for_each(|item| secrets(item, into)),
        Json::Object(map) => map.values().for_each(|value| secrets(value, into)),
        _ => {}
    }
}

/// What only one organisation has.
async fn own_secrets(shop: &Shop, name: &str) -> HashSet<String> {
    let mut all = HashSet::new();
    for path in PATHS {
        for row in shop.rows(name, &format!("/api/{path}?limit=1000")).await {
            secrets(&row, &mut all);
        }
    }
    all
}

#[test]
fn no_door_shows_another_organisation() {
    on_every_database(async |shop| {
        let (acme, globex) = (own_secrets(shop, "ada").await, own_secrets(shop, "eve").await);
        let only =
            |of: &HashSet<String>, other: &HashSet<String>| -> Vec<String> { of.difference(other).cloned().collect() };
        let (only_acme, only_globex) = (only(&acme, &globex), only(&globex, &acme));
        assert!(only_acme.len() > 60 && only_globex.len() > 60);
        for (name, foreign) in
            [("ada", &only_globex), ("vic", &only_globex), ("root", &only_globex), ("eve", &only_acme)]
        {
            for path in PATHS {
                let mut asked = 0;
                for query in QUERIES {
                    let answer = shop.get(name, &format!("/api/{path}?limit=1000&{query}")).await;
                    let body = String::from_utf8(answer.bytes().to_vec()).unwrap();
                    for secret in foreign {
                        assert!(!body.contains(secret.as_str()), "{name} sees {secret} at {path}?{query}");
                    }
                    if answer.status() == 200 {
                        asked += 1;
                        let json = answer.json();
                        let rows = json["data"].as_array().unwrap().len();
                        if let Some(count) = json["page"]["count"]["value"].as_u64() {
                            assert_eq!(count, rows as u64, "{name} at {path}?{query}");
                        }
                    }
                }
                assert!(asked >= 2, "{path} answers some of the queries");
            }
        }
    });
}

#[test]
fn no_verb_reaches_another_organisation() {
    on_every_database(async |shop| {
        for path in PATHS {
            for (name, other) in [("ada", "eve"), ("vic", "eve"), ("root", "eve"), ("eve", "root")] {
                let before = shop.rows(other, &format!("/api/{path}?limit=1000")).await;
                for row in before.iter().take(3) {
                    let id = text(&row["id"]);
                    for method in ["GET", "PATCH", "DELETE"] {
                        let request = shop.request(name, method, &format!("/api/{path}/{id}")).json(&json!({}));
                        let status = request.send().await.status();
                        // The organisations themselves have no routes that write.
                        let expected = if path == "orgs" && method != "GET" { 405 } else { 404 };
                        assert_eq!(status, expected, "{name} {method} {path}");
                    }
                    let filtered = shop.rows(name, &format!("/api/{path}?filter[id]={id}")).await;
                    assert!(filtered.is_empty(), "{name} finds {path} by id");
                }
                assert_eq!(shop.rows(other, &format!("/api/{path}?limit=1000")).await, before);
            }
        }
    });
}

#[test]
fn nobody_reaches_nothing() {
    on_every_database(async |shop| {
        for path in PATHS {
            let id = shop.id("ada", &format!("/api/{path}?limit=1")).await;
            for (method, place) in [("GET", format!("/api/{path}")), ("GET", format!("/api/{path}/{id}"))] {
                let answer = shop.request("nobody", method, &place).send().await;
                assert_eq!(answer.status(), 401, "{method} {place}");
            }
            for (method, place) in [
                ("POST", format!("/api/{path}")),
                ("PATCH", format!("/api/{path}/{id}")),
                ("DELETE", format!("/api/{path}/{id}")),
            ] {
                let status = shop.request("nobody", method, &place).json(&json!({})).send().await.status();
                assert!(matches!(status, 401 | 405), "{method} {place}: {status}");
            }
        }
    });
}

/// One entity over the typed door: nothing of `theirs` is listed, counted, found, changed or deleted by `mine`.
async fn walk<E: Entity<Key = Id<E>>>(mine: &Access, theirs: &Access, patch: impl Fn() -> Patch<E>) {
    let own = mine.list::<E>().limit(1000).counted().page().await.unwrap();
    let foreign = theirs.list::<E>().limit(1000).page().await.unwrap().rows;
    assert!(!own.rows.is_empty() && !foreign.is_empty());
    assert_eq!(own.count.unwrap().value, own.rows.len() as u64);
    let keys: HashSet<Id<E>> = own.rows.iter().map(E::key).collect();
    for row in &foreign {
        let key = row.key();
        assert!(!keys.contains(&key));
        assert!(mine.list::<E>().eq("id", key).page().await.unwrap().rows.is_empty());
        let unfound = |result: Result<(), Error>| result.map_err(|error| error.kind()) == Err(ErrorKind::NotFound);
        assert!(unfound(mine.get::<E>(key).await.map(drop)));
        assert!(unfound(mine.update::<E>(key, patch()).await.map(drop)));
        assert!(unfound(mine.delete::<E>(key).await));
    }
}

#[test]
fn the_typed_door_shows_no_other_organisation_either() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let access = async |login: &str| {
            let found = app.system("a test").list::<User>().eq("email", login.to_owned()).page().await.unwrap();
            app.as_actor(&found.rows[0])
        };
        let eve = access("eve@globex.test").await;
        for login in ["ada@acme.test", "vic@acme.test", "root@acme.test"] {
            let acme = access(login).await;
            for (mine, theirs) in [(&acme, &eve), (&eve, &acme)] {
                walk::<Org>(mine, theirs, || Patch::<Org>::default().name("x".to_owned())).await;
                walk::<User>(mine, theirs, || Patch::<User>::default().name("x".to_owned())).await;
                walk::<Customer>(mine, theirs, || Patch::<Customer>::default().vip(true)).await;
                walk::<Product>(mine, theirs, || Patch::<Product>::default().price(Decimal::ZERO)).await;
                walk::<Invoice>(mine, theirs, || Patch::<Invoice>::default().note(None)).await;
                walk::<Line>(mine, theirs, || Patch::<Line>::default().qty(1)).await;
            }
        }
    });
}
