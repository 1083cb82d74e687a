//! An included to-many relation gives each row the first of those that it reaches, in the order that was asked for, as in
//! memory.

use std::collections::HashMap;

use mimsy_runtime::query::Sort;

use super::*;

const INCLUDES: u32 = 200;

fn law(engine: Engine) {
    let library = Library::open(engine);
    let schema = Arc::clone(&library.schema);
    let links: Vec<(EntityId, usize)> = schema
        .models()
        .iter()
        .flat_map(|model| (0..model.fields().len()).map(move |field| (model, field)))
        .filter(|(model, field)| model.link(*field).is_some_and(|link| link.cardinality == Cardinality::Many))
        .map(|(model, field)| (model.id, field))
        .collect();
    let asked = prop::sample::select(links).prop_flat_map(move |(entity, field)| {
        let target = schema.model(schema.model(entity).link(field).unwrap().target);
        let sortable: Vec<usize> = target.columns().filter(|at| target.fields()[*at].kind == Kind::Int).collect();
        let sort = (prop::sample::select(sortable), any::<bool>(), any::<bool>(), any::<bool>());
        let filter = prop::collection::vec(condition(&schema, target.id, 1, true), 0..2);
        (Just((entity, field)), sort, filter, 1u32..5)
    });
    let config = Config { cases: INCLUDES, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(
        &asked,
        |((entity, field), (by, descending, nulls_first, sorts), filter, limit)| {
            let model = library.schema.model(entity);
            let link = model.link(field).unwrap();
            let target = library.schema.model(link.target);
            let sort = Sort { path: vec![by], descending, nulls_first };
            let query = Query { filter, sort: if sorts { vec![sort] } else { vec![] }, limit, ..Query::default() };
            let near = |row: &Vec<Value>| link.near().map(|at| row[at].clone()).collect::<Vec<_>>();
            let parents: Vec<Vec<Value>> = library.rows(entity).iter().map(near).collect();
            let mut found: HashMap<Vec<Value>, Vec<Value>> = HashMap::new();
            for (parent, key) in library.include(link, &parents, &query) {
                found.entry(parent).or_default().push(key);
            }
            for row in library.rows(entity) {
                let mut expected = library.reached(row, link);
                expected.retain(|row| query.filter.iter().all(|one| library.holds(one, target, row)));
                expected.sort_by(|a, b| {
                    let number = |row: &[Value]| if let Value::Int(number) = row[by] { Some(number) } else { None };
                    let (a_by, b_by) = (number(a), number(b));
                    let nulls = (a_by.is_none() != nulls_first).cmp(&(b_by.is_none() != nulls_first));
                    let (by, key) = (nulls.then(a_by.cmp(&b_by)), key(a).cmp(&key(b)));
                    match (sorts, descending) {
                        (false, _) => key,
                        (true, false) => by.then(key),
                        (true, true) => nulls.then(b_by.cmp(&a_by)).then(key.reverse()),
                    }
                });
                let keys: Vec<Value> = expected.iter().take(limit as usize + 1).map(|row| row[0].clone()).collect();
                prop_assert_eq!(found.remove(&near(row)).unwrap_or_default(), keys);
            }
            Ok(())
        },
    );
    if let Err(failure) = result {
        panic!("{failure}");
    }
    library.close();
}

fn key(row: &[Value]) -> uuid::Uuid {
    if let Value::Uuid(key) = row[0] { key } else { uuid::Uuid::nil() }
}

#[test]
fn includes_are_found_as_in_memory() {
    for engine in cluster::engines() {
        law(engine);
    }
}
