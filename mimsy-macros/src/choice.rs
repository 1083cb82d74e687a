//! `#[derive(Enum)]`: an enum as a field type.

use darling::FromMeta;
use mimsy_schema::name;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Meta};

use crate::attr::{self, Krate};
use crate::errors::Errors;
use crate::path::Rt;

/// `#[mimsy(crate = alias)]`.
#[derive(Default, FromMeta)]
struct EnumArgs {
    #[darling(rename = "crate")]
    krate: Option<Krate>,
}

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(item) = errors.keep(syn::parse2::<DeriveInput>(item)) else { return errors.into_tokens() };
    let rt = runtime(&item.attrs, &mut errors);
    let variants = variants(&item, &mut errors);
    let names: Vec<String> = variants.iter().map(|variant| name::snake(&variant.unraw().to_string())).collect();
    for (n, variant) in variants.iter().enumerate() {
        if let Some(other) = names[..n].iter().position(|name| *name == names[n]) {
            let message =
                format!("`{}` and `{variant}` are both stored as `{}`: rename one", variants[other], names[n]);
            errors.at(variant.span(), message);
        }
    }
    let ident = &item.ident;
    let items = [choice(&rt, ident, &variants, &names), field(&rt, ident), in_rules(&rt, ident)];
    let errors = errors.into_tokens();
    quote! {
        const _: () = { #(#items)* };
        #errors
    }
}

/// Where Mimsy is: `#[mimsy(crate = alias)]`.
pub(crate) fn runtime(attrs: &[Attribute], errors: &mut Errors) -> Rt {
    let mut krate = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("mimsy")) {
        if let Meta::List(list) = &attr.meta {
            let args = attr::read::<EnumArgs>("mimsy", list.tokens.clone(), &["crate"], errors);
            krate = args.read.krate.or(krate);
        }
    }
    Rt::new(krate.as_ref().map(|krate| &krate.0))
}

fn variants(item: &DeriveInput, errors: &mut Errors) -> Vec<Ident> {
    let ident = &item.ident;
    if !item.generics.params.is_empty() {
        errors.on(&item.generics, "an enum that is stored has no type parameters and no lifetimes");
    }
    let Data::Enum(data) = &item.data else {
        errors.at(ident.span(), format!("`Enum` is derived for an enum, and `{ident}` is none"));
        return Vec::new();
    };
    if data.variants.is_empty() {
        errors.at(ident.span(), format!("`{ident}` has no variants, so it has no values: give it at least one"));
    }
    for variant in data.variants.iter().filter(|variant| !matches!(variant.fields, Fields::Unit)) {
        let message = format!("a variant is stored as its name alone, so `{}` carries no data", variant.ident);
        errors.on(&variant.fields, message);
    }
    let plain = data.variants.iter().filter(|variant| matches!(variant.fields, Fields::Unit));
    plain.map(|variant| variant.ident.clone()).collect()
}

/// ```text
/// impl Choice for Status {
///     const NAMES: &'static [Text] = &[Text::Static("draft"), …];
///     fn position(&self) -> usize { match self { Self::Draft => 0, … } }
///     fn nth(position: usize) -> Self { match position { 0 => Self::Draft, …, _ => broken() } }
/// }
/// ```
fn choice(rt: &Rt, ident: &Ident, variants: &[Ident], names: &[String]) -> TokenStream {
    let positions = 0..variants.len();
    let positions_again = 0..variants.len();
    quote! {
        #[allow(unreachable_patterns)]
        impl #rt::Choice for #ident {
            const NAMES: &'static [#rt::Text] = &[#(#rt::Text::Static(#names)),*];
            fn position(&self) -> usize { match self { #(Self::#variants => #positions,)* _ => #rt::broken() } }
            fn nth(position: usize) -> Self { match position { #(#positions_again => Self::#variants,)* _ => #rt::broken() } }
        }
    }
}

/// ```text
/// impl Field for Status { type Shape = Self; … }
/// ```
fn field(rt: &Rt, ident: &Ident) -> TokenStream {
    quote! {
        impl #rt::Field for #ident {
            type Shape = Self;
            type Present = Self;
            const TYPE: #rt::FieldType = #rt::choice_type::<Self>();
            fn into_value(self) -> #rt::Value { #rt::choice_value(&self) }
            fn from_value(value: #rt::Value) -> Self { #rt::choice_from(&value) }
        }
    }
}

/// ```text
/// impl Same<Self> for Status {}  impl Accepts<Self> for Status {}  impl Sort for Status {}
/// impl Literal for Status { fn literal(&self) -> Value { choice_value(self) } }
/// ```
fn in_rules(rt: &Rt, ident: &Ident) -> TokenStream {
    quote! {
        #[diagnostic::do_not_recommend]
        impl #rt::Same<Self> for #ident {}
        #[diagnostic::do_not_recommend]
        impl #rt::Accepts<Self> for #ident {}
        #[diagnostic::do_not_recommend]
        impl #rt::Sort for #ident {}
        impl #rt::Literal for #ident {
            fn literal(&self) -> #rt::Value { #rt::choice_value(self) }
        }
    }
}
