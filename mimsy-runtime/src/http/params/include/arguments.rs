//! What stands in the parentheses behind a to-many relation: `limit:5`, `sort:-qty,price`, `filter[qty][gt]:3`.

use std::collections::HashSet;

use mimsy_schema::Model;
use mimsy_schema::name::{nearest, told};

use super::text::{Piece, value};
use crate::http::params::filter::{Filters, Written};
use crate::http::params::given::Given;
use crate::http::params::{Faults, Params, Spot, sort};
use crate::page;
use crate::query::Query;

const ARGUMENTS: [&str; 3] = ["limit", "sort", "filter"];

const FORM: &str =
    "behind a to-many relation stand `limit:…`, `sort:…` and `filter[…]:…`, as in `lines(limit:5,sort:-qty)`";

/// An argument: its name, and the list that stands behind its colon.
struct Argument<'t> {
    name: &'t str,
    character: usize,
    values: Vec<Piece<'t>>,
}

/// Read the arguments of an include into its query; how many filters there were.
pub(super) fn read(
    params: &Params<'_>,
    model: &Model,
    (parameter, path): (&str, &str),
    pieces: &[Piece<'_>],
    query: &mut Query,
    faults: &mut Faults,
) -> usize {
    let mut filters = Filters::new(params, model);
    let mut seen = HashSet::new();
    for argument in arguments(parameter, path, pieces, faults) {
        let Argument { name, character, values } = argument;
        let spot = Spot { parameter, character: Some(character) };
        if !seen.insert(name) {
            spot.fault(faults, "DUPLICATE_PARAMETER", || "is there twice; which one is meant?".to_owned());
            continue;
        }
        match name {
            "limit" => match values.as_slice() {
                [one] if page::limit(one.text, params.limits.page).is_some() => {
                    query.limit = page::limit(one.text, params.limits.page).unwrap_or_default();
                }
                _ => spot.fault(faults, "BAD_LIMIT", || "must be a whole number from 1".to_owned()),
            },
            "sort" => {
                let keys = values.iter().map(|one| (Spot { parameter, character: Some(one.character) }, one.text));
                query.sort = sort::keys(params, model, keys, faults);
            }
            _ => match values.iter().map(|one| value(one.text)).collect::<Result<Vec<_>, _>>() {
                Ok(values) => filters.add(&Written { spot, name, given: Given::Items(&values) }, faults),
                Err(detail) => spot.fault(faults, "BAD_VALUE", || detail),
            },
        }
    }
    let count = filters.count;
    query.filter = filters.finish();
    count
}

/// The arguments, each with what follows it and is none.
fn arguments<'t>(parameter: &str, path: &str, pieces: &[Piece<'t>], faults: &mut Faults) -> Vec<Argument<'t>> {
    let mut arguments: Vec<Argument<'t>> = Vec::new();
    for piece in pieces {
        let split = piece
            .text
            .split_once(':')
            .filter(|(name, _)| matches!(*name, "limit" | "sort") || name.starts_with("filter["));
        match (split, arguments.last_mut()) {
            (Some((name, first)), _) => {
                let character = piece.character + name.chars().count() + 1;
                let values = vec![Piece { text: first, character }];
                arguments.push(Argument { name, character: piece.character, values });
            }
            (None, Some(before)) if before.name != "limit" => before.values.push(*piece),
            (None, _) => {
                let spot = Spot { parameter, character: Some(piece.character) };
                spot.fault(faults, "UNKNOWN_ARGUMENT", || unknown(path, piece.text));
            }
        }
    }
    arguments
}

fn unknown(path: &str, text: &str) -> String {
    let name = text.split([':', '[', '=']).next().unwrap_or_default();
    if name == "include" {
        return format!("what `{}` includes is named by its path: `include={0}.…`", told(path));
    }
    match nearest(name, ARGUMENTS) {
        Some(near) if near == name => format!("write `{near}{}…`", if near == "filter" { "[…]:" } else { ":" }),
        Some(near) => format!("there is no argument `{}`; did you mean `{near}`?", told(name)),
        None => FORM.to_owned(),
    }
}
