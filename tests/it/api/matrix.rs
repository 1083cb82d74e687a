//! Every door as everybody: no row, count, field or existence of another organisation.

use std::collections::HashSet;

use mimsy_tests::shop::{Shop, on_every_database, text};
use serde_json::{Value as Json, json};

const PATHS: [&str; 6] = ["orgs", "users", "customers", "products", "invoices", "lines"];

/// Queries that reach rows in every way, on each path where they are valid.
const QUERIES: [&str; 14] = [
    "",
    "count=exact",
    "include=customer,lines&count=exact",
    "include=invoice,product",
    "include=invoices",
    "include=users",
    "include=org",
    "sort=customer.name",
    "sort=-total",
    "filter[customer.vip]=true&count=exact",
    "filter[customer.name][ne]=nobody&count=exact",
    "filter[invoice.status][ne]=void&count=exact",
    "filter[name][icontains]=e&count=exact",
    "filter[status][nin]=void&count=exact",
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
