//! What `#[entity]` expands to.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;

use super::model::{Entity, Field, Subject};
use super::{bounds, checks, data};
use crate::errors::Errors;
use crate::path::Rt;

/// The struct, and one anonymous block with all that it implies.
pub(super) fn expand(rt: &Rt, item: &TokenStream, subject: &Subject, errors: Errors) -> TokenStream {
    let errors = errors.into_tokens();
    match subject {
        // #[derive(__PutEntityOnTheStruct)] pub struct Invoice { #[field(…)] … }
        Subject::Entity(entity) => {
            let implied = implied(entity);
            quote! {
                #[derive(#rt::__PutEntityOnTheStruct)]
                #item
                #implied
                #errors
            }
        }
        Subject::Broken(ident) => {
            let stub = stub(rt, ident);
            quote!(#item #stub #errors)
        }
        Subject::Nothing => quote!(#item #errors),
    }
}

/// What stands in for an entity that could not be read, so that its mistake is not told again wherever it is named.
///
/// ```text
/// impl Entity for Invoice { type Shape = Broken; … }
/// ```
fn stub(rt: &Rt, ident: &Ident) -> TokenStream {
    let name = ident.unraw().to_string();
    quote! {
        impl #rt::Entity for #ident {
            type Key = #rt::Id<#ident>;
            type Shape = #rt::Broken;
            type Draft = #rt::Broken;
            type Patch = #rt::Broken;
            const NAME: &'static str = #name;
            const ENTITY: &'static #rt::EntityData = &#rt::EntityData::EMPTY;
            fn read(_: &mut #rt::RowReader) -> Self { #rt::broken() }
            fn key(&self) -> Self::Key { #rt::broken() }
        }
    }
}

fn implied(entity: &Entity) -> TokenStream {
    let shape = format_ident!("ShapeOf{}", entity.name);
    let draft = format_ident!("DraftOf{}", entity.name);
    let patch = format_ident!("PatchOf{}", entity.name);
    let items = [
        shape_struct(entity, &shape),
        draft_struct(entity, &draft),
        draft_input(entity, &draft),
        patch_struct(entity, &patch),
        patch_setters(entity, &patch),
        patch_input(entity, &patch),
        data::fields(entity),
        entity_impl(entity, &shape, &draft, &patch),
        actor_impl(entity),
        every_field_is_read(entity),
        bounds::bounds(entity, &shape),
        bounds::assertions(entity),
    ];
    quote! {
        #[allow(missing_docs, unreachable_pub, private_interfaces, clippy::all, clippy::pedantic)]
        const _: () = { #(#items)* };
    }
}

/// ```text
/// pub struct ShapeOfInvoice { pub number: <String as Field>::Shape, … }
/// ```
fn shape_struct(entity: &Entity, shape: &Ident) -> TokenStream {
    let rt = &entity.rt;
    let mut fields: Vec<&Field> = entity.fields.iter().collect();
    // The size of a struct is asked of its last field. The key's is always known, so that a type that is no field is
    // not told again for the struct.
    fields.sort_by_key(|field| field.is_made());
    let fields = fields.into_iter().map(|Field { cfgs, docs, vis, ident, ty, span, end, .. }| {
        let (rt, shape) = (rt.at(*span), Ident::new("Shape", *end));
        let ty = quote_spanned!(*span=> <#ty as #rt::Field>::#shape);
        quote!(#(#cfgs)* #(#docs)* #vis #ident: #ty)
    });
    // Not derived: a derive would repeat, in words of its own, what is wrong with a field's type.
    quote! {
        #[allow(dead_code)]
        pub struct #shape { #(#fields),* }
        impl #rt::Clone for #shape {
            fn clone(&self) -> Self { *self }
        }
        impl #rt::Copy for #shape {}
    }
}

/// ```text
/// pub struct DraftOfInvoice { pub org: Option<Ref<Org>>, pub number: String, … }
/// ```
fn draft_struct(entity: &Entity, draft: &Ident) -> TokenStream {
    let rt = &entity.rt;
    let fields = inputs(entity).map(|field| {
        let Field { cfgs, docs, ident, ty, .. } = field;
        let rt = rt.at(field.span);
        let ty = if is_optional(field) { quote_spanned!(field.span=> #rt::Option<#ty>) } else { quote!(#ty) };
        quote!(#(#cfgs)* #(#docs)* pub #ident: #ty)
    });
    quote!(pub struct #draft { #(#fields),* })
}

/// ```text
/// impl Input<Invoice> for DraftOfInvoice {
///     fn into_values(self) -> Values {
///         let values = Values::new();
///         let values = values.maybe("org", self.org.map(|value| <Ref<Org> as Field>::into_value(value)));
///         let values = values.with("number", <String as Field>::into_value(self.number)); …
///     }
/// }
/// ```
fn draft_input(entity: &Entity, draft: &Ident) -> TokenStream {
    let Entity { rt, ident, .. } = entity;
    let steps = inputs(entity).map(|field| {
        let Field { cfgs, ident, name, .. } = field;
        let step = if is_optional(field) {
            let into_value = ask(rt, field, "into_value", quote!(value));
            quote!(values.maybe(#name, self.#ident.map(|value| #into_value)))
        } else {
            let into_value = ask(rt, field, "into_value", quote!(self.#ident));
            quote!(values.with(#name, #into_value))
        };
        quote!(#(#cfgs)* let values = #step;)
    });
    quote! {
        impl #rt::Input<#ident> for #draft {
            fn into_values(self) -> #rt::Values {
                let values = #rt::Values::new();
                #(#steps)*
                values
            }
        }
    }
}

/// A call of [`Field`](super::model::Field)'s trait. A type is asked in the same words everywhere, from its first token
/// to its last, so that rustc tells what is wrong with it once.
///
/// ```text
/// <String as Field>::into_value(self.number)
/// ```
fn ask(rt: &Rt, field: &Field, method: &str, argument: TokenStream) -> TokenStream {
    let (ty, span) = (&field.ty, field.span);
    let (rt, method) = (rt.at(span), Ident::new(method, field.end));
    let mut arguments = Group::new(Delimiter::Parenthesis, argument);
    arguments.set_span(field.end);
    quote_spanned!(span=> <#ty as #rt::Field>::#method #arguments)
}

/// ```text
/// #[derive(Default)]
/// pub struct PatchOfInvoice(Values);
/// ```
fn patch_struct(entity: &Entity, patch: &Ident) -> TokenStream {
    let rt = &entity.rt;
    quote! {
        #[derive(#rt::Default)]
        pub struct #patch(#rt::Values);
    }
}

/// ```text
/// impl PatchOfInvoice {
///     pub fn number(self, value: String) -> Self { Self(self.0.with("number", <String as Field>::into_value(value))) } …
/// }
/// ```
fn patch_setters(entity: &Entity, patch: &Ident) -> TokenStream {
    let setters = inputs(entity).filter(|field| !field.tenant && !field.key).map(|field| {
        let Field { cfgs, docs, ident, name, ty, .. } = field;
        let into_value = ask(&entity.rt, field, "into_value", quote!(value));
        quote! {
            #(#cfgs)* #(#docs)*
            #[must_use]
            pub fn #ident(self, value: #ty) -> Self { Self(self.0.with(#name, #into_value)) }
        }
    });
    quote! {
        #[allow(dead_code)]
        impl #patch { #(#setters)* }
    }
}

/// ```text
/// impl Input<Invoice> for PatchOfInvoice { fn into_values(self) -> Values { self.0 } }
/// ```
fn patch_input(entity: &Entity, patch: &Ident) -> TokenStream {
    let Entity { rt, ident, .. } = entity;
    quote! {
        impl #rt::Input<#ident> for #patch {
            fn into_values(self) -> #rt::Values { self.0 }
        }
    }
}

/// ```text
/// impl Entity for Invoice {
///     type Key = Id<Invoice>; …
///     const ENTITY: &'static EntityData = …;
///     fn read(row: &mut RowReader) -> Self { Self { id: <Id<Invoice> as Field>::from_value(row.take()), … } }
///     fn key(&self) -> Id<Invoice> { Clone::clone(&self.id) }
/// }
/// ```
fn entity_impl(entity: &Entity, shape: &Ident, draft: &Ident, patch: &Ident) -> TokenStream {
    let Entity { rt, ident, name, .. } = entity;
    let (described, checks) = (data::entity(entity), checks::checks(entity));
    let reads = entity.fields.iter().map(|field| {
        let Field { cfgs, ident, .. } = field;
        let read = match field.by {
            Some(_) => quote!(row.reference()),
            None => ask(rt, field, "from_value", quote!(row.take())),
        };
        quote!(#(#cfgs)* #ident: #read)
    });
    let parts = entity.key.iter().map(|part| &entity.fields[*part]);
    let types = parts.clone().map(|Field { ty, .. }| ty);
    let values = parts.map(|Field { ident, .. }| quote!(#rt::Clone::clone(&self.#ident)));
    let (key_type, key) = match entity.key.len() {
        0 => (quote!(#rt::Id<#ident>), quote!(#rt::broken())),
        1 => (quote!(#(#types)*), quote!(#(#values)*)),
        _ => (quote!((#(#types),*)), quote!((#(#values),*))),
    };
    quote! {
        impl #rt::Entity for #ident {
            type Key = #key_type;
            type Shape = #shape;
            type Draft = #draft;
            type Patch = #patch;
            const NAME: &'static str = #name;
            const ENTITY: &'static #rt::EntityData = #described;
            #checks
            fn read(row: &mut #rt::RowReader) -> Self { Self { #(#reads),* } }
            fn key(&self) -> Self::Key { #key }
        }
    }
}

/// ```text
/// impl Actor for User { type Role = Role; const ROLE: &'static str = "role"; }
/// ```
fn actor_impl(entity: &Entity) -> TokenStream {
    let Entity { rt, ident, .. } = entity;
    let Some(Field { cfgs, name, ty, .. }) = entity.fields.iter().find(|field| field.role) else {
        return TokenStream::new();
    };
    quote! {
        #(#cfgs)*
        impl #rt::Actor for #ident {
            type Role = #ty;
            const ROLE: &'static str = #name;
        }
    }
}

/// The rows of an entity go out over HTTP by their description, which rustc does not see; without this, it would call
/// the fields of a program's own structs dead.
///
/// ```text
/// const _: fn(&Invoice) = |row| { _ = &row.number; … };
/// ```
fn every_field_is_read(entity: &Entity) -> TokenStream {
    let ident = &entity.ident;
    let fields = entity
        .fields
        .iter()
        .map(|Field { cfgs, ident, .. }| quote_spanned!(ident.span()=> #(#cfgs)* { _ = &row.#ident; }));
    quote! {
        const _: fn(&#ident) = |row| { #(#fields)* };
    }
}

fn inputs(entity: &Entity) -> impl Iterator<Item = &Field> {
    entity.fields.iter().filter(|field| field.is_input())
}

/// What a draft may leave to the server.
fn is_optional(field: &Field) -> bool {
    field.default.is_some() || field.tenant
}
