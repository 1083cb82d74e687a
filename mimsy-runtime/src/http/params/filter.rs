//! `filter[field]=`, `filter[field][operator]=`, `filter[relation.field][operator]=`, and into the rows of a to-many
//! relation: `filter[lines][some][qty][gt]=`, `filter[lines][none]=true`, `filter[lines][count][gte]=`.
//!
//! Inside of a to-many stand the filters that its own entity opened. Filters with the same relations and quantifiers
//! before them are about the same row.

use std::collections::HashSet;

use mimsy_schema::name::{listed, nearest, told};
use mimsy_schema::{Cardinality, Field, Kind, Model};

use super::given::Given;
use super::operator::Operator;
use super::{Faults, Opened, Params, Spot};
use crate::query::{Condition, FieldPath, Quantifier};

/// The conditions on the rows of an entity, as they are found.
pub(super) struct Filters<'a> {
    params: &'a Params<'a>,
    model: &'a Model,
    conditions: Vec<Condition>,
    seen: HashSet<String>,
    /// How many filters there were, faulty ones included.
    pub(super) count: usize,
}

/// A filter as it is written.
pub(super) struct Written<'w> {
    pub(super) spot: Spot<'w>,
    /// What it is called: `filter[total][gte]`.
    pub(super) name: &'w str,
    pub(super) given: Given<'w>,
}

/// A to-many relation on the way to a condition.
struct Hop {
    path: FieldPath,
    quantifier: Quantifier,
}

/// A field that may be filtered by.
struct Place<'a> {
    path: FieldPath,
    field: &'a Field,
    /// Whose rows a to-many relation leads to.
    rows: Option<&'a Model>,
    /// Whether it was opened; if not, it is a key, which has `eq` and `in`.
    is_open: bool,
}

const FORM: &str = "filters are written `filter[field]=…` or `filter[field][operator]=…`";

const QUANTIFIERS: [&str; 4] = ["some", "every", "none", "count"];

/// The number of rows, as a field.
const NUMBER: Field = Field { kind: Kind::Int, ..Field::EMPTY };

impl<'a> Filters<'a> {
    pub(super) fn new(params: &'a Params<'a>, model: &'a Model) -> Self {
        Self { params, model, conditions: Vec::new(), seen: HashSet::new(), count: 0 }
    }

    pub(super) fn finish(self) -> Vec<Condition> {
        self.conditions
    }

    /// `filter=…`, which names no field.
    pub(super) fn bare(&self, spot: Spot<'_>, faults: &mut Faults) {
        let model = self.model;
        let key = || model.key.first().map(|key| model.fields()[*key].name.to_string());
        let example = self.opened(model).names().into_iter().next().or_else(key).unwrap_or_default();
        spot.fault(faults, "UNKNOWN_PARAMETER", || format!("a filter names a field: `filter[{example}]=…`"));
    }

    fn opened(&self, model: &'a Model) -> Opened<'a> {
        let paths = model.routes.as_ref().map_or(&[][..], |routes| &routes.filter);
        Opened { schema: self.params.schema, model, paths, purpose: "filters" }
    }

    /// Take a filter.
    pub(super) fn add(&mut self, written: &Written<'_>, faults: &mut Faults) {
        self.count += 1;
        let spot = written.spot;
        let inner = written.name.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']'));
        let words: Vec<&str> = inner.unwrap_or_default().split("][").collect();
        let (mut model, mut hops, mut rest) = (self.model, Vec::new(), words.as_slice());
        loop {
            let [name, after @ ..] = rest else { return };
            if name.is_empty() {
                return spot.fault(faults, "BAD_PARAMETER", || FORM.to_owned());
            }
            let Some(place) = self.place(spot, model, name, faults) else { return };
            let Some(target) = place.rows else { return self.field(written, hops, &place, after, faults) };
            let way = &words[..words.len() - after.len()];
            let (quantifier, inner) = match after {
                ["some", inner @ ..] => (Quantifier::Some, inner),
                ["every", inner @ ..] => (Quantifier::Every, inner),
                ["none", inner @ ..] => (Quantifier::None, inner),
                ["count", inner @ ..] => return self.number(written, hops, place.path, inner, faults),
                [] => return spot.fault(faults, "BAD_PARAMETER", || to_many(way, target, None)),
                [word, ..] => return spot.fault(faults, "UNKNOWN_OPERATOR", || to_many(way, target, Some(word))),
            };
            if inner.is_empty() {
                return self.any(written, hops, place.path, quantifier, faults);
            }
            hops.push(Hop { path: place.path, quantifier });
            let most = self.params.limits.depth;
            if hops.len() > most {
                let detail = || format!("goes through more than {most} to-many relations, which are the most");
                return spot.fault(faults, "TOO_DEEP", detail);
            }
            (model, rest) = (target, inner);
        }
    }

    /// The field of this name, if it may be filtered by.
    fn place(&self, spot: Spot<'_>, model: &'a Model, name: &str, faults: &mut Faults) -> Option<Place<'a>> {
        let names: Vec<&str> = name.split('.').collect();
        let opened = self.opened(model);
        let is_open = opened.holds(&names);
        let is_key = matches!(*names, [own] if model.field_index(own).is_some_and(|field| model.key.contains(&field)));
        let steps = match self.params.schema.walk(model, &names) {
            Ok(steps) if is_open || is_key => steps,
            _ => {
                opened.refuse(spot, name, faults);
                return None;
            }
        };
        let last = steps.last()?;
        let link = last.model.link(last.field).filter(|link| link.cardinality == Cardinality::Many);
        let rows = link.map(|link| self.params.schema.model(link.target));
        Some(Place { path: steps.iter().map(|step| step.field).collect(), field: last.field(), rows, is_open })
    }

    /// What must hold of a field's value.
    fn field(&mut self, written: &Written<'_>, hops: Vec<Hop>, place: &Place<'_>, after: &[&str], faults: &mut Faults) {
        let Some((name, operator)) = operator(written, place.field, place.is_open, after, faults) else { return };
        if self.is_new(written, after, name, faults) {
            match operator.test(place.field, &written.given) {
                Ok(test) => self.insert(hops, Condition::Field { path: place.path.clone(), test }),
                Err(detail) => written.spot.fault(faults, "BAD_VALUE", || detail),
            }
        }
    }

    /// `filter[lines][count][gte]=2`.
    fn number(&mut self, written: &Written<'_>, hops: Vec<Hop>, path: FieldPath, after: &[&str], faults: &mut Faults) {
        let Some((name, operator)) = operator(written, &NUMBER, true, after, faults) else { return };
        if self.is_new(written, after, name, faults) {
            match operator.test(&NUMBER, &written.given) {
                Ok(test) => {
                    let quantifier = Quantifier::Count(test);
                    self.insert(hops, Condition::Rows { path, quantifier, filter: Vec::new() });
                }
                Err(detail) => written.spot.fault(faults, "BAD_VALUE", || detail),
            }
        }
    }

    /// `filter[lines][some]=true`: there is a row; `filter[lines][none]=true`: there is none.
    fn any(
        &mut self,
        written: &Written<'_>,
        hops: Vec<Hop>,
        path: FieldPath,
        quantifier: Quantifier,
        faults: &mut Faults,
    ) {
        let spot = written.spot;
        let is = match written.given.one() {
            Ok("true") => true,
            Ok("false") => false,
            _ => return spot.fault(faults, "BAD_VALUE", || "must be `true` or `false`".to_owned()),
        };
        let quantifier = match (quantifier, is) {
            (Quantifier::Some, true) | (Quantifier::None, false) => Quantifier::Some,
            (Quantifier::None, true) | (Quantifier::Some, false) => Quantifier::None,
            _ => {
                let detail = || "what must hold of every row? Name a field of it behind `[every]`".to_owned();
                return spot.fault(faults, "BAD_PARAMETER", detail);
            }
        };
        self.insert(hops, Condition::Rows { path, quantifier, filter: Vec::new() });
    }

    /// Whether this was not asked before: `filter[a]` and `filter[a][eq]` are the same.
    fn is_new(&mut self, written: &Written<'_>, after: &[&str], operator: &str, faults: &mut Faults) -> bool {
        let full = if after.is_empty() { format!("{}[{operator}]", written.name) } else { written.name.to_owned() };
        let is_new = self.seen.insert(full);
        if !is_new {
            let detail = || "is there twice, once without its operator".to_owned();
            written.spot.fault(faults, "DUPLICATE_PARAMETER", detail);
        }
        is_new
    }

    /// Put a condition beside those about the same rows.
    fn insert(&mut self, hops: Vec<Hop>, condition: Condition) {
        let mut into = &mut self.conditions;
        for Hop { path, quantifier } in hops {
            // One without conditions is about whether there are rows at all.
            let is_it = |one: &Condition| matches!(one, Condition::Rows { path: of, quantifier: which, filter } if *of == path && *which == quantifier && !filter.is_empty());
            let at = into.iter().position(is_it).unwrap_or_else(|| {
                into.push(Condition::Rows { path, quantifier, filter: Vec::new() });
                into.len() - 1
            });
            let Condition::Rows { filter, .. } = &mut into[at] else { return };
            into = filter;
        }
        into.push(condition);
    }
}

/// The operator behind a field; `eq` if there is none.
fn operator<'w>(
    written: &Written<'w>,
    field: &Field,
    is_open: bool,
    after: &[&'w str],
    faults: &mut Faults,
) -> Option<(&'w str, Operator)> {
    let spot = written.spot;
    let word = match after {
        [] => "eq",
        [word] => *word,
        _ => {
            spot.fault(faults, "BAD_PARAMETER", || FORM.to_owned());
            return None;
        }
    };
    let fits =
        |operator: Operator| operator.fits(field) && (is_open || matches!(operator, Operator::Eq | Operator::In));
    let known = || Operator::ALL.iter().filter(|(_, one)| fits(*one)).map(|(name, _)| *name);
    let name = || if field.name.is_empty() { "count" } else { field.name.as_str() };
    match Operator::by_name(word) {
        Some(operator) if fits(operator) => return Some((word, operator)),
        Some(Operator::IsNull) if is_open => spot.fault(faults, "OPERATOR_NOT_ALLOWED", || {
            format!("`{}` is never null, so there is nothing to ask", name())
        }),
        Some(_) => spot.fault(faults, "OPERATOR_NOT_ALLOWED", || {
            format!("`{}` is of the type {}, which has {}", name(), field.kind.name(), listed(known()))
        }),
        None => spot.fault(faults, "UNKNOWN_OPERATOR", || {
            let hint = match nearest(word, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("`{}` has {}", name(), listed(known())),
            };
            format!("there is no operator `{}`; {hint}", told(word))
        }),
    }
    None
}

/// What to write behind a to-many relation. `way` leads to it; behind it stands `word`, if anything does.
fn to_many(way: &[&str], target: &Model, word: Option<&str>) -> String {
    let (way, name) = (told(&way.join("][")).into_owned(), told(way.last().copied().unwrap_or_default()).into_owned());
    let follows = "behind it stands `some`, `every`, `none` or `count`";
    match word {
        Some(word) if target.field(word.split('.').next().unwrap_or_default()).is_some() => {
            format!("`{name}` is a to-many relation: write `filter[{way}][some][{}]…`", told(word))
        }
        Some(word) => match nearest(word, QUANTIFIERS) {
            Some(near) => format!("`{name}` is a to-many relation; did you mean `filter[{way}][{near}]…`?"),
            None => format!("`{name}` is a to-many relation: {follows}, and not `{}`", told(word)),
        },
        None => format!("`{name}` is a to-many relation: {follows}, as in `filter[{way}][some]=true`"),
    }
}
