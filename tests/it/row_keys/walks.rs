//! The cursor law for keys that are no UUIDs: every row that stays appears exactly once, whatever the order and whatever
//! is written meanwhile. The key, all its parts, is appended to every order.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};

use super::{Fixture, on_every_database};

/// One walk: of what, in which order, in pages of how many, and which rows come and go between them.
#[derive(Clone, Debug)]
struct Walk {
    order: String,
    limit: usize,
    coming: Vec<String>,
    going: Vec<usize>,
}

/// Numbers that sort unlike they count, with whatever a cursor and a path have to carry.
fn number() -> impl Strategy<Value = String> {
    prop::string::string_regex("[A-C,/ é%:]{1,3}").unwrap()
}

fn walk(keys: &'static [&'static str]) -> impl Strategy<Value = Walk> {
    let key = (prop::sample::select(keys.to_vec()), any::<bool>());
    let order = prop::collection::vec(key, 0..3).prop_map(|keys| {
        let mut seen = BTreeSet::new();
        let keys = keys.into_iter().filter(|(key, _)| seen.insert(*key));
        keys.map(|(key, down)| format!("{}{key}", if down { "-" } else { "" })).collect::<Vec<_>>().join(",")
    });
    let coming = prop::collection::vec(number(), 0..6);
    let going = prop::collection::vec(0usize..40, 0..6);
    (order, 1usize..6, coming, going).prop_map(|(order, limit, coming, going)| Walk { order, limit, coming, going })
}

async fn create(ledger: &Fixture, path: &str, name: &str, value: usize) -> Option<String> {
    let body = match path {
        "/api/bills" => json!({"number": name, "clerk_login": "ann", "total": value % 3}),
        _ => json!({"code": name, "name": format!("{}", value % 3)}),
    };
    let created = ledger.post(path, body).await;
    // The same name may be drawn twice; any other refusal is a defect.
    assert!([201, 409].contains(&created.status()), "{}", created.json());
    created.header("location").map(str::to_owned)
}

async fn rows(ledger: &Fixture, path: &str) -> Vec<Json> {
    ledger.get(&format!("{path}?limit=1000")).await.json()["data"].as_array().cloned().unwrap()
}

fn the_law(path: &'static str, keys: &'static [&'static str], name: &'static str) {
    on_every_database(async |ledger| {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        for n in 0..25 {
            let drawn = number().new_tree(&mut runner).expect("a name").current();
            create(ledger, path, &drawn, n).await;
        }
        let strategy = walk(keys);
        for _ in 0..30 {
            let walk = strategy.new_tree(&mut runner).expect("a walk").current();
            let before = rows(ledger, path).await;
            let sort = if walk.order.is_empty() { String::new() } else { format!("&sort={}", walk.order) };
            let (mut seen, mut gone): (Vec<Json>, Vec<Json>) = (Vec::new(), Vec::new());
            let (mut after, mut page) = (String::new(), 0);
            loop {
                let answer = ledger.get(&format!("{path}?limit={}{sort}{after}", walk.limit)).await.json();
                seen.extend(answer["data"].as_array().unwrap_or_else(|| panic!("{answer}")).iter().cloned());
                let Some(next) = answer["page"]["next"].as_str() else { break };
                after = format!("&after={next}");
                if let Some(name) = walk.coming.get(page) {
                    create(ledger, path, name, page).await;
                }
                if let Some(nth) = walk.going.get(page) {
                    let row = before[nth % before.len()].clone();
                    let parts = ["firm", name];
                    let place: Vec<String> = parts.iter().filter_map(|part| row[*part].as_str()).map(encoded).collect();
                    ledger.delete(&format!("{path}/{}", place.join(","))).await;
                    gone.push(row[name].clone());
                }
                page += 1;
            }
            for row in before.iter().filter(|row| !gone.contains(&row[name])) {
                let times = seen.iter().filter(|one| one[name] == row[name]).count();
                assert_eq!(times, 1, "{} in {walk:?}", row[name]);
            }
        }
    });
}

fn encoded(part: &str) -> String {
    part.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn pages_of_a_compound_key() {
    the_law("/api/bills", &["number", "total", "clerk.motto"], "number");
}

#[test]
fn pages_of_a_text_key() {
    the_law("/api/countries", &["name"], "code");
}
