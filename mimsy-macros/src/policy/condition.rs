//! A condition on a row outside of a policy, in the same language: `|invoice| invoice.status == Status::Draft`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Expr, ExprClosure, Ident, Pat, parse_quote};

use super::model::Param;
use super::quoter::{self, Node, Scope};
use super::{checked, expand};
use crate::errors::{self, Errors};
use crate::path::Rt;

/// A function of the row that answers yes or no.
pub(crate) struct Condition {
    row: Ident,
    written: Expr,
    quoted: Node,
}

const FUNCTION: &str =
    "say of which rows, as a function of the row: `where = |invoice| invoice.status == Status::Draft`";

impl Condition {
    /// Read what stands behind a key.
    pub(crate) fn read(key: Span, tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        let span = if tokens.is_empty() { key } else { errors::span(&tokens) };
        let Ok(ExprClosure { inputs, body, .. }) = syn::parse2(tokens) else {
            errors.at(span, FUNCTION);
            return None;
        };
        let (1, Some(Pat::Ident(row))) = (inputs.len(), inputs.first()) else {
            errors.at(span, FUNCTION);
            return None;
        };
        let param = Param { ident: row.ident.clone(), ty: parse_quote!(Self) };
        let quoted = quoter::quote(&Scope::new(&[param]), &body, errors)?;
        Some(Self { row: row.ident.clone(), written: *body, quoted })
    }

    /// The copy that rustc checks against the shape of the row.
    ///
    /// ```text
    /// let _ = |invoice: &ShapeOfInvoice| -> bool { eq(invoice.status, Status::Draft) };
    /// ```
    pub(crate) fn checked(&self, rt: &Rt, shape: &Ident) -> TokenStream {
        let (row, body) = (&self.row, checked::copy(rt, &self.written));
        quote_spanned!(errors::span(&self.written)=> let _ = |#row: &#shape| -> bool { #body };)
    }

    /// The expression as data.
    pub(crate) fn quoted(&self, rt: &Rt) -> TokenStream {
        expand::node(rt, &self.quoted)
    }
}
