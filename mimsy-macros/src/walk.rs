//! Paths of attributes as code: walked over shapes, so that a wrong name is rustc's to tell, with its suggestion.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use crate::attr::Dotted;
use crate::path::Rt;

/// Walk a path from a shape and hand its end to a function, whose bound says what may stand there.
///
/// ```text
/// filter(hop(row.customer).name);
/// include(reach(row.lines).product);
/// ```
pub(crate) fn end(rt: &Rt, row: &str, path: &Dotted, step: &str, bound: &str) -> TokenStream {
    let hop = step;
    let mut place = TokenStream::new();
    for (n, step) in path.0.iter().enumerate() {
        place = if n == 0 {
            let row = Ident::new(row, step.span());
            quote_spanned!(step.span()=> #row.#step)
        } else {
            let span = path.0[n - 1].span();
            let (rt, hop) = (rt.at(span), Ident::new(hop, span));
            quote_spanned!(span=> #rt::#hop(#place).#step)
        };
    }
    let rt = rt.at(path.span());
    let bound = Ident::new(bound, path.span());
    quote_spanned!(path.span()=> #rt::#bound(#place);)
}
