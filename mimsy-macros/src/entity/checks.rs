//! The author's functions that judge values and rows, as tokens.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ExprPath;

use super::model::{Entity, Field};
use crate::errors;

/// A function is called in a closure, so that what it takes may be what a reference to the value can be coerced to: a
/// `&str` for a `String`.
///
/// ```text
/// const CHECKS: &'static Checks = &Checks {
///     fields: &[FieldCheck { field: "number", function: "luhn", run: |value| check_field::<String>(value, |given| answer(luhn(given))) }],
///     // For `validate = garde`: `|row| garde(row)`.
///     rows: &[RowCheck { function: "in_order", run: |row| check_row::<Invoice>(row, |row| answer(in_order(row))) }],
/// };
/// ```
pub(super) fn checks(entity: &Entity) -> TokenStream {
    let rt = &entity.rt;
    let stored = || entity.fields.iter().filter(|field| field.is_stored());
    if entity.validate.is_empty() && stored().all(|field| field.custom.is_empty()) {
        return TokenStream::new();
    }
    let fields = stored().flat_map(|field| field.custom.iter().map(|function| of_field(entity, field, function)));
    let rows = entity.validate.iter().map(|function| of_row(entity, function));
    quote! {
        const CHECKS: &'static #rt::Checks = &#rt::Checks { fields: &[#(#fields),*], rows: &[#(#rows),*] };
    }
}

fn of_field(entity: &Entity, field: &Field, function: &ExprPath) -> TokenStream {
    let Field { cfgs, name, ty, .. } = field;
    let (span, written) = (errors::span(function), written(function));
    let (rt, at) = (&entity.rt, entity.rt.at(span));
    let asked = quote_spanned!(span=> |given| #at::answer(#function(given)));
    quote! {
        #(#cfgs)* #rt::FieldCheck {
            field: #name,
            function: #written,
            run: |value| #rt::check_field::<#ty>(value, #asked),
        }
    }
}

fn of_row(entity: &Entity, function: &ExprPath) -> TokenStream {
    let (span, written) = (errors::span(function), written(function));
    let (rt, at) = (&entity.rt, entity.rt.at(span));
    let asked = match written.as_str() {
        // The struct's own `Validate`, of these crates.
        "garde" | "validator" => quote_spanned!(span=> |row| #at::#function(row)),
        _ => quote_spanned!(span=> |row| #at::answer(#function(row))),
    };
    quote! {
        #rt::RowCheck { function: #written, run: |row| #rt::check_row::<Self>(row, #asked) }
    }
}

/// A function as the author wrote it, for the log.
fn written(function: &ExprPath) -> String {
    function.to_token_stream().to_string().replace(' ', "")
}
