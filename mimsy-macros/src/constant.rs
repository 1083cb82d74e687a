//! Literals as the schema's types: integers are `i64`, and a number with a point is an exact decimal.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprLit, ExprUnary, Lit, LitFloat, LitInt, UnOp};

use crate::errors;
use crate::path::Rt;

/// A constant, and how an expansion writes it.
#[derive(Clone)]
pub(crate) enum Constant {
    /// As it stands.
    Plain(Box<Expr>),
    /// `unscaled / 10^scale`.
    Fixed { unscaled: i128, scale: u8, span: Span },
}

impl Constant {
    /// Read a constant: a literal gets its type, anything else is the compiler's to judge.
    pub(crate) fn of(expr: &Expr) -> syn::Result<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => Ok(Self::Plain(Box::new(suffixed(int)))),
            Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => decimal(number),
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr: inner, .. }) => Ok(match Self::of(inner)? {
                Self::Fixed { unscaled, scale, span } => Self::Fixed { unscaled: -unscaled, scale, span },
                Self::Plain(inner) => {
                    let mut negated = expr.clone();
                    if let Expr::Unary(unary) = &mut negated {
                        unary.expr = inner;
                    }
                    Self::Plain(Box::new(negated))
                }
            }),
            Expr::Paren(inner) => Self::of(&inner.expr),
            Expr::Group(inner) => Self::of(&inner.expr),
            other => Ok(Self::Plain(Box::new(other.clone()))),
        }
    }
}

/// `5` becomes `5i64`; what has a suffix keeps it.
fn suffixed(int: &LitInt) -> Expr {
    let lit = if int.suffix().is_empty() {
        LitInt::new(&format!("{}i64", int.base10_digits()), int.span())
    } else {
        int.clone()
    };
    Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Int(lit) })
}

/// `0.5` becomes 5 of scale 1: exact, and never a float.
fn decimal(number: &LitFloat) -> syn::Result<Constant> {
    let fixed = mimsy_schema::Fixed::parse(number.base10_digits()).filter(|_| number.suffix().is_empty());
    let Some(fixed) = fixed else {
        let message = "write a decimal as digits, a point and digits: `0.5`";
        return Err(syn::Error::new_spanned(number.to_token_stream(), message));
    };
    Ok(Constant::Fixed { unscaled: fixed.unscaled, scale: fixed.scale, span: number.span() })
}

impl Constant {
    /// The integer that it writes out, and where.
    pub(crate) fn integer(&self) -> Option<(i128, Span)> {
        let Self::Plain(expr) = self else { return None };
        let (digits, negative) = match &**expr {
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr: inner, .. }) => (&**inner, true),
            plain => (plain, false),
        };
        let Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) = digits else { return None };
        let number = int.base10_parse::<i128>().ok()?;
        Some((if negative { -number } else { number }, errors::span(expr)))
    }

    /// Where it was written.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Plain(expr) => errors::span(expr),
            Self::Fixed { span, .. } => *span,
        }
    }

    /// The constant as an expression.
    pub(crate) fn tokens(&self, rt: &Rt) -> TokenStream {
        match self {
            Self::Plain(expr) => expr.to_token_stream(),
            Self::Fixed { unscaled, scale, span } => {
                let rt = rt.at(*span);
                quote_spanned!(*span=> #rt::Fixed::new(#unscaled, #scale))
            }
        }
    }
}
