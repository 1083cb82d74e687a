//! `#[entity]`: what a thing *is*.

mod bounds;
mod check;
mod checks;
mod data;
pub(crate) mod expand;
mod model;
pub(crate) mod newtype;
mod parse;

use proc_macro2::TokenStream;

use crate::errors::Errors;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = parse::parse(args, item.clone(), &mut errors);
    let rt = parsed.rt.clone();
    let subject = model::Subject::new(parsed, &mut errors);
    if let model::Subject::Entity(entity) = &subject {
        check::check(entity, &mut errors);
    }
    expand::expand(&rt, &item, &subject, errors)
}
