//! `#[routes]`: how a thing is reached.

mod check;
mod expand;
mod limits;
mod model;
mod parse;

use proc_macro2::TokenStream;

use crate::errors::Errors;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = parse::parse(args, item.clone(), &mut errors);
    let routes = model::Routes::new(parsed);
    if let Some(routes) = &routes {
        check::check(routes, &mut errors);
    }
    expand::expand(&item, routes.as_ref(), errors)
}
