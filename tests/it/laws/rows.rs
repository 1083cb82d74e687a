//! `some`, `every`, `none` and `count` in SQL find what they find in memory, on every database: over references,
//! inverses and entities between, nested in each other, past NULLs, hidden rows and rows that are reached twice.

mod includes;
mod library;

use std::sync::Arc;

use mimsy_runtime::query::{Condition, Quantifier, Query, Test};
use mimsy_schema::{Cardinality, EntityId, Join, Kind, Link, Model, Schema, Value};
use mimsy_tests::cluster::{self, Engine};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use library::{Library, NUMBERS, TEXTS};

/// How many queries, each about one of the entities.
const QUERIES: u32 = 400;

impl Library {
    /// The rows that a relation reaches from a row and that may be read; each once.
    fn reached(&self, row: &[Value], link: &Link) -> Vec<&[Value]> {
        let rows = |entity: EntityId| self.rows(entity).iter().map(Vec::as_slice);
        let readable = move |entity: EntityId| rows(entity).filter(move |row| self.is_readable(entity, row));
        let joined = |pairs: &[(usize, usize)], near: &[Value], far: &[Value]| {
            pairs.iter().all(|(a, b)| !near[*a].is_null() && near[*a] == far[*b])
        };
        match &link.join {
            Join::On(on) => readable(link.target).filter(|target| joined(on, row, target)).collect(),
            Join::Through { entity, near, far, .. } => readable(link.target)
                .filter(|target| {
                    readable(*entity).any(|between| joined(near, row, between) && joined(far, between, target))
                })
                .collect(),
        }
    }

    fn holds(&self, condition: &Condition, model: &Model, row: &[Value]) -> bool {
        let (Condition::Field { path, .. } | Condition::Rows { path, .. }) = condition;
        let [field, rest @ ..] = path.as_slice() else { return false };
        if !rest.is_empty() {
            let link = model.link(*field).unwrap();
            let behind = match condition.clone() {
                Condition::Field { test, .. } => Condition::Field { path: rest.to_vec(), test },
                Condition::Rows { quantifier, filter, .. } => {
                    Condition::Rows { path: rest.to_vec(), quantifier, filter }
                }
            };
            let target = self.schema.model(link.target);
            return self.reached(row, link).iter().any(|row| self.holds(&behind, target, row));
        }
        match condition {
            Condition::Field { test, .. } => passes(test, &row[*field]),
            Condition::Rows { quantifier, filter, .. } => {
                let link = model.link(*field).unwrap();
                let target = self.schema.model(link.target);
                let all = |row: &&&[Value]| filter.iter().all(|one| self.holds(one, target, row));
                let rows = self.reached(row, link);
                let matching = rows.iter().filter(all).count();
                match quantifier {
                    Quantifier::Some => matching > 0,
                    Quantifier::Every => matching == rows.len(),
                    Quantifier::None => matching == 0,
                    Quantifier::Count(test) => passes(test, &Value::Int(i64::try_from(matching).unwrap())),
                }
            }
        }
    }
}

fn passes(test: &Test, value: &Value) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = |other: &Value| match (value, other) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        _ => None,
    };
    match test {
        Test::Eq(other) => order(other) == Some(Equal),
        Test::Ne(other) => order(other) != Some(Equal),
        Test::Lt(other) => order(other) == Some(Less),
        Test::Lte(other) => matches!(order(other), Some(Less | Equal)),
        Test::Gt(other) => order(other) == Some(Greater),
        Test::Gte(other) => matches!(order(other), Some(Greater | Equal)),
        Test::In(others) => others.iter().any(|other| order(other) == Some(Equal)),
        Test::Nin(others) => others.iter().all(|other| order(other) != Some(Equal)),
        Test::Between(low, high) => {
            matches!(order(low), Some(Greater | Equal)) && matches!(order(high), Some(Less | Equal))
        }
        Test::Contains(part) => matches!(value, Value::Text(text) if text.contains(part.as_str())),
        Test::StartsWith(part) => matches!(value, Value::Text(text) if text.starts_with(part.as_str())),
        Test::EndsWith(part) => matches!(value, Value::Text(text) if text.ends_with(part.as_str())),
        Test::Icontains(_) | Test::Has(_) => unreachable!("is not asked here"),
        Test::IsNull(is) => value.is_null() == *is,
    }
}

fn number() -> BoxedStrategy<Value> {
    prop::sample::select(NUMBERS.to_vec()).prop_map(Value::Int).boxed()
}

fn ordered(value: &BoxedStrategy<Value>) -> BoxedStrategy<Test> {
    let one = || value.clone();
    let some = || prop::collection::vec(value.clone(), 0..3);
    prop_oneof![
        one().prop_map(Test::Eq),
        one().prop_map(Test::Ne),
        one().prop_map(Test::Lt),
        one().prop_map(Test::Lte),
        one().prop_map(Test::Gt),
        one().prop_map(Test::Gte),
        some().prop_map(Test::In),
        some().prop_map(Test::Nin),
        (one(), one()).prop_map(|(low, high)| Test::Between(low, high)),
    ]
    .boxed()
}

fn test(kind: Kind) -> BoxedStrategy<Test> {
    let null = any::<bool>().prop_map(Test::IsNull);
    match kind {
        Kind::Int => prop_oneof![6 => ordered(&number()), 1 => null].boxed(),
        _ => {
            let text = || prop::sample::select(TEXTS.to_vec());
            let value = text().prop_map(|text| Value::Text(text.to_owned())).boxed();
            let part = text().prop_flat_map(|text| {
                let part = text.to_owned();
                prop::sample::select(vec![
                    Test::Contains(part.clone()),
                    Test::StartsWith(part.clone()),
                    Test::EndsWith(part),
                ])
            });
            prop_oneof![6 => ordered(&value), 2 => part, 1 => null].boxed()
        }
    }
}

/// Everything that can be asked of a row, through at most one to-one relation and `depth` to-many ones.
fn condition(schema: &Arc<Schema>, entity: EntityId, depth: usize, hop: bool) -> BoxedStrategy<Condition> {
    let model = schema.model(entity);
    let mut all: Vec<BoxedStrategy<Condition>> = Vec::new();
    for (at, field) in model.fields().iter().enumerate() {
        match model.link(at) {
            None if matches!(field.kind, Kind::Int | Kind::Text) => {
                all.push(test(field.kind).prop_map(move |test| Condition::Field { path: vec![at], test }).boxed());
            }
            Some(link) if link.cardinality == Cardinality::Many && depth > 0 => {
                let quantifier = prop_oneof![
                    2 => Just(Quantifier::Some),
                    2 => Just(Quantifier::Every),
                    2 => Just(Quantifier::None),
                    1 => ordered(&number()).prop_map(Quantifier::Count),
                ];
                let filter = prop::collection::vec(condition(schema, link.target, depth - 1, true), 0..3);
                let rows = (quantifier, filter).prop_map(move |(quantifier, filter)| Condition::Rows {
                    path: vec![at],
                    quantifier,
                    filter,
                });
                // Twice as likely: they are what this is about.
                all.extend([rows.clone().boxed(), rows.boxed()]);
            }
            Some(link) if link.cardinality == Cardinality::One && hop => {
                let behind = condition(schema, link.target, depth, false);
                all.push(
                    behind
                        .prop_map(move |mut one| {
                            let (Condition::Field { path, .. } | Condition::Rows { path, .. }) = &mut one;
                            path.insert(0, at);
                            one
                        })
                        .boxed(),
                );
            }
            _ => {}
        }
    }
    prop::strategy::Union::new(all).boxed()
}

fn law(engine: Engine) {
    let library = Library::open(engine);
    let config = Config { cases: QUERIES, failure_persistence: None, ..Config::default() };
    let entities = ["Author", "Publisher", "Book", "Tag"].map(|name| library.schema.by_name(name).unwrap().id);
    let schema = Arc::clone(&library.schema);
    let asked = prop::sample::select(entities.to_vec())
        .prop_flat_map(move |entity| (Just(entity), prop::collection::vec(condition(&schema, entity, 2, true), 1..3)));
    let result = TestRunner::new(config).run(&asked, |(entity, filter)| {
        let model = library.schema.model(entity);
        let expected: Vec<Value> = library
            .rows(entity)
            .iter()
            .filter(|row| library.is_readable(entity, row))
            .filter(|row| filter.iter().all(|one| library.holds(one, model, row)))
            .map(|row| row[0].clone())
            .collect();
        let (keys, count) = library.find(entity, &Query { filter, ..Query::default() });
        prop_assert_eq!(keys.len(), usize::try_from(count).unwrap());
        prop_assert_eq!(keys, expected);
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    library.close();
}

#[test]
fn rows_are_found_as_in_memory() {
    for engine in cluster::engines() {
        law(engine);
    }
}

/// The law above would hold of an evaluator that knows nothing, so a few answers are said here.
#[test]
fn a_few_answers() {
    let library = Library::open(Engine::Sqlite);
    let author = library.schema.by_name("Author").unwrap();
    let book = library.schema.by_name("Book").unwrap();
    let (books, pages) = (author.field_index("books").unwrap(), book.field_index("pages").unwrap());
    let long = || vec![Condition::Field { path: vec![pages], test: Test::Gte(Value::Int(2)) }];
    let found = |quantifier, filter| {
        let condition = Condition::Rows { path: vec![books], quantifier, filter };
        library.find(author.id, &Query { filter: vec![condition], ..Query::default() }).0.len()
    };
    let readable = library.rows(author.id).iter().filter(|row| library.is_readable(author.id, row)).count();
    let (some, none) = (found(Quantifier::Some, vec![]), found(Quantifier::None, vec![]));
    assert!(some > 0 && none > 0 && some + none == readable, "{some} {none} {readable}");
    assert_eq!(found(Quantifier::Every, vec![]), readable);
    assert_eq!(found(Quantifier::Some, long()) + found(Quantifier::None, long()), readable);
    assert!((none..readable).contains(&found(Quantifier::Every, long())), "every of no row is true");
    assert_eq!(found(Quantifier::Count(Test::Gt(Value::Int(0))), vec![]), some);
    library.close();
}
