//! `#[can]`, `#[cannot]` and `#[must]` where no policy reads them; hooks where no `#[routes]` does.

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn hook(name: &str, item: TokenStream) -> TokenStream {
    let message = format!(
        "`#[{name}]` belongs on a function inside an `impl` block with `#[routes]`: put `#[routes]` on the `impl`"
    );
    // compile_error!("…"); fn the_function() { … }
    quote! {
        ::core::compile_error! { #message }
        #item
    }
}

pub(crate) fn rule(name: &str, item: TokenStream) -> TokenStream {
    let message = format!(
        "`#[{name}]` belongs on a function inside an `impl` block with `#[policy]`: put `#[policy(actor = …)]` on the \
         `impl`"
    );
    // compile_error!("…"); fn the_function() { … }
    quote! {
        ::core::compile_error! { #message }
        #item
    }
}
