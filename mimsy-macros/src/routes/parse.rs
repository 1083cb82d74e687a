//! From tokens to the actions of an entity and the paths that a query may name.

use darling::FromMeta;
use darling::ast::NestedMeta;
use mimsy_schema::name;
use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Ident, Item, LitStr, Meta, MetaList};

use super::limits::Limits;
use crate::attr::{self, Dotted, Krate, Quoted};
use crate::errors::Errors;
use crate::path::Rt;

const ACTIONS: [&str; 9] =
    ["list", "get", "create", "update", "upsert", "delete", "batch_create", "batch_update", "batch_delete"];
const ROUTES: [&str; 11] = [
    "list",
    "get",
    "create",
    "update",
    "upsert",
    "delete",
    "batch_create",
    "batch_update",
    "batch_delete",
    "path",
    "crate",
];
const LIST: [&str; 3] = ["filter", "sort", "include"];

/// What the author wrote.
pub(super) struct Parsed {
    pub(super) rt: Rt,
    pub(super) entity: Option<Ident>,
    pub(super) path: Option<LitStr>,
    pub(super) actions: Vec<Ident>,
    pub(super) filter: Vec<Dotted>,
    pub(super) sort: Vec<Dotted>,
    pub(super) include: Vec<Dotted>,
    pub(super) limits: Vec<Limits>,
    /// Whether the arguments could be read at all.
    pub(super) sound: bool,
}

pub(super) fn parse(args: TokenStream, item: TokenStream, errors: &mut Errors) -> Parsed {
    let before = errors.len();
    let mut parsed = Parsed {
        rt: Rt::new(None),
        entity: entity(item, errors),
        path: None,
        actions: Vec::new(),
        filter: Vec::new(),
        sort: Vec::new(),
        include: Vec::new(),
        limits: Vec::new(),
        sound: true,
    };
    for item in attr::items(args, errors) {
        argument(&mut parsed, &item, errors);
    }
    parsed.sound = errors.len() == before;
    parsed
}

fn entity(item: TokenStream, errors: &mut Errors) -> Option<Ident> {
    match errors.keep(syn::parse2::<Item>(item))? {
        // A struct with type parameters is told about by `#[entity]`.
        Item::Struct(item) => item.generics.params.is_empty().then_some(item.ident),
        _ => {
            errors.at(
                Span::call_site(),
                "`#[routes]` belongs on the struct of an entity, or on an `impl` of it that holds hooks",
            );
            None
        }
    }
}

fn argument(parsed: &mut Parsed, item: &NestedMeta, errors: &mut Errors) {
    let meta = match item {
        NestedMeta::Meta(meta) => meta,
        NestedMeta::NameValueInvalidExpr(pair) => return errors.darling(pair.error.clone()),
        NestedMeta::Lit(lit) => return errors.on(lit, format!("`#[routes(…)]` takes {}", name::listed(ROUTES))),
    };
    let key = meta.path().get_ident().map(ToString::to_string).unwrap_or_default();
    match (key.as_str(), meta) {
        ("path", _) => parsed.path = read::<Quoted>(meta, errors).map(|path| path.0),
        ("crate", _) => {
            if let Some(krate) = read::<Krate>(meta, errors) {
                parsed.rt = Rt::new(Some(&krate.0));
            }
        }
        (word, Meta::Path(_)) if ACTIONS.contains(&word) => action(parsed, meta, errors),
        (word, Meta::List(list)) if ACTIONS.contains(&word) => {
            action(parsed, meta, errors);
            inside(parsed, word, list, errors);
        }
        (word, _) if ACTIONS.contains(&word) => {
            errors.on(meta, format!("write `{word}` alone, or with what its requests may take: `{word}(time = 60)`"));
        }
        (word, _) => errors.at(meta.path().span(), unknown("routes", word, &ROUTES)),
    }
}

fn read<T: FromMeta>(meta: &Meta, errors: &mut Errors) -> Option<T> {
    T::from_meta(meta).map_err(|error| errors.darling(error)).ok()
}

fn action(parsed: &mut Parsed, meta: &Meta, errors: &mut Errors) {
    let Some(action) = meta.path().get_ident() else { return };
    if parsed.actions.contains(action) {
        errors.at(action.span(), format!("`{action}` is routed twice"));
    } else {
        parsed.actions.push(action.clone());
    }
}

/// What stands in the parentheses of an action: limits; of a list also `filter(a, b.c), sort(…), include(…)`.
fn inside(parsed: &mut Parsed, word: &str, list: &MetaList, errors: &mut Errors) {
    let mut limits = Limits::new(Ident::new(word, list.path.span()));
    for item in attr::items(list.tokens.clone(), errors) {
        match &item {
            NestedMeta::Meta(meta) if Limits::names(meta) && !LIST.iter().any(|known| meta.path().is_ident(known)) => {
                limits.read(meta, errors);
            }
            NestedMeta::NameValueInvalidExpr(pair) => errors.darling(pair.error.clone()),
            _ if word == "list" => paths(parsed, &item, errors),
            _ => errors.on(
                &item,
                format!("`{word}` takes limits, such as `time = 60`; only `list` takes `filter(…)`, `sort(…)` and `include(…)`"),
            ),
        }
    }
    if !limits.is_empty() {
        parsed.limits.push(limits);
    }
}

/// `filter(a, b.c)`, `sort(…)` or `include(…)`.
fn paths(parsed: &mut Parsed, item: &NestedMeta, errors: &mut Errors) {
    let NestedMeta::Meta(Meta::List(list)) = item else {
        errors.on(item, "`list` takes `filter(…)`, `sort(…)` and `include(…)`, each with names of fields");
        return;
    };
    let key = list.path.get_ident().map(ToString::to_string).unwrap_or_default();
    let named = match key.as_str() {
        "filter" => &mut parsed.filter,
        "sort" => &mut parsed.sort,
        "include" => &mut parsed.include,
        word => {
            errors.at(list.path.span(), unknown("routes(list)", word, &LIST));
            return;
        }
    };
    for path in Dotted::list(list.tokens.clone(), errors) {
        if named.iter().any(|known| known.names() == path.names()) {
            errors.at(path.span(), format!("`{}` stands in `{key}(…)` twice", path.names().join(".")));
        } else {
            named.push(path);
        }
    }
}

fn unknown(place: &str, word: &str, known: &[&str]) -> String {
    let hint = match name::nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it takes {}", name::listed(known.iter().copied())),
    };
    format!("`#[{place}]` has no `{word}`; {hint}")
}
