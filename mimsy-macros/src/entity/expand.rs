//! What `#[entity]` expands to.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use super::model::{Entity, Field};
use super::{bounds, data};
use crate::errors::Errors;
use crate::path::Rt;

/// The struct, and one anonymous block with all that it implies.
pub(super) fn expand(rt: &Rt, item: &TokenStream, entity: Option<&Entity>, errors: Errors) -> TokenStream {
    let implied = entity.map(implied);
    let errors = errors.into_tokens();
    // #[derive(__EntityAttrs)] pub struct Invoice { #[field(…)] … }
    quote! {
        #[derive(#rt::__EntityAttrs)]
        #item
        #implied
        #errors
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
/// #[derive(Clone, Copy)]
/// pub struct ShapeOfInvoice { pub number: <String as Field>::Shape, … }
/// ```
fn shape_struct(entity: &Entity, shape: &Ident) -> TokenStream {
    let rt = &entity.rt;
    let fields = entity.fields.iter().map(
        |Field { cfgs, docs, vis, ident, ty, .. }| quote!(#(#cfgs)* #(#docs)* #vis #ident: <#ty as #rt::Field>::Shape),
    );
    quote! {
        #[derive(#rt::Clone, #rt::Copy)]
        #[allow(dead_code)]
        pub struct #shape { #(#fields),* }
    }
}

/// ```text
/// pub struct DraftOfInvoice { pub org: Option<Ref<Org>>, pub number: String, … }
/// ```
fn draft_struct(entity: &Entity, draft: &Ident) -> TokenStream {
    let rt = &entity.rt;
    let fields = inputs(entity).map(|field| {
        let Field { cfgs, docs, ident, ty, .. } = field;
        let ty = if is_optional(field) { quote!(#rt::Option<#ty>) } else { quote!(#ty) };
        quote!(#(#cfgs)* #(#docs)* pub #ident: #ty)
    });
    quote!(pub struct #draft { #(#fields),* })
}

/// ```text
/// impl Input<Invoice> for DraftOfInvoice {
///     fn into_values(self) -> Values { Values::new().maybe("org", self.org).with("number", self.number) … }
/// }
/// ```
fn draft_input(entity: &Entity, draft: &Ident) -> TokenStream {
    let Entity { rt, ident, .. } = entity;
    let steps = inputs(entity).map(|field| {
        let Field { cfgs, ident, name, .. } = field;
        let add = if is_optional(field) { format_ident!("maybe") } else { format_ident!("with") };
        quote!(#(#cfgs)* let values = values.#add(#name, self.#ident);)
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
/// impl PatchOfInvoice { pub fn number(self, value: String) -> Self { Self(self.0.with("number", value)) } … }
/// ```
fn patch_setters(entity: &Entity, patch: &Ident) -> TokenStream {
    let setters = inputs(entity).filter(|field| !field.tenant).map(|field| {
        let Field { cfgs, docs, ident, name, ty, .. } = field;
        quote! {
            #(#cfgs)* #(#docs)*
            #[must_use]
            pub fn #ident(self, value: #ty) -> Self { Self(self.0.with(#name, value)) }
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
///     fn read(row: &mut RowReader) -> Self { Self { id: row.next(), … } }
///     fn key(&self) -> Id<Invoice> { Clone::clone(&self.id) }
/// }
/// ```
fn entity_impl(entity: &Entity, shape: &Ident, draft: &Ident, patch: &Ident) -> TokenStream {
    let Entity { rt, ident, name, .. } = entity;
    let described = data::entity(entity);
    let reads = entity.fields.iter().map(|Field { cfgs, ident, ty, .. }| quote!(#(#cfgs)* #ident: row.next::<#ty>()));
    let (key_type, key) = match entity.key {
        Some(key) => {
            let Field { ident, ty, .. } = &entity.fields[key];
            (quote!(#ty), quote!(#rt::Clone::clone(&self.#ident)))
        }
        None => (quote!(#rt::Id<#ident>), quote!(#rt::broken())),
    };
    quote! {
        impl #rt::Entity for #ident {
            type Key = #key_type;
            type Shape = #shape;
            type Draft = #draft;
            type Patch = #patch;
            const NAME: &'static str = #name;
            const ENTITY: &'static #rt::EntityData = #described;
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
