//! The macros of Mimsy: `#[entity]`, `#[policy]`, `#[routes]`, `#[derive(Enum)]` and `schema!`.
//!
//! Each macro is a pipeline of pure functions, in a folder each: parse (syntax to attributes) → model (what was said)
//! → check (what contradicts itself) → expand (the only place of `quote!`). It sees one item: what needs a type is
//! asked by a bound in the expansion, what needs the whole schema by `assemble`.
//!
//! A macro gives the author's item back, whatever happens; it never panics, and it tells every mistake at once.
//!
//! Must not know: the runtime. An expansion names its `__rt` alone ([`path::Rt`]).

mod attr;
mod choice;
mod constant;
mod entity;
mod errors;
mod lost;
mod path;
mod policy;
mod routes;
mod schema;
#[cfg(test)]
mod tests;
mod walk;

use proc_macro::TokenStream;

/// Makes a struct an entity: a table, and the type of its rows.
#[proc_macro_attribute]
pub fn entity(args: TokenStream, item: TokenStream) -> TokenStream {
    entity::expand(args.into(), item.into()).into()
}

/// Says who may do what with an entity; stands on the struct, or on an `impl` that holds rules.
#[proc_macro_attribute]
pub fn policy(args: TokenStream, item: TokenStream) -> TokenStream {
    policy::expand(args.into(), item.into()).into()
}

/// Says how an entity is reached over HTTP, and which fields a query may name.
#[proc_macro_attribute]
pub fn routes(args: TokenStream, item: TokenStream) -> TokenStream {
    routes::expand(args.into(), item.into()).into()
}

/// Makes an enum a field type; its variants are stored under their names in `snake_case`.
#[proc_macro_derive(Enum, attributes(mimsy))]
pub fn choice(item: TokenStream) -> TokenStream {
    choice::expand(item.into()).into()
}

/// Gathers entities into a schema, from which an `App` is made.
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    schema::expand(input.into()).into()
}

/// A rule that allows; belongs on a function inside a `#[policy] impl`.
#[proc_macro_attribute]
pub fn can(_: TokenStream, item: TokenStream) -> TokenStream {
    lost::expand("can", item.into()).into()
}

/// A rule that forbids; belongs on a function inside a `#[policy] impl`.
#[proc_macro_attribute]
pub fn cannot(_: TokenStream, item: TokenStream) -> TokenStream {
    lost::expand("cannot", item.into()).into()
}

/// A rule that is required of everybody; belongs on a function inside a `#[policy] impl`.
#[proc_macro_attribute]
pub fn must(_: TokenStream, item: TokenStream) -> TokenStream {
    lost::expand("must", item.into()).into()
}

/// Owns `#[field(…)]`, and expands to nothing: `#[entity]` puts it on the struct that it gives back. rustc tells its
/// name to whoever writes `#[field]` without `#[entity]`, so the name says what to do.
#[doc(hidden)]
#[proc_macro_derive(__PutEntityOnTheStruct, attributes(field))]
pub fn entity_attrs(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
