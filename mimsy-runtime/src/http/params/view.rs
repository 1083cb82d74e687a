//! `include=…`, and `fields=id,number,customer.name,lines.qty`: which fields of a row and of the rows that it includes.

use std::collections::HashSet;

use mimsy_schema::name::{listed, nearest, told};
use mimsy_schema::{Kind, Model, Schema};

use super::include::Includes;
use super::pairs::Pair;
use super::{Faults, Params, names};
use crate::query::{Include, View};

/// Both, since what `fields` may name depends on what is included. `filters`: how many there are besides.
pub(super) fn read(params: &Params<'_>, pairs: &[Pair<'_>], filters: usize, faults: &mut Faults) -> View {
    let find = |name: &str| pairs.iter().find(|pair| pair.name == name);
    let mut includes = Includes::new(params);
    if let Some(pair) = find("include") {
        includes.read(pair, faults);
    }
    let (count, most) = (includes.filters + filters, params.limits.filters);
    if count > most {
        faults.add("filter", "TOO_MANY_FILTERS", format!("there are {count} filters, and {most} are the most"));
    }
    let mut view = View { fields: None, include: includes.found };
    if let Some(pair) = find("fields") {
        fields(params, pair, &mut view, faults);
    }
    view
}

fn fields(params: &Params<'_>, pair: &Pair<'_>, view: &mut View, faults: &mut Faults) {
    view.fields = Some(Vec::new());
    let mut named: HashSet<Vec<usize>> = HashSet::new();
    for name in names(pair, faults) {
        let names: Vec<&str> = name.split('.').collect();
        match path(params.schema, params.model, &names, &view.include) {
            Err((code, detail)) => faults.add(&pair.name, code, detail),
            Ok(path) if named.contains(&path) => {
                faults.add(&pair.name, "DUPLICATE_FIELD", format!("names `{name}` twice"));
            }
            Ok(path) => {
                let meets = |one: &Vec<usize>| one.starts_with(&path) || path.starts_with(one);
                if named.iter().any(meets) {
                    let detail = "names a relation whole, and fields of it; which is meant?";
                    faults.add(&pair.name, "DUPLICATE_FIELD", detail);
                }
                take(params.schema, params.model, view, &path);
                named.insert(path);
            }
        }
    }
}

/// The field at the end of a path whose relations are included.
fn path(
    schema: &Schema,
    model: &Model,
    names: &[&str],
    included: &[Include],
) -> Result<Vec<usize>, (&'static str, String)> {
    let (mut model, mut included, mut path) = (model, included, Vec::with_capacity(names.len()));
    for (at, name) in names.iter().enumerate() {
        let Some(index) = model.field_index(name) else { return Err(("UNKNOWN_FIELD", unknown(model, name))) };
        path.push(index);
        let (field, include) = (&model.fields()[index], included.iter().find(|one| one.field == index));
        let (way, is_last) = (told(&names[..=at].join(".")).into_owned(), at + 1 == names.len());
        match (include, model.link(index)) {
            (Some(include), Some(link)) if !is_last => {
                included = &include.query.view.include;
                model = schema.model(link.target);
            }
            (None, None) if !is_last => {
                return Err(("BAD_VALUE", format!("`{way}` is no relation, so nothing follows it")));
            }
            (None, Some(_)) if !is_last => {
                return Err(("BAD_VALUE", format!("`{way}` is not included: ask for `include={way}`, too")));
            }
            (None, _) if field.kind == Kind::Rows => {
                return Err(("BAD_VALUE", format!("`{way}` is a to-many relation: ask for `include={way}`")));
            }
            (None, _) if !field.is_column() => {
                return Err(("BAD_VALUE", format!("`{way}` has no value of its own: ask for `include={way}`")));
            }
            _ => {}
        }
    }
    Ok(path)
}

/// Put a field where it is shown. An included relation without a cell follows by its include.
fn take(schema: &Schema, model: &Model, view: &mut View, path: &[usize]) {
    let Some((field, rest)) = path.split_first() else { return };
    let shown = view.fields.get_or_insert_default();
    if model.fields()[*field].is_column() && !shown.contains(field) {
        shown.push(*field);
    }
    let include = view.include.iter_mut().find(|one| one.field == *field);
    if let (Some(include), Some(link), false) = (include, model.link(*field), rest.is_empty()) {
        take(schema, schema.model(link.target), &mut include.query.view, rest);
    }
}

fn unknown(model: &Model, name: &str) -> String {
    let all = || model.fields().iter().map(|field| field.name.as_str());
    let hint = match nearest(name, all()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", listed(all())),
    };
    format!("{} has no field `{}`; {hint}", model.name(), told(name))
}
