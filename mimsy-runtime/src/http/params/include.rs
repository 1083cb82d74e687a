//! `include=customer,lines(limit:5,sort:-qty,filter[qty][gt]:3).product`.
//!
//! A path names a relation, and with it all that lie on its way. Behind each to-many one may stand its arguments: `limit:`,
//! `sort:` with keys and `filter[…]:` with values, as the list of the rows themselves would take them. What follows a comma
//! and is no argument belongs to the list before it; a value that holds a comma, a parenthesis or a quote stands in quotes.
//! Which paths are open, the entity that is asked for says; what rows are sorted and filtered by, their own.

mod arguments;
mod text;

use std::collections::HashSet;

use mimsy_schema::{Cardinality, Text};

use super::pairs::Pair;
use super::{Faults, INCLUDES, Opened, Params, Spot};
use crate::query::{Include, Query};

/// The relations to include, as they are found.
pub(super) struct Includes<'a> {
    params: &'a Params<'a>,
    opened: Opened<'a>,
    /// The paths that were named, and those that had arguments.
    named: HashSet<Vec<usize>>,
    told: HashSet<Vec<usize>>,
    pub(super) found: Vec<Include>,
    /// How many filters stand in their arguments.
    pub(super) filters: usize,
}

impl<'a> Includes<'a> {
    pub(super) fn new(params: &'a Params<'a>) -> Self {
        let model = params.model;
        let paths = model.routes.as_ref().map_or(&[][..], |routes| &routes.include);
        let opened = Opened { schema: params.schema, model, paths, purpose: INCLUDES };
        Self { params, opened, named: HashSet::new(), told: HashSet::new(), found: Vec::new(), filters: 0 }
    }

    /// Read the parameter.
    pub(super) fn read(&mut self, pair: &Pair<'_>, faults: &mut Faults) {
        let items = match text::items(&pair.value) {
            Ok(items) => items,
            Err(wrong) => {
                let spot = Spot { character: Some(wrong.character), ..Spot::parameter(&pair.name) };
                return spot.fault(faults, "BAD_VALUE", || wrong.detail.to_owned());
            }
        };
        let most = self.params.limits.includes;
        if items.len() <= most {
            for item in &items {
                self.item(&pair.name, item, faults);
            }
        }
        let count = items.len().max(all(&self.found));
        if count > most {
            let detail = format!("there are {count} relations, and {most} are the most");
            faults.add(&pair.name, "TOO_MANY_INCLUDES", detail);
        }
    }

    fn item(&mut self, parameter: &str, item: &text::Item<'_>, faults: &mut Faults) {
        let spot = match item.arguments.is_empty() {
            true => Spot::parameter(parameter),
            false => Spot { character: Some(item.character), ..Spot::parameter(parameter) },
        };
        let name = item.names.join(".");
        let steps = match self.params.schema.reach(self.params.model, &item.names) {
            Ok(steps) if self.opens(&item.names) => steps,
            _ => return self.opened.refuse(spot, &name, faults),
        };
        let most = self.params.limits.nesting;
        if steps.len() > most {
            let detail = || format!("goes {} relations deep, and {most} is the most", steps.len());
            return spot.fault(faults, "TOO_DEEP", detail);
        }
        let path: Vec<usize> = steps.iter().map(|step| step.field).collect();
        let limit = self.params.limits.page.included;
        place(&mut self.found, &path, limit);
        if !self.named.insert(path.clone()) {
            spot.fault(faults, "DUPLICATE_FIELD", || format!("names `{name}` twice"));
        }
        for (at, pieces) in &item.arguments {
            let (name, path) = (item.names[..*at].join("."), &path[..*at]);
            if !self.told.insert(path.to_vec()) {
                spot.fault(faults, "DUPLICATE_FIELD", || format!("`{name}` has arguments twice"));
                continue;
            }
            let link = steps[at - 1].model.link(steps[at - 1].field);
            let (Some(include), Some(link)) = (place(&mut self.found, path, limit), link) else { continue };
            if link.cardinality == Cardinality::One {
                spot.fault(faults, "BAD_VALUE", || {
                    format!("`{name}` leads to one row: `limit`, `sort` and `filter` are for to-many relations")
                });
                continue;
            }
            let target = self.params.schema.model(link.target);
            self.filters +=
                arguments::read(self.params, target, (parameter, &name), pieces, &mut include.query, faults);
        }
    }

    /// Whether a path is opened, or lies on the way of one that is.
    fn opens(&self, names: &[&str]) -> bool {
        let leads = |path: &[Text]| path.len() >= names.len() && path.iter().zip(names).all(|(a, b)| a == b);
        self.opened.paths.iter().any(|path| leads(path))
    }
}

/// The include at the end of a path, with those on its way.
fn place<'i>(found: &'i mut Vec<Include>, path: &[usize], limit: u32) -> Option<&'i mut Include> {
    let (field, rest) = path.split_first()?;
    let at = found.iter().position(|one| one.field == *field).unwrap_or_else(|| {
        found.push(Include { field: *field, query: Query { limit, ..Query::default() } });
        found.len() - 1
    });
    let include = &mut found[at];
    if rest.is_empty() { Some(include) } else { place(&mut include.query.view.include, rest, limit) }
}

/// How many relations are included in all.
fn all(includes: &[Include]) -> usize {
    includes.iter().map(|one| 1 + all(&one.query.view.include)).sum()
}
