//! The copy of a rule's body that rustc checks: comparisons and methods become calls of ours, whose bounds teach.
//!
//! Everything else stays as it was written, so that an editor completes and follows names in it.

use quote::quote_spanned;
use syn::visit_mut::{VisitMut, visit_expr_method_call_mut, visit_expr_mut};
use syn::{BinOp, Expr, parse_quote_spanned, spanned::Spanned};

use super::quoter::{Can, Matches, function};
use crate::constant::Constant;
use crate::errors;
use crate::path::Rt;

pub(crate) fn copy(rt: &Rt, body: &Expr) -> Expr {
    let mut body = body.clone();
    Checked { rt }.visit_expr_mut(&mut body);
    body
}

struct Checked<'a> {
    rt: &'a Rt,
}

impl VisitMut for Checked<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let rt = self.rt;
        match expr {
            Expr::Lit(_) | Expr::Unary(_) => {
                if let Ok(constant) = Constant::of(expr)
                    && is_literal(expr)
                {
                    let tokens = constant.tokens(rt);
                    *expr = parse_quote_spanned!(errors::span(expr)=> #tokens);
                    return;
                }
                visit_expr_mut(self, expr);
            }
            Expr::Macro(mac) if mac.mac.path.is_ident("matches") => {
                let Ok(matches) = mac.mac.parse_body::<Matches>() else { return };
                let mut value = matches.value.clone();
                self.visit_expr_mut(&mut value);
                let one_of = matches.constants().unwrap_or_default().into_iter().map(|mut constant| {
                    self.visit_expr_mut(&mut constant);
                    let span = errors::span(&constant);
                    let rt = rt.at(span);
                    quote_spanned!(span=> #rt::eq(#value, #constant))
                });
                *expr = parse_quote_spanned!(errors::span(mac)=> (#(#one_of)||*));
            }
            Expr::Binary(binary) => {
                self.visit_expr_mut(&mut binary.left);
                self.visit_expr_mut(&mut binary.right);
                let (left, right, span) = (&binary.left, &binary.right, binary.op.span());
                let rt = rt.at(span);
                let call = match &binary.op {
                    BinOp::Eq(_) | BinOp::Ne(_) => quote_spanned!(span=> #rt::eq(#left, #right)),
                    BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                        quote_spanned!(span=> #rt::cmp(#left, #right))
                    }
                    BinOp::Add(_) | BinOp::Sub(_) => quote_spanned!(span=> #rt::add(#left, #right)),
                    BinOp::Mul(_) => quote_spanned!(span=> #rt::mul(#left, #right)),
                    _ => return,
                };
                *expr = parse_quote_spanned!(span=> #call);
            }
            Expr::Macro(mac) if mac.mac.path.is_ident("__captured") => {
                let (value, span) = (&mac.mac.tokens, errors::span(&mac.mac.tokens));
                let rt = rt.at(span);
                *expr = parse_quote_spanned!(span=> #rt::captured(&(#value)));
            }
            Expr::Macro(mac) if mac.mac.path.is_ident("can") => {
                let Ok(mut can) = mac.mac.parse_body::<Can>() else { return };
                self.visit_expr_mut(&mut can.row);
                let (row, span) = (&can.row, errors::span(&can.row));
                let rt = rt.at(span);
                *expr = parse_quote_spanned!(span=> #rt::can(#row));
            }
            Expr::Call(call) => {
                // What makes a constant takes its arguments as they are: `Date::new(2026, 1, 31)`.
                let Some(name) = function(call).cloned() else { return };
                syn::visit_mut::visit_expr_call_mut(self, call);
                let (args, span) = (&call.args, name.span());
                let rt = rt.at(span);
                let name = if name == "now" { syn::Ident::new("moment", span) } else { name };
                *expr = parse_quote_spanned!(span=> #rt::#name(#args));
            }
            Expr::MethodCall(call) => {
                visit_expr_method_call_mut(self, call);
                let (method, value, args, span) = (&call.method, &call.receiver, &call.args, call.method.span());
                let rt = rt.at(span);
                *expr = parse_quote_spanned!(span=> #rt::#method(#value, #args));
            }
            other => visit_expr_mut(self, other),
        }
    }
}

/// Whether an expression is a literal, perhaps with a minus.
pub(crate) fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Neg(_)) && is_literal(&unary.expr),
        _ => false,
    }
}
