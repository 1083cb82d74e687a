//! From an `impl` block to the functions that are hooks. What is wrong is told, and left out.

use darling::FromMeta;
use mimsy_schema::name;
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, Meta, Token, Type};

use super::{Block, Hook, KINDS, Kind};
use crate::attr::{self, Krate};
use crate::errors::Errors;
use crate::path::Rt;

#[derive(Default, FromMeta)]
struct ImplArgs {
    #[darling(rename = "crate")]
    krate: Option<Krate>,
}

pub(super) fn parse(args: TokenStream, mut item: ItemImpl, errors: &mut Errors) -> Block {
    let before = errors.len();
    let rt = Rt::new(arguments(args, errors).as_ref().map(|krate| &krate.0));
    if item.trait_.is_some() || !item.generics.params.is_empty() {
        errors.on(&item.self_ty, "hooks stand in an `impl` of the entity itself: `impl Invoice { … }`");
    }
    let mut hooks = Vec::new();
    for function in item.items.iter_mut().filter_map(as_function) {
        hooks.extend(hook(function, errors));
    }
    if hooks.is_empty() && errors.len() == before {
        let kinds: Vec<String> = KINDS.iter().map(|kind| format!("`#[{}]`", kind.name)).collect();
        let kinds = kinds.join(" or ");
        errors.on(
            &item.self_ty,
            format!("no function here is a hook: mark one by {kinds}, or take `#[routes]` away from this `impl`"),
        );
    }
    Block { rt, item, hooks }
}

fn as_function(item: &mut ImplItem) -> Option<&mut ImplItemFn> {
    match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    }
}

/// On an `impl`, `#[routes]` takes `crate = alias` at most.
fn arguments(args: TokenStream, errors: &mut Errors) -> Option<Krate> {
    let mut krate = None;
    for item in attr::items(args, errors) {
        let said = attr::key_of(&item).map(|key| key.unraw().to_string());
        match said.as_deref() {
            Some("crate") => match ImplArgs::from_list(std::slice::from_ref(&item)) {
                Ok(read) => krate = read.krate,
                Err(error) => errors.darling(error),
            },
            _ => errors.on(&item, "say this in the `#[routes(…)]` on the struct; on an `impl` it collects hooks"),
        }
    }
    krate
}

/// The hook that a function is, and the function without the attributes that say so.
fn hook(function: &mut ImplItemFn, errors: &mut Errors) -> Option<Hook> {
    let (ours, others): (Vec<Attribute>, _) =
        std::mem::take(&mut function.attrs).into_iter().partition(|attr| is_ours(attr, errors));
    function.attrs = others;
    let mut ours = ours.into_iter();
    let attr = ours.next()?;
    let before = errors.len();
    for more in ours {
        errors.on(&more, "a function is one hook: write another function for this one");
    }
    let kind = kind(&attr)?;
    let fates = fates(kind, &attr, errors);
    let params = params(kind, function, errors);
    let cfgs = function.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect();
    (errors.len() == before).then(|| Hook { kind, cfgs, function: function.sig.ident.clone(), fates, params })
}

fn kind(attr: &Attribute) -> Option<&'static Kind> {
    // `#[mimsy::before_store]` is the same as `#[before_store]`.
    let last = attr.path().segments.last()?;
    KINDS.iter().find(|kind| last.ident == kind.name)
}

/// Whether an attribute makes a hook. One that all but does is told.
fn is_ours(attr: &Attribute, errors: &mut Errors) -> bool {
    if kind(attr).is_some() {
        return true;
    }
    let word = attr.path().get_ident().map(ToString::to_string).unwrap_or_default();
    let near = name::nearest(&word, KINDS.iter().map(|kind| kind.name));
    let is_meant = near.is_some() || word.starts_with("before_") || word.starts_with("after_");
    if is_meant {
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there is {}", name::listed(KINDS.iter().map(|kind| kind.name))),
        };
        errors.on(attr.path(), format!("there is no hook `{word}`; {hint}"));
    }
    // Told: rustc need not find it missing as well.
    is_meant
}

/// What has to become of a row: `#[before_store(create, update)]`; whatever it is, where nothing is said.
fn fates(kind: &Kind, attr: &Attribute, errors: &mut Errors) -> Vec<String> {
    let known = || kind.fates.iter().copied();
    let list = match &attr.meta {
        Meta::Path(_) => return known().map(ToOwned::to_owned).collect(),
        Meta::List(list) => list,
        Meta::NameValue(_) => {
            errors.on(attr, format!("name what becomes of the row: `#[{}(create, update)]`", kind.name));
            return Vec::new();
        }
    };
    let parser =
        |input: ParseStream<'_>| Punctuated::<Ident, Token![,]>::parse_terminated_with(input, Ident::parse_any);
    let Some(words) = errors.keep(parser.parse2(list.tokens.clone())) else { return Vec::new() };
    let mut fates = Vec::new();
    for word in words {
        let text = word.to_string();
        match text.as_str() {
            _ if fates.contains(&text) => errors.at(word.span(), format!("`{text}` is said twice")),
            _ if kind.fates.contains(&text.as_str()) => fates.push(text),
            "upsert" => errors.at(word.span(), "an upsert creates a row or updates it: say `create, update`"),
            _ => {
                let hint = match name::nearest(&text, known()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("`#[{}]` takes {}", kind.name, name::listed(known())),
                };
                errors.at(word.span(), format!("nothing called `{text}` becomes of a row here; {hint}"));
            }
        }
    }
    if list.tokens.is_empty() {
        errors.at(list.path.span(), format!("name at least one of {}", name::listed(known())));
    }
    fates
}

/// The types of the parameters of a function that is declared as its kind wants it.
fn params(kind: &Kind, function: &ImplItemFn, errors: &mut Errors) -> Vec<Type> {
    let signature = &function.sig;
    let wanted = || format!("write it as `{}`", kind.written);
    let is_async = kind.written.starts_with("async");
    match &signature.asyncness {
        Some(word) if !is_async => {
            errors.at(word.span(), format!("`{}` is asked while a write waits, so it is not async", kind.name));
        }
        None if is_async => {
            errors.at(signature.fn_token.span(), format!("`{}` is async: {}", kind.name, wanted()));
        }
        _ => {}
    }
    let mut params = Vec::new();
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(own) => errors.on(own, format!("a hook is given the row, and has no `self`: {}", wanted())),
            FnArg::Typed(param) => params.push((*param.ty).clone()),
        }
    }
    let most = kind.params.len();
    if params.len() == signature.inputs.len() && params.len() != most && params.len() + 1 != most {
        errors.at(
            signature.ident.span(),
            format!("this takes `{}`, or all but the last: {}", kind.params.join("`, `"), wanted()),
        );
    }
    params
}
