//! Every door, by keys that were made for a part of what their actor may do.

use std::collections::HashSet;

use invoices::customer::Customer;
use invoices::invoice::Invoice;
use invoices::user::User;
use mimsy::prelude::*;
use mimsy::test::TestAnswer;
use mimsy::{CurrentActor, axum};
use mimsy_tests::shop::{errors, on_every_database, text};
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::key;

const PATHS: [&str; 6] = ["orgs", "users", "customers", "products", "invoices", "lines"];

/// Queries that reach other entities in every way, with the path where they are valid.
const REACHING: [(&str, &str); 12] = [
    ("invoices", "include=customer,lines&count=exact"),
    ("invoices", "sort=customer.name"),
    ("invoices", "sort=-customer.name"),
    ("invoices", "filter[customer.vip]=true&count=exact"),
    ("invoices", "filter[customer.vip][ne]=true&count=exact"),
    ("invoices", "filter[customer.name][ne]=nobody&count=exact"),
    ("lines", "include=invoice,product"),
    ("lines", "filter[invoice.status][ne]=void&count=exact"),
    ("lines", "filter[invoice.number][starts_with]=INV&count=exact"),
    ("customers", "include=invoices"),
    ("orgs", "include=users"),
    ("users", "include=org"),
];

/// Texts that only rows of one entity hold: no ids, since references hold those, too.
fn own_texts(rows: &[Json]) -> HashSet<String> {
    let texts = rows.iter().flat_map(|row| row.as_object().unwrap().values()).filter_map(Json::as_str);
    texts.filter(|text| text.len() >= 4 && text.parse::<uuid::Uuid>().is_err()).map(str::to_owned).collect()
}

#[test]
fn a_key_reads_what_it_was_made_for_and_nothing_beside_it() {
    on_every_database(async |shop| {
        let mut texts = Vec::new();
        for path in PATHS {
            texts.push((path, own_texts(&shop.rows("ada", &format!("/api/{path}?limit=1000")).await)));
        }
        for own in PATHS {
            let key = key(shop, "ada", &[&format!("{own}:read")]).await;
            let get = async |path: &str| shop.app.get(path).bearer(&key).send().await;
            let mine = &texts.iter().find(|(path, _)| *path == own).unwrap().1;
            let foreign: HashSet<&String> =
                texts.iter().filter(|(path, _)| *path != own).flat_map(|(_, texts)| texts).collect();
            let foreign: Vec<&String> = foreign.into_iter().filter(|text| !mine.contains(*text)).collect();
            assert!(foreign.len() > 10);
            let unseen = |answer: &TestAnswer, at: &str| {
                let body = String::from_utf8(answer.bytes().to_vec()).unwrap();
                for text in &foreign {
                    assert!(!body.contains(&format!("\"{text}\"")), "{own}:read sees {text} at {at}");
                }
            };
            for path in PATHS {
                let listed = get(&format!("/api/{path}?limit=1000&count=exact")).await;
                let id = shop.id("ada", &format!("/api/{path}?limit=1")).await;
                let got = get(&format!("/api/{path}/{id}")).await;
                let expected = if path == own { (200, 200) } else { (403, 404) };
                assert_eq!((listed.status(), got.status()), expected, "{own}:read at {path}");
                unseen(&listed, path);
                unseen(&got, path);
            }
            for (_, query) in REACHING.iter().filter(|(path, _)| *path == own) {
                let answer = get(&format!("/api/{own}?limit=1000&{query}")).await;
                assert_eq!(answer.status(), 200, "{own}?{query}: {}", answer.json());
                unseen(&answer, query);
                if query.contains("filter[") {
                    // An atom through a row that may not be read is false, whatever it asks.
                    assert_eq!(answer.json()["page"]["count"]["value"], 0, "{own}?{query}");
                }
            }
        }
    });
}

#[test]
fn what_a_key_may_not_read_is_masked_and_orders_nothing() {
    on_every_database(async |shop| {
        let key = key(shop, "ada", &["invoices:read"]).await;
        let get = async |path: &str| shop.app.get(path).bearer(&key).send().await.json();
        let row = &get("/api/invoices?limit=1&include=customer,lines").await["data"][0];
        assert_eq!(row["_masked"], json!(["customer"]));
        assert_eq!(row["lines"]["data"], json!([]));
        let ids = |page: &Json| page["data"].as_array().unwrap().iter().map(|row| text(&row["id"])).collect::<Vec<_>>();
        let plain = ids(&get("/api/invoices?limit=1000&sort=customer.name").await);
        let back = ids(&get("/api/invoices?limit=1000&sort=-customer.name").await);
        let mut by_key = plain.clone();
        by_key.sort();
        assert_eq!(plain, by_key, "all names are NULL to it, so the key decides");
        by_key.reverse();
        assert_eq!(back, by_key);
        let whole = super::key(shop, "ada", &["invoices:read", "customers:read"]).await;
        let answer = shop.app.get("/api/invoices?limit=1&include=customer").bearer(&whole).send().await.json();
        assert!(answer["data"][0]["customer"]["name"].is_string(), "{answer}");
    });
}

#[test]
fn a_key_writes_what_it_was_made_for() {
    on_every_database(async |shop| {
        let body = shop.invoice(710_001).await;
        let post = async |key: &str, body: &Json| shop.app.post("/api/invoices", body.clone()).bearer(key).send().await;
        // What it may create need not be what it may read: the answer holds the id alone.
        let blind = key(shop, "ada", &["invoices:create", "customers:reference"]).await;
        let created = post(&blind, &body).await;
        assert_eq!(created.status(), 201, "{}", created.json());
        assert_eq!(created.json()["data"].as_object().unwrap().len(), 1);
        let place = created.header("location").unwrap().to_owned();
        let by = async |key: &str, method: &str| {
            let request = shop.app.request(method.parse().unwrap(), &place).bearer(key);
            request.json(&json!({"note": "x"})).send().await
        };
        for method in ["GET", "PATCH", "DELETE"] {
            assert_eq!(by(&blind, method).await.status(), 404, "{method}");
        }
        // It points only where it may.
        let narrow = key(shop, "ada", &["invoices:create"]).await;
        let refused = post(&narrow, &shop.invoice(710_002).await).await;
        assert_eq!((refused.status(), errors(&refused)), (422, vec!["/customer REFERENCE_NOT_FOUND".to_owned()]));

        let reader = key(shop, "ada", &["*:read"]).await;
        assert_eq!(by(&reader, "GET").await.status(), 200);
        for (answer, what) in [
            (by(&reader, "PATCH").await, "invoices:update"),
            (by(&reader, "DELETE").await, "invoices:delete"),
            (post(&reader, &body).await, "invoices:create"),
        ] {
            assert_eq!(answer.status(), 403);
            let detail = text(&answer.json()["detail"]);
            assert!(detail.contains("API key") && detail.contains(what), "{detail}");
        }
        let editor = key(shop, "ada", &["*:read", "invoices:update"]).await;
        assert_eq!(by(&editor, "PATCH").await.status(), 200);
        assert_eq!(by(&editor, "DELETE").await.status(), 403);
        let all = key(shop, "ada", &["*:*"]).await;
        assert_eq!(by(&all, "DELETE").await.status(), 204);
    });
}

#[test]
fn a_key_does_no_more_than_its_actor() {
    on_every_database(async |shop| {
        let vic = key(shop, "vic", &["*:*"]).await;
        let body = shop.invoice(710_003).await;
        assert_eq!(shop.app.post("/api/invoices", body.clone()).bearer(&vic).send().await.status(), 403);
        let place = format!("/api/invoices/{}", shop.id("eve", "/api/invoices?limit=1").await);
        assert_eq!(shop.app.get(&place).bearer(&vic).send().await.status(), 404, "nor of another organisation");
        let listed = shop.app.get("/api/invoices?limit=1000").bearer(&vic).send().await.json();
        let own = shop.rows("vic", "/api/invoices?limit=1000").await;
        assert_eq!(listed["data"].as_array().unwrap(), &own);
        // The tenant is set from the actor behind it.
        let ada = key(shop, "ada", &["*:*"]).await;
        let created = shop.app.post("/api/invoices", body).bearer(&ada).send().await;
        assert_eq!(created.json()["data"]["org"], own[0]["org"]);
    });
}

#[test]
fn what_goes_with_a_row_is_part_of_what_the_key_must_cover() {
    on_every_database(async |shop| {
        let lines = shop.rows("ada", "/api/lines?limit=1000&filter[invoice.status]=draft").await;
        let place = format!("/api/invoices/{}", text(&lines[0]["invoice"]));
        let invoices = key(shop, "ada", &["*:read", "invoices:delete"]).await;
        assert_eq!(shop.app.delete(&place).bearer(&invoices).send().await.status(), 409, "its lines would go with it");
        let both = key(shop, "ada", &["*:read", "invoices:delete", "lines:delete"]).await;
        assert_eq!(shop.app.delete(&place).bearer(&both).send().await.status(), 204);
    });
}

#[test]
fn a_replay_shows_a_key_no_more_than_it_may_see() {
    on_every_database(async |shop| {
        let body = shop.invoice(710_004).await;
        let post = async |token: &str| {
            let request = shop.app.post("/api/invoices", body.clone()).bearer(token);
            request.header("idempotency-key", "a").send().await
        };
        assert_eq!(post(shop.token("ada")).await.status(), 201);
        let blind = key(shop, "ada", &["invoices:create", "customers:reference"]).await;
        let refused = post(&blind).await;
        assert_eq!((refused.status(), refused.json()["code"].as_str()), (409, Some("IDEMPOTENCY_STALE")));
        let whole = key(shop, "ada", &["*:*"]).await;
        assert_eq!(post(&whole).await.header("idempotency-replayed"), Some("true"));
        assert_eq!(post(&key(shop, "ada", &["*:read"]).await).await.status(), 403);
    });
}

#[test]
fn an_entity_tag_is_that_of_what_the_key_sees() {
    on_every_database(async |shop| {
        let place = format!("/api/invoices/{}", shop.id("ada", "/api/invoices?limit=1").await);
        let tag = shop.get("ada", &place).await.header("etag").unwrap().to_owned();
        let blind = key(shop, "ada", &["customers:read"]).await;
        let answer = shop.app.get(&place).bearer(&blind).header("if-none-match", &tag).send().await;
        assert_eq!(answer.status(), 404);
    });
}

#[test]
fn routes_of_ones_own_are_as_narrow() {
    on_every_database(async |shop| {
        let app = shop.app.app();
        let own = app.clone();
        let count = async move |caller: CurrentActor| {
            let access = own.as_caller(&caller);
            let many = async |result: Result<usize, Error>| {
                result.map_or_else(|error| format!("{:?}", error.kind()), |n| n.to_string())
            };
            let invoices = access.list::<Invoice>().page().await.map(|page| page.rows.len());
            let customers = access.list::<Customer>().page().await.map(|page| page.rows.len());
            let create =
                access.create::<Customer>(Draft::<Customer> { org: None, name: "N".into(), email: None, vip: None });
            let created = create.await.map(|_| 1);
            format!(
                "{} {} {} {}",
                many(invoices).await,
                many(customers).await,
                many(created).await,
                caller.0.is_narrowed()
            )
        };
        let router = axum::Router::new().route("/count", axum::routing::get(count)).layer(app.layer());
        let ask = async |token: String| {
            let request = axum::http::Request::get("/count").header("authorization", format!("Bearer {token}"));
            let request = request.body(axum::body::Body::empty()).unwrap();
            let body = router.clone().oneshot(request).await.unwrap().into_body();
            String::from_utf8(axum::body::to_bytes(body, 1000).await.unwrap().to_vec()).unwrap()
        };
        assert_eq!(ask(key(shop, "ada", &["invoices:read"]).await).await, "20 Forbidden Forbidden true");
        assert_eq!(ask(key(shop, "ada", &["*:read"]).await).await, "20 3 Forbidden true");
        assert_eq!(ask(shop.token("ada").to_owned()).await, "20 3 1 false");
        let system: Vec<User> = app.system("a test").list::<User>().page().await.unwrap().rows;
        assert_eq!(system.len(), 4);
    });
}
