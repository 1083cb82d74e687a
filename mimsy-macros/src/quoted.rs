//! `expr!(|invoice: &Invoice| …)`: an expression over the rows of an entity, for the typed Rust API.
//!
//! The body is read twice, as that of a rule is. What does not mention the row is a value of the program's: it is evaluated
//! where the macro stands, and becomes a bind.

mod captures;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprClosure, Ident, Pat, Path, Token, Type};

use crate::errors::{self, Errors};
use crate::path::Rt;
use crate::policy::checked;
use crate::policy::quoter::{self, Kind, Node, Root, Scope};

/// `crate = alias, |invoice: &Invoice| …`.
struct Quoted {
    rt: Rt,
    row: Ident,
    entity: Type,
    body: Expr,
}

const USAGE: &str = "write a condition on a row, with its type: `expr!(|invoice: &Invoice| invoice.total > 100)`";

impl Parse for Quoted {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut krate: Option<Path> = None;
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            krate = Some(input.parse()?);
            input.parse::<Token![,]>()?;
        }
        let closure: ExprClosure = input.parse().map_err(|error| syn::Error::new(error.span(), USAGE))?;
        input.parse::<Option<Token![,]>>()?;
        let (row, entity) = match closure.inputs.first() {
            Some(Pat::Type(typed)) if closure.inputs.len() == 1 => match (&*typed.pat, &*typed.ty) {
                (Pat::Ident(row), Type::Reference(to)) if to.mutability.is_none() && row.subpat.is_none() => {
                    (row.ident.clone(), (*to.elem).clone())
                }
                _ => return Err(syn::Error::new_spanned(typed, USAGE)),
            },
            _ => return Err(syn::Error::new_spanned(&closure.inputs, USAGE)),
        };
        Ok(Self { rt: Rt::new(krate.as_ref()), row, entity, body: *closure.body })
    }
}

/// ```text
/// {
///     let checked = |invoice: &<Invoice as Entity>::Shape| cmp(invoice.total, captured(&min));
///     quoted::<Invoice, _>(checked, Expr::op(Op::Gt, [Expr::path(Root::Row, ["total"]), literal(&min)]))
/// }
/// ```
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(quoted) = errors.keep(syn::parse2::<Quoted>(input)) else { return errors.into_tokens() };
    let Quoted { rt, row, entity, mut body } = quoted;
    captures::mark(&mut body, std::slice::from_ref(&row));
    let Some(node) = quoter::of(&Scope::row(&row), &body, &mut errors) else {
        let errors = errors.into_tokens();
        return quote!({ #errors #rt::broken::<#rt::Quoted<#entity, bool>>() });
    };
    let (checked, span) = (checked::copy(&rt, &body), errors::span(&entity));
    let typed = rt.at(span);
    let shape = quote_spanned!(span=> <#entity as #typed::Entity>::Shape);
    let made = match &node.kind {
        Kind::Path(Root::Row, fields) => quote!(#rt::named::<#entity, _>(checked, &[#(#fields),*])),
        _ => {
            let expr = owned(&rt, &node);
            quote!(#rt::quoted::<#entity, _>(checked, #expr))
        }
    };
    quote! {
        {
            #[allow(unused_parens, clippy::all, clippy::pedantic)]
            let checked = |#row: &#shape| #checked;
            #made
        }
    }
}

/// The expression, made where the macro stands.
fn owned(rt: &Rt, node: &Node) -> TokenStream {
    let at = rt.at(node.span);
    match &node.kind {
        Kind::Const(constant) => {
            let value = constant.tokens(rt);
            quote_spanned!(node.span=> #at::literal(&(#value)))
        }
        Kind::Span(name, count) => {
            let (typed, count) = (rt.at(name.span()), count.tokens(rt));
            quote!(#rt::literal(&#typed::#name(#count)))
        }
        Kind::Path(from, fields) => {
            let from = root(rt, *from);
            quote!(#rt::Expr::path(#from, [#(#fields),*]))
        }
        Kind::Op(op, operands) => {
            let (op, operands) = (Ident::new(op, Span::call_site()), operands.iter().map(|one| owned(rt, one)));
            quote!(#rt::Expr::op(#rt::Op::#op, [#(#operands),*]))
        }
        Kind::Many(many, from, fields, body) => {
            let (many, from) = (Ident::new(many, Span::call_site()), root(rt, *from));
            let body = body.iter().map(|one| owned(rt, one));
            quote!(#rt::asked(#rt::Quantifier::#many, #from, &[#(#fields),*], [#(#body),*]))
        }
        // Told by the quoter: there is no actor to ask about.
        Kind::Can(..) => quote!(#rt::Expr::bool(false)),
    }
}

fn root(rt: &Rt, root: Root) -> TokenStream {
    match root {
        Root::Each(depth) => quote!(#rt::Root::Each(#depth)),
        _ => quote!(#rt::Root::Row),
    }
}
