//! `#[policy]`: who may do what.
//!
//! A rule is a function. Its body is read twice: [`quoter`] turns it into an expression, which is data, and
//! [`checked`] into a copy that rustc type-checks against shapes.

mod check;
pub(crate) mod checked;
mod condition;
mod expand;
mod model;
mod parse;
pub(crate) mod quoter;

use proc_macro2::TokenStream;

pub(crate) use self::condition::Condition;

use crate::errors::Errors;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = parse::parse(args, item.clone(), &mut errors);
    let Some(policy) = model::Policy::new(parsed, &mut errors) else { return expand::unread(&item, errors) };
    check::check(&policy, &mut errors);
    expand::expand(&item, &policy, errors)
}
