//! `include=customer,lines` and `fields=id,number`.

use mimsy_schema::Kind;
use mimsy_schema::name::{listed, nearest, told};

use super::pairs::Pair;
use super::{Faults, Opened, Params, Spot, names};
use crate::query::{Include, Query, View};

/// Both, since what `fields` may name depends on what is included.
pub(super) fn read(params: &Params<'_>, pairs: &[Pair<'_>], faults: &mut Faults) -> View {
    let find = |name: &str| pairs.iter().find(|pair| pair.name == name);
    let include = find("include").map(|pair| include(params, pair, faults)).unwrap_or_default();
    let fields = find("fields").map(|pair| fields(params, pair, &include, faults));
    View { fields, include }
}

fn include(params: &Params<'_>, pair: &Pair<'_>, faults: &mut Faults) -> Vec<Include> {
    if pair.value.contains('(') {
        faults.add(&pair.name, "NOT_SUPPORTED", "arguments of an include are not there yet; name relations only");
        return Vec::new();
    }
    let model = params.model;
    let paths = model.routes.as_ref().map_or(&[][..], |routes| &routes.include);
    let opened = Opened { schema: params.schema, model, paths, purpose: "includes" };
    let mut found: Vec<Include> = Vec::new();
    let names = names(pair, faults);
    let most = params.limits.includes;
    if names.len() > most {
        let detail = format!("names {} relations, and {most} are the most", names.len());
        faults.add(&pair.name, "TOO_MANY_INCLUDES", detail);
        return found;
    }
    for name in names {
        if name.contains('.') {
            faults.add(&pair.name, "NOT_SUPPORTED", "an include goes one level deep for now");
            continue;
        }
        match params.model.field_index(name) {
            Some(field) if opened.holds(&[name]) => {
                if found.iter().any(|one| one.field == field) {
                    faults.add(&pair.name, "DUPLICATE_FIELD", format!("names `{name}` twice"));
                }
                let query = Query { limit: params.limits.page.included, ..Query::default() };
                found.push(Include { field, query });
            }
            _ => opened.refuse(Spot::parameter(&pair.name), name, faults),
        }
    }
    found
}

fn fields(params: &Params<'_>, pair: &Pair<'_>, included: &[Include], faults: &mut Faults) -> Vec<usize> {
    let model = params.model;
    let mut named: Vec<usize> = Vec::new();
    for name in names(pair, faults) {
        if name.contains('.') {
            faults.add(&pair.name, "NOT_SUPPORTED", "`fields` names the row's own fields only for now");
            continue;
        }
        let Some(index) = model.field_index(name) else {
            faults.add_with(&pair.name, "UNKNOWN_FIELD", || {
                let all = || model.fields().iter().map(|field| field.name.as_str());
                let hint = match nearest(name, all()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it has {}", listed(all())),
                };
                format!("{} has no field `{}`; {hint}", model.name(), told(name))
            });
            continue;
        };
        if named.contains(&index) {
            faults.add(&pair.name, "DUPLICATE_FIELD", format!("names `{name}` twice"));
            continue;
        }
        if model.fields()[index].kind == Kind::Rows && !included.iter().any(|one| one.field == index) {
            faults.add(&pair.name, "BAD_VALUE", format!("`{name}` is a to-many relation: ask for `include={name}`"));
        }
        named.push(index);
    }
    // An included to-many has no cell; it follows by its include.
    named.retain(|index| model.fields()[*index].is_column());
    named
}
