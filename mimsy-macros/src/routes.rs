//! `#[routes]`: how a thing is reached.

mod check;
mod expand;
mod hooks;
mod limits;
mod model;
mod parse;

use proc_macro2::TokenStream;
use syn::Item;

use crate::errors::Errors;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    if let Ok(Item::Impl(block)) = syn::parse2::<Item>(item.clone()) {
        return hooks::expand(args, block);
    }
    let mut errors = Errors::default();
    let parsed = parse::parse(args, item.clone(), &mut errors);
    let routes = model::Routes::new(parsed);
    if let Some(routes) = &routes {
        check::check(routes, &mut errors);
    }
    expand::expand(&item, routes.as_ref(), errors)
}
