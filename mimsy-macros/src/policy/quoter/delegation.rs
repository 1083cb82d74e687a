//! `can!(invoice.customer, read)`: another policy's decision.

use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Macro, Token};

use super::{Kind, Node, Scope, of};
use crate::errors::{self, Errors};

/// The arguments of `can!`.
pub(in crate::policy) struct Can {
    pub(in crate::policy) row: Expr,
    verb: Ident,
}

impl Parse for Can {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let row = input.parse()?;
        input.parse::<Token![,]>()?;
        let verb = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { row, verb })
    }
}

pub(super) fn can(scope: &Scope, expr: &Expr, mac: &Macro, errors: &mut Errors) -> Option<Node> {
    let Ok(Can { row, verb }) = mac.parse_body::<Can>() else {
        errors.on(expr, "write `can!(invoice.customer, read)`: a relation, and what its own policy is asked");
        return None;
    };
    if scope.names.len() < 2 {
        errors.on(expr, "another policy is asked what the actor may do: take the actor as the first parameter");
        return None;
    }
    let row = of(scope, &row, errors)?;
    match row.kind {
        Kind::Path(root, fields) if !fields.is_empty() => {
            Some(Node { kind: Kind::Can(root, fields, verb.to_string()), span: errors::span(expr) })
        }
        _ => {
            errors.at(row.span, "`can!` asks the policy of a row that a relation leads to, as in `invoice.customer`");
            None
        }
    }
}
