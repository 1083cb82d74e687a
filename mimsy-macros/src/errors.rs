//! Every mistake of one item, told together.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Add a mistake at a token.
    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new(span, message));
    }

    /// Add a mistake over some tokens.
    pub(crate) fn on(&mut self, tokens: &impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Keep the value, or the mistake.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    /// Add what darling found; its errors know their spans.
    pub(crate) fn darling(&mut self, error: darling::Error) {
        self.0.extend(error.flatten().into_iter().map(syn::Error::from));
    }

    /// The mistakes as one of darling's.
    pub(crate) fn into_darling(self) -> darling::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(darling::Error::multiple(self.0.into_iter().map(darling::Error::from).collect()))
    }

    /// How many were found.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The mistakes as `compile_error!`s.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}

/// The span of the last token of a node.
pub(crate) fn end(node: &impl ToTokens) -> Span {
    node.to_token_stream().into_iter().last().map_or_else(Span::call_site, |tree| tree.span())
}

/// The span of a node, or of its first token where tokens cannot be joined.
pub(crate) fn span(node: &impl ToTokens) -> Span {
    node.to_token_stream().span()
}
