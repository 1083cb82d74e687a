//! `#[derive(Field)]`: a struct around one value, as a type of fields with rules of its own.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields};

use super::model::Field;
use super::{bounds, check, data, parse};
use crate::choice;
use crate::errors::Errors;
use crate::path::Rt;

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(item) = errors.keep(syn::parse2::<DeriveInput>(item)) else { return errors.into_tokens() };
    let rt = choice::runtime(&item.attrs, &mut errors);
    let field = inner(&item, &mut errors);
    if let Some(field) = &field {
        check::value(field, &mut errors);
    }
    let implied = field.map(|field| implied(&rt, &field));
    let errors = errors.into_tokens();
    quote! {
        #implied
        #errors
    }
}

/// The one value, as a field that is named like the struct.
fn inner(item: &DeriveInput, errors: &mut Errors) -> Option<Field> {
    let ident = &item.ident;
    let name = ident.unraw();
    if !item.generics.params.is_empty() {
        errors.on(&item.generics, "a type of fields has no type parameters and no lifetimes");
        return None;
    }
    let fields = match &item.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(_) => {
            let message =
                format!("`Field` is derived for a struct around one value; for the enum `{name}`, derive `Enum`");
            errors.at(ident.span(), message);
            return None;
        }
        Data::Union(_) => {
            errors.at(ident.span(), "`Field` is derived for a struct around one value");
            return None;
        }
    };
    let one = match fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first()?.clone(),
        Fields::Unnamed(fields) if fields.unnamed.len() > 1 => {
            let message = format!(
                "`Field` is derived for a struct around one value, and `{name}` has {}: give the entity a field for each",
                fields.unnamed.len()
            );
            errors.on(fields, message);
            return None;
        }
        Fields::Named(fields) => {
            let message =
                format!("`Field` is derived for a struct around one value without a name: `struct {name}(…);`");
            errors.on(fields, message);
            return None;
        }
        _ => {
            errors.at(ident.span(), format!("`{name}` holds no value: write `struct {name}(…);`"));
            return None;
        }
    };
    let attrs: Vec<_> = item.attrs.iter().chain(&one.attrs).cloned().collect();
    let args = parse::value_args(&attrs, errors);
    let field = syn::Field { ident: Some(ident.clone()), ..one };
    Field::new(ident, field, args, errors)
}

/// ```text
/// impl Field for Email {
///     type Shape = <String as Field>::Shape;
///     const TYPE: FieldType = newtype(<String as Field>::TYPE, Declared { rules: &[Rule::Email], … });
///     fn into_value(self) -> Value { <String as Field>::into_value(self.0) }
///     fn from_value(value: Value) -> Self { Self(<String as Field>::from_value(value)) }
/// }
/// ```
fn implied(rt: &Rt, field: &Field) -> TokenStream {
    let (ident, ty, span) = (&field.ident, &field.ty, field.span);
    let at = rt.at(span);
    let of = quote_spanned!(span=> <#ty as #at::Field>);
    let declared = data::declared_value(rt, field);
    let bounds = bounds::of_value(rt, field);
    quote! {
        #[allow(clippy::all, clippy::pedantic)]
        const _: () = {
            impl #rt::Field for #ident {
                type Shape = #of::Shape;
                type Present = Self;
                const TYPE: #rt::FieldType = #rt::newtype(#of::TYPE, #declared);
                fn into_value(self) -> #rt::Value { #of::into_value(self.0) }
                fn from_value(value: #rt::Value) -> Self { Self(#of::from_value(value)) }
            }
            #bounds
        };
    }
}
