//! Where an expansion finds the runtime, and where it was written itself.

use proc_macro2::{Span, TokenStream, TokenTree};
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

impl Rt {
    /// The same path at a place of the author's: what goes wrong with a call of ours is then shown there.
    pub(crate) fn at(&self, span: Span) -> Self {
        let respan = |mut tree: TokenTree| {
            tree.set_span(span);
            tree
        };
        Self(self.0.clone().into_iter().map(respan).collect())
    }
}

impl ToTokens for Rt {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// The place of a token. `line!()` would answer for the whole attribute, so the line is written as a number.
///
/// ```text
/// At { file: Text::Static(file!()), line: 12 }
/// ```
pub(crate) fn at(rt: &Rt, span: Span) -> TokenStream {
    let line = u32::try_from(span.start().line).unwrap_or(0);
    quote!(#rt::At { file: #rt::Text::Static(#rt::file!()), line: #line })
}
