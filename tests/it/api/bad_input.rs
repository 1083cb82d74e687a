//! What is wrong with an input is said, all of it, where it is; and nothing is changed.

use mimsy::prelude::*;
use mimsy::test;
use mimsy_tests::cluster;
use mimsy_tests::shop::{Shop, errors, on_every_database, text};
use serde_json::{Value as Json, json};

async fn listed(shop: &Shop, query: &str) -> (u16, Vec<String>) {
    let answer = shop.get("ada", &format!("/api/invoices?{query}")).await;
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{query}");
    (answer.status(), errors(&answer))
}

#[test]
fn a_query_is_strict() {
    on_every_database(async |shop| {
        for (query, expected) in [
            ("statu=paid", "statu UNKNOWN_PARAMETER"),
            ("filter[statu]=paid", "filter[statu] UNKNOWN_FIELD"),
            ("filter[status][gt]=paid", "filter[status][gt] OPERATOR_NOT_ALLOWED"),
            ("filter[total][contains]=1", "filter[total][contains] OPERATOR_NOT_ALLOWED"),
            ("filter[status][like]=p", "filter[status][like] UNKNOWN_OPERATOR"),
            ("filter[status]=payed", "filter[status] BAD_VALUE"),
            ("filter[total]=abc", "filter[total] BAD_VALUE"),
            ("filter[total]=1.005", "filter[total] BAD_VALUE"),
            ("filter[created_at]=2026-01-01T00:00:00+02:00", "filter[created_at] BAD_VALUE"),
            ("filter[customer]=not-a-key", "filter[customer] BAD_VALUE"),
            ("filter[customer.vip]=maybe", "filter[customer.vip] BAD_VALUE"),
            ("filter[org]=x", "filter[org] FIELD_NOT_OPEN"),
            ("filter[customer.email]=x", "filter[customer.email] FIELD_NOT_OPEN"),
            ("sort=totl", "sort UNKNOWN_FIELD"),
            ("sort=number,-number", "sort DUPLICATE_FIELD"),
            ("sort=org", "sort FIELD_NOT_OPEN"),
            ("include=customr", "include UNKNOWN_FIELD"),
            ("include=org", "include FIELD_NOT_OPEN"),
            ("fields=nope", "fields UNKNOWN_FIELD"),
            ("limit=0", "limit BAD_LIMIT"),
            ("limit=-1", "limit BAD_LIMIT"),
            ("limit=ten", "limit BAD_LIMIT"),
            ("limit=1.5", "limit BAD_LIMIT"),
            ("limit=", "limit BAD_LIMIT"),
            ("limit=1&limit=2", "limit DUPLICATE_PARAMETER"),
            ("filter[status]=paid&filter[status]=void", "filter[status] DUPLICATE_PARAMETER"),
            ("count=maybe", "count BAD_VALUE"),
        ] {
            assert_eq!(listed(shop, query).await, (400, vec![expected.to_owned()]), "{query}");
        }
        let several = listed(shop, "limit=0&sort=x&filter[y]=1").await;
        assert_eq!(several.1.len(), 3, "all at once: {several:?}");
        assert_eq!(shop.rows("ada", "/api/invoices?limit=99999").await.len(), 20, "too large is coerced");
    });
}

#[test]
fn a_cursor_is_one_of_this_query() {
    on_every_database(async |shop| {
        let page = shop.get("ada", "/api/invoices?limit=2&sort=-total").await.json();
        let next = text(&page["page"]["next"]);
        let after = |query: &str, cursor: &str| format!("/api/invoices?limit=2{query}&after={cursor}");
        assert_eq!(shop.get("ada", &after("&sort=-total", &next)).await.status(), 200);
        assert_eq!(shop.get("ada", &after("&sort=-total&fields=id", &next)).await.status(), 200, "fields do not bind");
        let mut forged = next.clone();
        let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
        forged.push(last);
        for (query, cursor) in [
            ("&sort=-total", "nonsense"),
            ("&sort=-total", ""),
            ("&sort=-total", forged.as_str()),
            ("&sort=total", next.as_str()),
            ("", next.as_str()),
            ("&sort=-total&filter[status]=paid", next.as_str()),
        ] {
            let refused = shop.get("ada", &after(query, cursor)).await;
            assert_eq!((refused.status(), errors(&refused)), (400, vec!["after CURSOR_INVALID".to_owned()]), "{query}");
        }
        // It carries no authority: another organisation walks its own rows from there.
        for row in shop.rows("eve", &after("&sort=-total", &next)).await {
            assert_eq!(row["org"], json!(shop.id("eve", "/api/orgs").await));
        }
    });
}

#[test]
fn a_missing_row_and_an_unreadable_one_are_alike() {
    on_every_database(async |shop| {
        let theirs = shop.id("eve", "/api/invoices?limit=1").await;
        let missing = uuid::Uuid::now_v7().to_string();
        for method in ["GET", "PATCH", "DELETE"] {
            let mut bodies = Vec::new();
            for id in [theirs.as_str(), missing.as_str(), "not-a-key"] {
                let request = shop.request("ada", method, &format!("/api/invoices/{id}"));
                let answer = request.header("x-request-id", "same").json(&json!({})).send().await;
                assert_eq!(answer.status(), 404, "{method} {id}");
                bodies.push(String::from_utf8(answer.bytes().to_vec()).unwrap());
            }
            assert!(bodies.iter().all(|body| *body == bodies[0]), "{method}: {bodies:?}");
        }
        let mut answers = Vec::new();
        for customer in [shop.id("eve", "/api/customers?limit=1").await, missing] {
            let mut body = shop.invoice(910_001).await;
            body["customer"] = json!(customer);
            let request = shop.request("ada", "POST", "/api/invoices").header("x-request-id", "same");
            let answer = request.json(&body).send().await;
            assert_eq!((answer.status(), errors(&answer)), (422, vec!["/customer REFERENCE_NOT_FOUND".to_owned()]));
            answers.push(answer.bytes().to_vec());
        }
        assert_eq!(answers[0], answers[1]);
    });
}

#[test]
fn a_body_has_a_shape() {
    on_every_database(async |shop| {
        let good = shop.invoice(920_001).await;
        let with = |name: &str, value: Json| {
            let mut body = good.clone();
            body[name] = value;
            body.to_string()
        };
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let huge = format!(r#"{{"note":"{}"}}"#, "x".repeat(10 << 20));
        let cases: Vec<(String, u16, &str)> = vec![
            ("{".to_owned(), 400, "MALFORMED_JSON"),
            (String::new(), 400, "MALFORMED_JSON"),
            ("[]".to_owned(), 422, "/ TYPE"),
            ("3".to_owned(), 422, "/ TYPE"),
            (r#"{"number":"INV-000001","number":"INV-000002"}"#.to_owned(), 400, "DUPLICATE_KEY"),
            (with("nope", json!(1)), 422, "/nope UNKNOWN_FIELD"),
            (with("id", json!("x")), 422, "/id NOT_WRITABLE"),
            (with("created_at", json!("2026-01-01T00:00:00Z")), 422, "/created_at NOT_WRITABLE"),
            (with("lines", json!([])), 422, "/lines NOT_WRITABLE"),
            (with("_version", json!(7)), 422, "/_version UNKNOWN_FIELD"),
            (with("number", json!(5)), 422, "/number TYPE"),
            (with("number", json!(null)), 422, "/number REQUIRED"),
            (with("number", json!("INV-1\u{0}")), 422, "/number NUL"),
            (with("total", json!(true)), 422, "/total TYPE"),
            (with("total", json!("12.345")), 422, "/total SCALE"),
            (with("total", json!("99999999999999999")), 422, "/total RANGE"),
            (with("status", json!("payed")), 422, "/status ENUM"),
            (with("customer", json!("x")), 422, "/customer FORMAT"),
            (with("note", serde_json::from_str(&deep).unwrap_or(json!(null))), 400, "JSON_DEPTH"),
            (huge, 413, "BODY_TOO_LARGE"),
        ];
        for (body, status, expected) in cases {
            let body = if expected == "JSON_DEPTH" { format!(r#"{{"note":{deep}}}"#) } else { body };
            let shown: String = body.chars().take(60).collect();
            let request = shop.request("ada", "POST", "/api/invoices").bytes("application/json", body);
            let answer = request.send().await;
            let json = answer.json();
            let told = match errors(&answer).first() {
                Some(first) if expected.contains(' ') => first.replace("? ", "/ "),
                _ => text(&json["code"]),
            };
            let told = if expected == "JSON_DEPTH" { json.to_string() } else { told };
            assert_eq!(answer.status(), status, "{shown}: {json}");
            assert!(told.contains(expected.trim_start_matches("/ ")), "{shown}: {told} is not {expected}");
        }
        let kind = shop.request("ada", "POST", "/api/invoices").bytes("text/plain", good.to_string()).send().await;
        assert_eq!(kind.status(), 415);
        assert_eq!(shop.rows("ada", "/api/invoices?limit=100").await.len(), 20, "nothing was written");
    });
}

#[test]
fn an_answer_never_grows_with_the_number_of_faults() {
    on_every_database(async |shop| {
        let keys: Vec<String> = (0..100_000).map(|i| format!("\"{i:x}\":0")).collect();
        // The dearest: every character takes six bytes in JSON, and none of the keys is like another.
        let dear: Vec<String> = (0..1000).map(|i| format!("\"{}{i}\":0", "\\u0001".repeat(160))).collect();
        for keys in [keys, dear] {
            // An invoice needs a number, a customer and a total.
            let total = keys.len() + 3;
            let body = format!("{{{}}}", keys.join(","));
            assert!(body.len() <= 1 << 20, "{}", body.len());
            let request = shop.request("ada", "POST", "/api/invoices").bytes("application/json", body);
            let answer = request.send().await;
            assert_eq!((answer.status(), errors(&answer).len()), (422, 50));
            assert!(answer.bytes().len() < 64 << 10, "{} bytes", answer.bytes().len());
            let detail = format!("Some values are not right; see `errors`, which holds the first 50 of {total}.");
            assert_eq!(answer.json()["detail"], detail);
        }
        let parameters: Vec<String> = (0..2600).map(|i| format!("x{i}")).collect();
        let answer = shop.get("ada", &format!("/api/invoices?{}", parameters.join("&"))).await;
        assert_eq!((answer.status(), errors(&answer).len()), (400, 50));
        assert!(answer.bytes().len() < 64 << 10, "{} bytes", answer.bytes().len());
        let detail = "Some parameters are not right; see `errors`, which holds the first 50 of 2600.";
        assert_eq!(answer.json()["detail"], detail);
    });
}

#[test]
fn all_violations_come_at_once() {
    on_every_database(async |shop| {
        let body = json!({
            "number": "nope", "customer": uuid::Uuid::now_v7().to_string(), "total": "-1", "note": "n".repeat(1001),
        });
        let refused = shop.post("ada", "/api/invoices", body).await;
        let mut told = errors(&refused);
        told.sort();
        assert_eq!(refused.status(), 422);
        assert_eq!(told, ["/customer REFERENCE_NOT_FOUND", "/note LEN", "/number PATTERN", "/total MIN"]);
        let min = refused.json()["errors"].as_array().unwrap().iter().find(|one| one["code"] == "MIN").cloned();
        assert_eq!(min.unwrap()["params"], json!({"min": "0.00"}));
        let customer = json!({"name": "X", "email": "no address"});
        assert_eq!(errors(&shop.post("ada", "/api/customers", customer).await), ["/email EMAIL"]);
        let line = json!({"invoice": shop.id("ada", "/api/invoices").await, "description": "", "qty": 9_007_199_254_740_992i64, "price": "1"});
        let refused = shop.post("ada", "/api/lines", line).await;
        assert_eq!(errors(&refused), ["/qty RANGE"], "shape first");
        let line = json!({"invoice": shop.id("ada", "/api/invoices").await, "description": "", "qty": 0, "price": "1"});
        assert_eq!(errors(&shop.post("ada", "/api/lines", line).await), ["/description LEN", "/qty MIN"]);
    });
}

#[test]
fn what_is_not_there_is_said_plainly() {
    on_every_database(async |shop| {
        for (method, path, status) in [
            ("GET", "/api/nothing", 404),
            ("GET", "/api/invoices/a/b", 404),
            ("PUT", "/api/invoices", 405),
            ("DELETE", "/api/invoices", 405),
            ("POST", "/api/orgs", 405),
            ("POST", "/api/invoices/x", 405),
        ] {
            let answer = shop.request("ada", method, path).json(&json!({})).send().await;
            assert_eq!(answer.status(), status, "{method} {path}: {}", answer.json());
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            assert_eq!(status == 405, answer.header("allow").is_some());
        }
    });
}

/// Has texts without rules of their own.
#[entity]
#[routes(list, create)]
#[policy(read = public, create = public)]
pub(crate) struct Word {
    pub id: Id<Self>,
    #[field(unique)]
    pub text: String,
    #[field(unique(within = language))]
    pub sense: String,
    pub language: String,
}

mimsy::schema! { pub(crate) Words: Word }

#[test]
fn a_unique_text_is_no_longer_than_every_database_takes() {
    // No two parts alike, for PostgreSQL limits what is left after compression.
    let noise = |seed: u64, length: usize| -> String {
        let next = |state: &mut u64| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Some(char::from(b'!' + u8::try_from((*state >> 33) % 90).unwrap_or(0)))
        };
        let mut state = seed;
        std::iter::from_fn(|| next(&mut state)).take(length).collect()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for engine in cluster::engines() {
        runtime.block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Words), &database.url).await;
            let send = async |text: usize, sense: usize| {
                let body = json!({"text": noise(1, text), "sense": noise(2, sense), "language": noise(3, sense)});
                app.post("/api/words", body).send().await
            };
            let refused = send(2001, 1001).await;
            assert_eq!(
                (refused.status(), errors(&refused)),
                (422, vec!["/text LEN".to_owned(), "/sense LEN".to_owned(), "/language LEN".to_owned(),])
            );
            let told = refused.json()["errors"][0].clone();
            let detail = "is indexed, so it must have at most 2000 bytes";
            assert_eq!((&told["detail"], &told["params"]), (&json!(detail), &json!({"max_bytes": 2000})));
            let created = send(2000, 1000).await;
            assert_eq!(created.status(), 201, "{engine:?}: {}", created.json());
            app.app().close().await;
        });
    }
}
