//! `#[entity]`: what a thing *is*.

mod bounds;
mod check;
mod data;
pub(crate) mod expand;
mod model;
mod parse;

use proc_macro2::TokenStream;

use crate::errors::Errors;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = parse::parse(args, item.clone(), &mut errors);
    let rt = parsed.rt.clone();
    let entity = parsed.item.and_then(|parts| model::Entity::new(parsed.rt, parts, &mut errors));
    if let Some(entity) = &entity {
        check::check(entity, &mut errors);
    }
    expand::expand(&rt, &item, entity.as_ref(), errors)
}
