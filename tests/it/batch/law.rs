//! A batch of n equals n writes: the same rows, versions, refusals and changes told to sinks; each for itself in every
//! case, as a whole where all of them would go well.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};

use super::{ANN, EVE, Fixture, on_every_database};

/// What is done to several rows.
#[derive(Clone, Debug)]
enum Round {
    Create(Vec<Json>),
    Update(Vec<(i64, Json)>),
    Delete(Vec<i64>),
}

/// More than there are rows, so that some are missing.
const NUMBERS: i64 = 24;

fn holder() -> impl Strategy<Value = &'static str> {
    prop_oneof![14 => Just("a"), 14 => Just("b"), 1 => Just("c"), 1 => Just("nobody")]
}

fn limit() -> impl Strategy<Value = i64> {
    prop_oneof![30 => 0i64..60, 1 => Just(101i64), 1 => Just(-1)]
}

fn tag() -> impl Strategy<Value = Json> {
    prop_oneof![3 => Just(json!(null)), 2 => (0u8..12).prop_map(|n| json!(format!("t{n}")))]
}

fn above() -> impl Strategy<Value = Json> {
    prop_oneof![9 => Just(json!(null)), 1 => (0..NUMBERS).prop_map(|n| json!(n))]
}

fn rarely() -> impl Strategy<Value = bool> {
    prop_oneof![19 => Just(false), 1 => Just(true)]
}

fn create() -> impl Strategy<Value = Json> {
    (0..NUMBERS, holder(), limit(), tag(), above(), rarely(), rarely()).prop_map(
        |(number, holder, limit, tag, above, hidden, closed)| {
            json!({
                "number": number, "holder_name": holder, "limit": limit, "tag": tag, "above_number": above,
                "hidden": hidden, "open": !closed,
            })
        },
    )
}

fn patch() -> impl Strategy<Value = Json> {
    use prop::option::of as some;
    (some(holder()), some(limit()), some(tag()), prop::option::weighted(0.2, above()), rarely(), rarely()).prop_map(
        |(holder, limit, tag, above, hidden, closed)| {
            let mut patch = json!({});
            let mut set = |name: &str, value: Option<Json>| {
                if let Some(value) = value {
                    patch[name] = value;
                }
            };
            set("holder_name", holder.map(|one| json!(one)));
            set("limit", limit.map(|one| json!(one)));
            set("tag", tag);
            set("above_number", above);
            set("hidden", hidden.then_some(json!(true)));
            set("open", closed.then_some(json!(false)));
            patch
        },
    )
}

fn round() -> impl Strategy<Value = Round> {
    let numbers = || prop::collection::btree_set(0..NUMBERS, 1..5).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    prop_oneof![
        3 => prop::collection::vec(create(), 1..5).prop_map(Round::Create),
        3 => numbers().prop_shuffle().prop_flat_map(|numbers| {
            let many = numbers.len();
            (Just(numbers), prop::collection::vec(patch(), many))
                .prop_map(|(numbers, patches)| Round::Update(numbers.into_iter().zip(patches).collect()))
        }),
        2 => numbers().prop_shuffle().prop_map(Round::Delete),
    ]
}

/// What became of one write: its status, and what was told of it, with pointers into its own values.
type Outcome = (u16, Vec<String>);

fn places(problem: &Json, prefix: &str) -> Vec<String> {
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let place = |one: &Json| {
        let pointer = one["pointer"].as_str().unwrap();
        format!("{} {}", pointer.strip_prefix(prefix).unwrap_or(pointer), one["code"].as_str().unwrap())
    };
    if errors.is_empty() {
        return vec![format!(" {}", problem["code"].as_str().unwrap_or_default())];
    }
    errors.iter().map(place).collect()
}

impl Round {
    /// With most of its numbers replaced by those of rows that are there.
    fn near(self, rows: &[(Json, String)]) -> Self {
        let near = |number: i64| match rows.get(usize::try_from(number).unwrap() % rows.len().max(1)) {
            Some((row, _)) if number % 8 > 0 => row[0].as_i64().unwrap(),
            _ => number,
        };
        match self {
            Self::Create(all) => Self::Create(all),
            Self::Update(all) => {
                let all: BTreeMap<i64, Json> = all.into_iter().map(|(number, patch)| (near(number), patch)).collect();
                Self::Update(all.into_iter().rev().collect())
            }
            Self::Delete(all) => {
                let mut known = BTreeSet::new();
                Self::Delete(all.into_iter().map(near).filter(|number| known.insert(*number)).collect())
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Create(all) => all.len(),
            Self::Update(all) => all.len(),
            Self::Delete(all) => all.len(),
        }
    }

    fn prefix(&self, at: usize) -> String {
        match self {
            Self::Create(_) => format!("/items/{at}"),
            Self::Update(_) => format!("/items/{at}/patch"),
            Self::Delete(_) => format!("/ids/{at}"),
        }
    }

    /// One write after the other.
    async fn singly(&self, books: &Fixture, clerk: usize) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for at in 0..self.len() {
            let answer = match self {
                Self::Create(all) => books.send(clerk, "POST", "/api/accounts", &all[at]).await,
                Self::Update(all) => books.send(clerk, "PATCH", &books.place(clerk, all[at].0), &all[at].1).await,
                Self::Delete(all) => books.send(clerk, "DELETE", &books.place(clerk, all[at]), &json!({})).await,
            };
            let told = if answer.status() < 300 { Vec::new() } else { places(&answer.json(), "?") };
            outcomes.push((answer.status(), told));
        }
        outcomes
    }

    /// All in one request.
    async fn together(&self, books: &Fixture, clerk: usize, atomic: bool) -> (u16, Json) {
        let (path, body) = match self {
            Self::Create(all) => ("batchCreate", json!({"items": all})),
            Self::Update(all) => {
                let item = |(number, patch): &(i64, Json)| json!({"id": books.id(clerk, *number), "patch": patch});
                ("batchUpdate", json!({"items": all.iter().map(item).collect::<Vec<_>>()}))
            }
            Self::Delete(all) => {
                ("batchDelete", json!({"ids": all.iter().map(|one| books.id(clerk, *one)).collect::<Vec<_>>()}))
            }
        };
        let path = format!("/api/accounts:{path}{}", if atomic { "" } else { "?atomic=false" });
        let answer = books.send(clerk, "POST", &path, &body).await;
        (answer.status(), answer.json())
    }

    /// Each for itself, in one request.
    async fn each(&self, books: &Fixture, clerk: usize) -> Vec<Outcome> {
        let (status, answer) = self.together(books, clerk, false).await;
        assert_eq!(status, 207, "{answer}");
        let results = answer["results"].as_array().unwrap();
        let outcome = |(at, one): (usize, &Json)| {
            let status = u16::try_from(one["status"].as_u64().unwrap()).unwrap();
            let told = if status < 300 { Vec::new() } else { places(&one["problem"], &self.prefix(at)) };
            (status, told)
        };
        results.iter().enumerate().map(outcome).collect()
    }
}

#[test]
fn a_batch_of_n_equals_n_writes() {
    on_every_database(async |books| {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let (mut whole, mut refused) = (0, 0);
        for at in 0..120 {
            if at % 12 == 0 {
                books.clear().await;
            }
            let before = books.accounts(EVE).await;
            let round = round().new_tree(&mut runner).unwrap().current().near(&before);
            assert_eq!(books.accounts(ANN).await, before);
            books.heard.take();
            let (status, answer) = round.together(books, EVE, true).await;
            let heard = books.heard.take();
            let singly = round.singly(books, ANN).await;
            let alone = books.heard.take();
            let all_well = singly.iter().all(|(status, _)| *status < 300);
            let told = format!("{round:?}\n{status} {answer}\n{singly:?}");
            assert_eq!(status < 300, all_well, "{told}");
            if all_well {
                whole += 1;
                assert_eq!(heard, alone, "{told}");
            } else {
                refused += 1;
                assert_eq!(books.accounts(EVE).await, before, "nothing is left: {told}");
                // Rules that count rows count those that are stored together; all else is told of the same rows.
                let errors = answer["errors"].as_array().unwrap();
                for place in errors.iter().filter(|one| one["params"]["rule"] != "full") {
                    let pointer = place["pointer"].as_str().unwrap();
                    let at: usize = pointer.split('/').nth(2).unwrap().parse().unwrap();
                    let rest = pointer.strip_prefix(&round.prefix(at)).unwrap_or_default();
                    let code = place["code"].as_str().unwrap();
                    // Of two uniques that a row violates, the database tells whichever it likes; and a row that came too
                    // late may be one too many.
                    let alike = |one: &String| match code {
                        "DUPLICATE" => one.ends_with(code) || one == " FORBIDDEN",
                        _ => *one == format!("{rest} {code}"),
                    };
                    let found = singly[at].1.iter().any(alike);
                    assert!(found, "{rest} {code} at {at}: {told}");
                }
                books.heard.take();
                assert_eq!(round.each(books, EVE).await, singly, "{told}");
                assert_eq!(books.heard.take(), alone, "{told}");
            }
            assert_eq!(books.accounts(EVE).await, books.accounts(ANN).await, "{told}");
        }
        assert!(whole > 20 && refused > 20, "{whole} went well, {refused} did not");
    });
}
