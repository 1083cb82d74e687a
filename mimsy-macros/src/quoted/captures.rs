//! What an expression takes from the program around it: the largest parts that do not mention a row.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprPath, Ident, Macro, Pat, parse_quote_spanned};

use crate::errors;
use crate::policy::{checked, quoter};

/// Put what is captured into `__captured!(…)`, which both readers of the body know.
pub(super) fn mark(expr: &mut Expr, rows: &[Ident]) {
    if checked::is_literal(expr) {
        return;
    }
    let mut found = Found { rows, mentions: false, moment: false };
    found.visit_expr(expr);
    if !found.mentions && !found.moment {
        let inner = expr.to_token_stream();
        *expr = parse_quote_spanned!(errors::span(expr)=> __captured!(#inner));
        return;
    }
    match expr {
        Expr::Binary(binary) => {
            mark(&mut binary.left, rows);
            mark(&mut binary.right, rows);
        }
        Expr::Unary(unary) => mark(&mut unary.expr, rows),
        Expr::Paren(inner) => mark(&mut inner.expr, rows),
        Expr::Group(inner) => mark(&mut inner.expr, rows),
        Expr::Field(field) => mark(&mut field.base, rows),
        Expr::MethodCall(call) => {
            mark(&mut call.receiver, rows);
            for argument in &mut call.args {
                match argument {
                    Expr::Closure(closure) => {
                        let own = closure.inputs.iter().filter_map(|input| match input {
                            Pat::Ident(name) => Some(name.ident.clone()),
                            _ => None,
                        });
                        let rows: Vec<Ident> = rows.iter().cloned().chain(own).collect();
                        mark(&mut closure.body, &rows);
                    }
                    argument => mark(argument, rows),
                }
            }
        }
        _ => {}
    }
}

/// What is found in an expression.
struct Found<'a> {
    rows: &'a [Ident],
    mentions: bool,
    /// Whether it asks for the time: `now()`, `days(30)`. That is one moment in an action, and no value of the program's.
    moment: bool,
}

impl Found<'_> {
    fn scan(&mut self, tokens: TokenStream) {
        for tree in tokens {
            match tree {
                TokenTree::Ident(name) => self.mentions |= self.rows.contains(&name),
                TokenTree::Group(group) => self.scan(group.stream()),
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Found<'_> {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        self.mentions |= path.path.get_ident().is_some_and(|name| self.rows.contains(name));
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        self.moment |= quoter::function(call).is_some();
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        self.scan(mac.tokens.clone());
    }
}
