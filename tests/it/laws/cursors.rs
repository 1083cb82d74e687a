//! The cursor law: every row that was there, unchanged, during the whole walk appears exactly once, whatever the order
//! and whatever is written meanwhile.

use std::collections::BTreeMap;

use mimsy_tests::shop::{Shop, on_every_database, text};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

/// A write between two pages.
#[derive(Clone, Debug)]
enum Meanwhile {
    Create { note: Option<u8>, total: u16 },
    Change { nth: usize, note: Option<u8>, total: u16 },
    Delete { nth: usize },
}

fn order() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec!["number", "status", "created_at", "total", "note", "customer.name"]);
    prop::collection::btree_map(key, any::<bool>(), 0..4).prop_shuffle_order()
}

trait Order {
    fn prop_shuffle_order(self) -> BoxedStrategy<String>;
}

impl<S: Strategy<Value = BTreeMap<&'static str, bool>> + 'static> Order for S {
    fn prop_shuffle_order(self) -> BoxedStrategy<String> {
        self.prop_map(|keys| keys.into_iter().collect::<Vec<_>>())
            .prop_shuffle()
            .prop_map(|keys| {
                let signed = keys.iter().map(|(key, down)| format!("{}{key}", if *down { "-" } else { "" }));
                signed.collect::<Vec<_>>().join(",")
            })
            .boxed()
    }
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

#[test]
fn a_row_that_stays_appears_exactly_once() {
    on_every_database(async |shop| {
        // The same cases on every run; a longer search is a matter of the seed.
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let strategy = (order(), 1usize..7, prop::collection::vec(prop::collection::vec(meanwhile(), 0..3), 0..12));
        let mut number = 960_000;
        for _ in 0..40 {
            let (order, limit, writes) = strategy.new_tree(&mut runner).expect("a case").current();
            let before = shop.rows("ada", "/api/invoices?limit=1000").await;
            let sort = if order.is_empty() { String::new() } else { format!("&sort={order}") };
            let (mut seen, mut touched): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
            let (mut after, mut page) = (String::new(), 0);
            loop {
                let answer = shop.get("ada", &format!("/api/invoices?limit={limit}{sort}{after}")).await;
                let json = answer.json();
                assert_eq!(answer.status(), 200, "{json}");
                seen.extend(json["data"].as_array().unwrap().iter().map(|row| text(&row["id"])));
                let Some(next) = json["page"]["next"].as_str() else { break };
                after = format!("&after={next}");
                for one in writes.get(page).map(Vec::as_slice).unwrap_or_default() {
                    write(shop, one, &mut number, &mut touched).await;
                }
                page += 1;
            }
            for row in before {
                let id = text(&row["id"]);
                let times = seen.iter().filter(|one| **one == id).count();
                assert!(touched.contains(&id) || times == 1, "{id} appears {times} times: {order} {limit} {writes:?}");
            }
        }
    });
}
