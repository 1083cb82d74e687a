//! `sort=-created_at,number,due_at:nulls_first`.

use mimsy_schema::Model;
use mimsy_schema::name::{listed, nearest, told};

use super::pairs::Pair;
use super::{Faults, Opened, Params, Spot, names};
use crate::query::Sort;

pub(super) fn read(params: &Params<'_>, pair: &Pair<'_>, faults: &mut Faults) -> Vec<Sort> {
    let spot = Spot::parameter(&pair.name);
    keys(params, params.model, names(pair, faults).into_iter().map(|key| (spot, key)), faults)
}

/// The keys of an order of `model`, each with its place.
pub(super) fn keys<'k>(
    params: &Params<'_>,
    model: &Model,
    written: impl Iterator<Item = (Spot<'k>, &'k str)>,
    faults: &mut Faults,
) -> Vec<Sort> {
    let paths = model.routes.as_ref().map_or(&[][..], |routes| &routes.sort);
    let opened = Opened { schema: params.schema, model, paths, purpose: "sorting" };
    let mut keys: Vec<Sort> = Vec::new();
    for (spot, key) in written {
        let (key, descending) = match key.strip_prefix('-') {
            Some(key) => (key, true),
            None => (key, false),
        };
        let (name, nulls) = key.split_once(':').map_or((key, None), |(name, nulls)| (name, Some(nulls)));
        let names: Vec<&str> = name.split('.').collect();
        match params.schema.walk(model, &names) {
            Ok(steps) if opened.holds(&names) => {
                let path: Vec<usize> = steps.iter().map(|step| step.field).collect();
                if keys.iter().any(|key| key.path == path) {
                    spot.fault(faults, "DUPLICATE_FIELD", || format!("names `{name}` twice"));
                    continue;
                }
                let sort = if descending { Sort::descending(path) } else { Sort::ascending(path) };
                let last = steps.last().map(mimsy_schema::schema::Step::field);
                let is_nullable = steps.len() > 1 || last.is_some_and(|field| field.nullable);
                match nulls {
                    None => keys.push(sort),
                    Some("nulls_first") if is_nullable => keys.push(Sort { nulls_first: true, ..sort }),
                    Some("nulls_last") if is_nullable => keys.push(Sort { nulls_first: false, ..sort }),
                    Some(word) => spot.fault(faults, "BAD_VALUE", || no_place(name, word)),
                }
            }
            _ => opened.refuse(spot, name, faults),
        }
    }
    keys
}

/// Why NULLs have no such place.
fn no_place(name: &str, word: &str) -> String {
    if PLACES.contains(&word) {
        return format!("`{name}` is never null, so there is nothing to put first or last");
    }
    match nearest(word, PLACES) {
        Some(near) => format!("behind `{name}` stands `{}`; did you mean `{near}`?", told(word)),
        None => format!("behind `{name}:` stands {}, and not `{}`", listed(PLACES), told(word)),
    }
}

const PLACES: [&str; 2] = ["nulls_first", "nulls_last"];
