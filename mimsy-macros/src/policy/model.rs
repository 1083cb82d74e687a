//! A policy as it was declared: rules with their bodies as expressions.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, Pat, Path, ReturnType, Stmt, Type};

use super::parse::{self, Effect, Parsed, Shorthand, Target};
use super::quoter::{self, Node, Scope};
use crate::attr;
use crate::errors::Errors;
use crate::path::Rt;

/// A policy.
pub(super) struct Policy {
    pub(super) rt: Rt,
    pub(super) actor: Option<Path>,
    pub(super) sound: bool,
    pub(super) shorthands: Vec<Shorthand>,
    pub(super) on: On,
}

/// What it stands on.
pub(super) enum On {
    Struct(Ident),
    Impl(Box<Block>),
}

/// An `impl` block with rules.
pub(super) struct Block {
    /// The block without its rules: constants, and what is not ours to judge.
    pub(super) item: ItemImpl,
    pub(super) rules: Vec<Rule>,
}

/// A rule: a function.
pub(super) struct Rule {
    /// The function as it was written, without the attribute that makes it a rule.
    pub(super) function: ImplItemFn,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) effect: Effect,
    pub(super) verbs: Vec<String>,
    pub(super) params: Vec<Param>,
    /// The one expression; `None` after a mistake.
    pub(super) body: Option<Body>,
    pub(super) span: Span,
}

/// A body, twice.
pub(super) struct Body {
    pub(super) written: Expr,
    pub(super) quoted: Node,
}

/// A parameter of a rule.
pub(super) struct Param {
    pub(super) ident: Ident,
    /// The type behind the `&`.
    pub(super) ty: Type,
}

impl Policy {
    pub(super) fn new(parsed: Parsed, errors: &mut Errors) -> Option<Self> {
        let Parsed { rt, actor, sound, shorthands, target } = parsed;
        let on = match target? {
            Target::Struct(ident) => On::Struct(ident),
            Target::Impl(item) => On::Impl(Box::new(Block::new(*item, errors))),
        };
        Some(Self { rt, actor, sound, shorthands, on })
    }

    /// The rules of an `impl`.
    pub(super) fn rules(&self) -> &[Rule] {
        match &self.on {
            On::Struct(_) => &[],
            On::Impl(block) => &block.rules,
        }
    }
}

impl Block {
    fn new(mut item: ItemImpl, errors: &mut Errors) -> Self {
        let mut rules = Vec::new();
        let mut rest = Vec::new();
        for member in std::mem::take(&mut item.items) {
            match member {
                ImplItem::Fn(function) => rules.extend(Rule::new(function, errors)),
                constant @ ImplItem::Const(_) => rest.push(constant),
                other => {
                    errors.on(&other, "a `#[policy]` block holds rules and constants: move this to another `impl`")
                }
            }
        }
        item.items = rest;
        Self { item, rules }
    }
}

impl Rule {
    fn new(mut function: ImplItemFn, errors: &mut Errors) -> Option<Self> {
        let span = function.sig.ident.span();
        let (said, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut function.attrs).into_iter().partition(|attr| Effect::of(attr).is_some());
        function.attrs = rest;
        let Some(first) = said.first() else {
            let message = format!(
                "`{0}` says nothing: put `#[can(…)]`, `#[cannot(…)]` or `#[must]` on it, or move it to an `impl` without `#[policy]`",
                function.sig.ident
            );
            errors.at(span, message);
            return None;
        };
        if let Some(second) = said.get(1) {
            errors.on(second, "a rule does one thing: write a second function for this");
        }
        let effect = Effect::of(first)?;
        let verbs = parse::verbs(effect, first, errors);
        let before = errors.len();
        let params = params(&function, errors);
        let written = if errors.len() == before { body(&function, errors) } else { None };
        let quoted = written.as_ref().and_then(|written| quoter::quote(&Scope::new(&params), written, errors));
        let body = written.zip(quoted).map(|(written, quoted)| Body { written, quoted });
        Some(Self {
            cfgs: attr::cfgs(&function.attrs),
            name: function.sig.ident.unraw().to_string(),
            doc: attr::doc(&function.attrs),
            effect,
            verbs,
            params,
            body,
            span,
            function,
        })
    }
}

const PARAMS: &str = "a rule takes the row, `(invoice: &Invoice)`; or the actor and the row, `(user: &User, invoice: &Invoice)`; \
                      or, for `update`, the actor, the old row and the new one";

fn params(function: &ImplItemFn, errors: &mut Errors) -> Vec<Param> {
    let sig = &function.sig;
    if let Some(token) = &sig.asyncness {
        errors.on(token, "a rule is an expression over the row, so it cannot wait for anything: take `async` away");
    }
    if !sig.generics.params.is_empty() {
        errors.on(&sig.generics, "a rule has no type parameters and no lifetimes");
    }
    if !matches!(&sig.output, ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path) if path.path.is_ident("bool")))
    {
        errors.at(sig.ident.span(), "a rule answers yes or no: let it return `bool`");
    }
    if sig.inputs.is_empty() || sig.inputs.len() > 3 {
        errors.at(sig.ident.span(), PARAMS);
    }
    sig.inputs.iter().filter_map(|input| param(input, errors)).collect()
}

fn param(input: &FnArg, errors: &mut Errors) -> Option<Param> {
    let FnArg::Typed(input) = input else {
        errors.on(input, format!("a rule has no `self`: {PARAMS}"));
        return None;
    };
    let Pat::Ident(pattern) = &*input.pat else {
        let wild = matches!(&*input.pat, Pat::Wild(_));
        let message =
            if wild { "give it a name; one that starts with `_` may stay unused" } else { "give it a plain name" };
        errors.on(&input.pat, message);
        return None;
    };
    match &*input.ty {
        Type::Reference(reference) if reference.mutability.is_none() => {
            Some(Param { ident: pattern.ident.clone(), ty: (*reference.elem).clone() })
        }
        other => {
            errors.on(other, "a rule borrows what it judges: write `&` before the type");
            None
        }
    }
}

/// The one expression of the body.
fn body(function: &ImplItemFn, errors: &mut Errors) -> Option<Expr> {
    match function.block.stmts.as_slice() {
        [Stmt::Expr(expr, None)] => Some(expr.clone()),
        [] => {
            errors.at(function.sig.ident.span(), "a rule is one expression: say when it holds");
            None
        }
        [first, ..] => {
            let message = match first {
                Stmt::Local(_) => "a rule is one expression: write the value where it is used, without `let`",
                _ => "a rule is one expression, without `;`: join conditions by `&&` and `||`",
            };
            errors.on(first, message);
            None
        }
    }
}
