//! The cursor law: every row that was there, unchanged, during the whole walk appears exactly once, whatever the order,
//! forwards and backwards, and whatever is written meanwhile. And a page is a part of the list as it is at that moment,
//! without a gap, which knows whether anything stands before it or behind it.

use std::collections::BTreeMap;

use mimsy_tests::shop::{Shop, on_every_database, text};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};

/// A write between two pages.
#[derive(Clone, Debug)]
enum Meanwhile {
    Create { note: Option<u8>, total: u16 },
    Change { nth: usize, note: Option<u8>, total: u16 },
    Delete { nth: usize },
}

/// A key of an order: descending or not, and where the NULLs stand.
type Key = (bool, Option<bool>);

fn order() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec!["number", "status", "created_at", "total", "note", "customer.name"]);
    prop::collection::btree_map(key, any::<Key>(), 0..4)
        .prop_map(|keys: BTreeMap<&str, Key>| keys.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
        .prop_map(|keys| {
            let written = keys.iter().map(|(key, (down, nulls))| {
                let nulls = match nulls.filter(|_| matches!(*key, "note" | "customer.name")) {
                    None => "",
                    Some(true) => ":nulls_first",
                    Some(false) => ":nulls_last",
                };
                format!("{}{key}{nulls}", if *down { "-" } else { "" })
            });
            written.collect::<Vec<_>>().join(",")
        })
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    let note = || proptest::option::of(0u8..4);
    prop_oneof![
        (note(), 0u16..900).prop_map(|(note, total)| Meanwhile::Create { note, total }),
        (0usize..20, note(), 0u16..900).prop_map(|(nth, note, total)| Meanwhile::Change { nth, note, total }),
        (0usize..20).prop_map(|nth| Meanwhile::Delete { nth }),
    ]
}

async fn write(shop: &Shop, write: &Meanwhile, number: &mut u32, touched: &mut Vec<String>) {
    let note = |note: &Option<u8>| note.map_or(json!(null), |n| json!(format!("note {n}")));
    let nth = async |nth: usize| {
        let rows = shop.rows("ada", "/api/invoices?limit=1000&filter[status][ne]=paid").await;
        rows.get(nth % rows.len().max(1)).map(|row| text(&row["id"]))
    };
    match write {
        Meanwhile::Create { note: of, total } => {
            *number += 1;
            let mut body = shop.invoice(*number).await;
            (body["note"], body["total"]) = (note(of), json!(format!("{total}.00")));
            let created = shop.post("ada", "/api/invoices", body).await;
            assert_eq!(created.status(), 201, "{}", created.json());
            touched.push(text(&created.json()["data"]["id"]));
        }
        Meanwhile::Change { nth: which, note: of, total } => {
            let Some(id) = nth(*which).await else { return };
            let body = json!({"note": note(of), "total": format!("{total}.00")});
            assert_eq!(shop.patch("ada", &format!("/api/invoices/{id}"), body).await.status(), 200);
            touched.push(id);
        }
        Meanwhile::Delete { nth: which } => {
            let Some(id) = nth(*which).await else { return };
            assert_eq!(shop.delete("ada", &format!("/api/invoices/{id}")).await.status(), 204);
            touched.push(id);
        }
    }
}

/// A page, and the ids of its rows.
async fn page(shop: &Shop, query: &str) -> (Json, Vec<String>) {
    let answer = shop.get("ada", &format!("/api/invoices?{query}")).await;
    let json = answer.json();
    assert_eq!(answer.status(), 200, "{query}: {json}");
    let ids = json["data"].as_array().unwrap().iter().map(|row| text(&row["id"])).collect();
    (json["page"].clone(), ids)
}

/// The page is a part of the whole list without a gap, and says what stands on either side of it.
async fn is_a_part(shop: &Shop, sort: &str, json: &Json, ids: &[String], told: &str) {
    let (_, whole) = page(shop, &format!("limit=1000{sort}")).await;
    let Some(first) = ids.first() else {
        assert!(json["next"].is_null() || json["prev"].is_null(), "{told}");
        assert_eq!(whole.is_empty(), json["next"].is_null() && json["prev"].is_null(), "{told}");
        return;
    };
    let from = whole.iter().position(|id| id == first).unwrap();
    assert_eq!(ids, &whole[from..(from + ids.len()).min(whole.len())], "{told}");
    assert_eq!(json["prev"].is_null(), from == 0, "what stands before: {told}");
    assert_eq!(json["next"].is_null(), from + ids.len() == whole.len(), "what stands behind: {told}");
}

/// The same cases on every run; a longer search is a matter of the seed.
fn runner() -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

fn sorted(order: &str) -> String {
    if order.is_empty() { String::new() } else { format!("&sort={order}") }
}

#[test]
fn a_row_that_stays_appears_exactly_once() {
    on_every_database(async |shop| {
        let mut runner = runner();
        let strategy = (order(), 1usize..7, prop::collection::vec(prop::collection::vec(meanwhile(), 0..3), 0..12));
        let mut number = 960_000;
        for _ in 0..30 {
            let (order, limit, writes) = strategy.new_tree(&mut runner).expect("a case").current();
            let sort = sorted(&order);
            let (mut turn, mut last) = (0, None);
            // To the end, and from there back to the start: each way is a walk of its own.
            for (way, name) in [("next", "after"), ("prev", "before")] {
                let before = shop.rows("ada", "/api/invoices?limit=1000").await;
                let mut touched: Vec<String> = Vec::new();
                let (mut json, mut seen) = match last.take() {
                    None => page(shop, &format!("limit={limit}{sort}")).await,
                    Some(last) => last,
                };
                let mut newest = (json.clone(), seen.clone());
                while let Some(cursor) = json[way].as_str().map(str::to_owned) {
                    for one in writes.get(turn).map(Vec::as_slice).unwrap_or_default() {
                        write(shop, one, &mut number, &mut touched).await;
                    }
                    turn += 1;
                    let ids;
                    (json, ids) = page(shop, &format!("limit={limit}{sort}&{name}={cursor}")).await;
                    is_a_part(shop, &sort, &json, &ids, &format!("{order} {limit} {way} {writes:?}")).await;
                    newest = (json.clone(), ids.clone());
                    seen.extend(ids);
                }
                for row in before {
                    let id = text(&row["id"]);
                    let times = seen.iter().filter(|one| **one == id).count();
                    let told = format!("{id} appears {times} times: {order} {limit} {way} {writes:?}");
                    assert!(touched.contains(&id) || times == 1, "{told}");
                }
                last = Some(newest);
            }
        }
    });
}

#[test]
fn a_page_is_a_part_of_the_list_whichever_way_it_was_reached() {
    on_every_database(async |shop| {
        let mut runner = runner();
        let steps = prop::collection::vec((any::<bool>(), prop::option::weighted(0.3, meanwhile())), 1..16);
        let strategy = (order(), 1usize..7, 0usize..24, steps);
        let mut number = 980_000;
        for _ in 0..25 {
            let (order, limit, offset, steps) = strategy.new_tree(&mut runner).expect("a case").current();
            let (sort, mut touched) = (sorted(&order), Vec::new());
            let (mut json, mut ids) = page(shop, &format!("limit={limit}{sort}&offset={offset}")).await;
            let told = format!("{order} {limit} from {offset}: {steps:?}");
            is_a_part(shop, &sort, &json, &ids, &told).await;
            for (forwards, meanwhile) in &steps {
                let (way, name) = if *forwards { ("next", "after") } else { ("prev", "before") };
                let Some(cursor) = json[way].as_str().map(str::to_owned) else { continue };
                if let Some(one) = meanwhile {
                    write(shop, one, &mut number, &mut touched).await;
                }
                (json, ids) = page(shop, &format!("limit={limit}{sort}&{name}={cursor}")).await;
                is_a_part(shop, &sort, &json, &ids, &told).await;
            }
        }
    });
}
