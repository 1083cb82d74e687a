//! Where an expansion finds the runtime.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

/// `::mimsy::__rt`, or `alias::__rt` where the author said `crate = alias`.
#[derive(Clone)]
pub(crate) struct Rt(TokenStream);

impl Rt {
    pub(crate) fn new(krate: Option<&Path>) -> Self {
        Self(krate.map_or_else(|| quote!(::mimsy::__rt), |krate| quote!(#krate::__rt)))
    }
}

impl ToTokens for Rt {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
