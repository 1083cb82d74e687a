//! `schema!`: the entities of a program, together.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Path, Token, Visibility};

use crate::errors::{self, Errors};
use crate::path::Rt;

/// `crate = alias; pub Shop: Org, User, Invoice`.
struct Schema {
    rt: Rt,
    attrs: Vec<Attribute>,
    vis: Visibility,
    name: Ident,
    entities: Vec<Entity>,
}

/// One item of the list.
struct Entity {
    cfgs: Vec<Attribute>,
    path: Path,
}

impl Parse for Entity {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self { cfgs: input.call(Attribute::parse_outer)?, path: input.parse()? })
    }
}

impl Parse for Schema {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut krate: Option<Path> = None;
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            krate = Some(input.parse()?);
            input.parse::<Token![;]>()?;
        }
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let name: Ident = input.parse().map_err(|error| usage(&error))?;
        input.parse::<Token![:]>().map_err(|error| usage(&error))?;
        let entities: Punctuated<Entity, Token![,]> = Punctuated::parse_terminated(input)?;
        if entities.is_empty() {
            return Err(syn::Error::new(name.span(), format!("`{name}` holds no entities: list them behind the `:`")));
        }
        Ok(Self { rt: Rt::new(krate.as_ref()), attrs, vis, name, entities: entities.into_iter().collect() })
    }
}

fn usage(error: &syn::Error) -> syn::Error {
    syn::Error::new(error.span(), "name the schema and list its entities: `schema! { pub Shop: Org, User, Invoice }`")
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(mut schema) = errors.keep(syn::parse2::<Schema>(input)) else { return errors.into_tokens() };
    once_each(&mut schema, &mut errors);
    let items = [unit_struct(&schema), source(&schema), model_hash(&schema), closed(&schema)];
    let errors = errors.into_tokens();
    quote!(#(#items)* #errors)
}

/// An entity that is listed twice is told, and left out.
fn once_each(schema: &mut Schema, errors: &mut Errors) {
    let mut seen: Vec<String> = Vec::new();
    schema.entities.retain(|entity| {
        let text = entity.path.to_token_stream().to_string();
        if seen.contains(&text) && entity.cfgs.is_empty() {
            errors.on(&entity.path, "it is listed already: take one of the two away");
            return false;
        }
        seen.push(text);
        true
    });
}

/// ```text
/// #[derive(Clone, Copy, Debug)]
/// pub struct Shop;
/// ```
fn unit_struct(schema: &Schema) -> TokenStream {
    let Schema { rt, attrs, vis, name, .. } = schema;
    let doc = format!("The schema `{name}`: its entities, with their policies and routes.");
    quote! {
        #[doc = #doc]
        #(#attrs)*
        #[derive(#rt::Clone, #rt::Copy, #rt::Debug)]
        #vis struct #name;
    }
}

/// ```text
/// impl Source for Shop { fn parts(&self) -> &'static [Part] { &[Part { entity: <Org as Entity>::ENTITY, … }, …] } }
/// ```
fn source(schema: &Schema) -> TokenStream {
    let Schema { rt, name, .. } = schema;
    let parts = schema.entities.iter().map(|Entity { cfgs, path }| {
        let part = part(rt, path);
        quote!(#(#cfgs)* #part)
    });
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #rt::{Unguarded as _, Unhooked as _, Unrouted as _};
            const PARTS: &[#rt::Part] = &[#(#parts),*];
            impl #rt::Source for #name {
                fn parts(&self) -> &'static [#rt::Part] { PARTS }
            }
        };
    }
}

fn part(rt: &Rt, path: &Path) -> TokenStream {
    quote! {
        #rt::Part {
            entity: <#path as #rt::Entity>::ENTITY,
            policy: <#path>::__ONE_POLICY_PER_ENTITY,
            routes: <#path>::__ONE_ROUTES_PER_ENTITY,
            checks: <#path as #rt::Entity>::CHECKS,
            hooks: <#path>::__ONE_IMPL_WITH_HOOKS_PER_ENTITY,
        }
    }
}

/// ```text
/// impl Shop { pub const MODEL_HASH: u128 = model_hash(&[<Org as Entity>::ENTITY, …]); }
/// ```
fn model_hash(schema: &Schema) -> TokenStream {
    let Schema { rt, name, .. } = schema;
    let entities = schema.entities.iter().map(|Entity { cfgs, path }| quote!(#(#cfgs)* <#path as #rt::Entity>::ENTITY));
    quote! {
        impl #name {
            /// The hash of the model as the database sees it; a migration's lock holds it.
            #[allow(dead_code)]
            pub const MODEL_HASH: u128 = #rt::model_hash(&[#(#entities),*]);
        }
    }
}

/// Everything that an entity speaks of is in the list. One assertion an entity, on its place in the list.
///
/// ```text
/// const _: () = {
///     const NAMES: &[&str] = &[<Org as Entity>::NAME, …];
///     const _: () = { const MISSING: Missing = missing(&Part { … }, NAMES, "Shop"); assert!(MISSING.is_nothing(), "{}", …) };
/// };
/// ```
fn closed(schema: &Schema) -> TokenStream {
    let Schema { rt, name, .. } = schema;
    let names = schema.entities.iter().map(|Entity { cfgs, path }| quote!(#(#cfgs)* <#path as #rt::Entity>::NAME));
    let schema_name = name.to_string();
    let assertions = schema.entities.iter().map(|Entity { cfgs, path }| {
        let rt = rt.at(errors::span(path));
        let part = part(&rt, path);
        quote_spanned! {errors::span(path)=>
            #(#cfgs)*
            const _: () = {
                const MISSING: #rt::Missing = #rt::missing(&#part, NAMES, #schema_name);
                #rt::assert!(MISSING.is_nothing(), "{}", MISSING.as_str())
            };
        }
    });
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #rt::{Unguarded as _, Unhooked as _, Unrouted as _};
            const NAMES: &[&str] = &[#(#names),*];
            #(#assertions)*
        };
    }
}
