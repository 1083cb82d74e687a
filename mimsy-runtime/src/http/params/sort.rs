//! `sort=-created_at,number`.

use super::pairs::Pair;
use super::{Faults, Opened, Params, Spot, names};
use crate::query::Sort;

pub(super) fn read(params: &Params<'_>, pair: &Pair<'_>, faults: &mut Faults) -> Vec<Sort> {
    let model = params.model;
    let paths = model.routes.as_ref().map_or(&[][..], |routes| &routes.sort);
    let opened = Opened { schema: params.schema, model, paths, purpose: "sorting" };
    let mut keys: Vec<Sort> = Vec::new();
    for key in names(pair, faults) {
        let (name, descending) = match key.strip_prefix('-') {
            Some(name) => (name, true),
            None => (key, false),
        };
        let names: Vec<&str> = name.split('.').collect();
        match params.schema.walk(params.model, &names) {
            Ok(steps) if opened.holds(&names) => {
                let path: Vec<usize> = steps.iter().map(|step| step.field).collect();
                if keys.iter().any(|key| key.path == path) {
                    faults.add(&pair.name, "DUPLICATE_FIELD", format!("names `{name}` twice"));
                    continue;
                }
                keys.push(Sort { path, descending });
            }
            _ => opened.refuse(Spot::parameter(&pair.name), name, faults),
        }
    }
    keys
}
