//! `matches!(field, A | B)`: a set of constants.

use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprLit, ExprPath, Macro, Pat, Token};

use super::{Kind, Node, Scope, is_value, of};
use crate::constant::Constant;
use crate::errors::{self, Errors};

/// The arguments of `matches!`.
pub(in crate::policy) struct Matches {
    pub(in crate::policy) value: Expr,
    pattern: Pat,
    guard: Option<Token![if]>,
}

impl Parse for Matches {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let value = input.parse()?;
        input.parse::<Token![,]>()?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let guard: Option<Token![if]> = input.parse()?;
        if guard.is_some() {
            input.parse::<Expr>()?;
        }
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { value, pattern, guard })
    }
}

impl Matches {
    /// The constants of the pattern.
    pub(in crate::policy) fn constants(&self) -> syn::Result<Vec<Expr>> {
        let mut constants = Vec::new();
        collect(&self.pattern, &mut constants)?;
        Ok(constants)
    }
}

fn collect(pattern: &Pat, constants: &mut Vec<Expr>) -> syn::Result<()> {
    match pattern {
        Pat::Or(or) => or.cases.iter().try_for_each(|case| collect(case, constants))?,
        Pat::Paren(inner) => collect(&inner.pat, constants)?,
        Pat::Path(path) => constants.push(Expr::Path(path.clone())),
        // An imported variant looks like a variable.
        Pat::Ident(name) if name.subpat.is_none() && name.by_ref.is_none() && name.mutability.is_none() => {
            let path = syn::Path::from(name.ident.clone());
            constants.push(Expr::Path(ExprPath { attrs: Vec::new(), qself: None, path }));
        }
        Pat::Lit(ExprLit { lit, .. }) => constants.push(Expr::Lit(ExprLit { attrs: Vec::new(), lit: lit.clone() })),
        other => {
            let message =
                "`matches!` in a rule names constants: `matches!(invoice.status, Status::Draft | Status::Sent)`";
            return Err(syn::Error::new_spanned(other, message));
        }
    }
    Ok(())
}

pub(super) fn matches(scope: &Scope, expr: &Expr, mac: &Macro, errors: &mut Errors) -> Option<Node> {
    let matches: Matches = errors.keep(mac.parse_body())?;
    if let Some(guard) = &matches.guard {
        errors.on(guard, "`matches!` in a rule has no `if`: join the conditions by `&&`");
        return None;
    }
    let value = of(scope, &matches.value, errors)?;
    is_value(&value, errors)?;
    let mut operands = vec![value];
    for constant in errors.keep(matches.constants())? {
        let span = errors::span(&constant);
        operands.push(Node { kind: Kind::Const(errors.keep(Constant::of(&constant))?), span });
    }
    Some(Node { kind: Kind::Op("In", operands), span: errors::span(expr) })
}
