//! From the body of a rule to an expression: the quotable subset of Rust.
//!
//! What is outside of it is a mistake at that token, which names what works. What is inside it and does not type-check
//! is rustc's to tell, over the copy that [`checked`](super::checked) makes of the same body.

mod calls;
mod delegation;
mod patterns;

pub(crate) use calls::function;
pub(super) use delegation::Can;
pub(super) use patterns::Matches;

use mimsy_schema::name;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprBinary, ExprField, ExprPath, ExprUnary, Ident, Lit, Member, Stmt, UnOp};

use super::model::Param;
use crate::constant::Constant;
use crate::errors::{self, Errors};

/// An expression of a rule, with its place.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

/// What it is.
#[derive(Clone)]
pub(crate) enum Kind {
    Const(Constant),
    Path(Root, Vec<String>),
    /// An operator, by its variant's name in the schema.
    Op(&'static str, Vec<Node>),
    /// A question to the rows of a to-many relation, by its variant's name in the schema, and its body.
    Many(&'static str, Root, Vec<String>, Vec<Node>),
    /// A span of time: the function that gives it, and what it is given.
    Span(Ident, Constant),
    /// Another policy's decision on the row of a path, for a verb.
    Can(Root, Vec<String>, String),
}

/// What a path starts from, as the variant's name in the schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Actor,
    Row,
    Old,
    New,
    /// A row of a to-many relation; 0 is that of the outermost one.
    Each(u8),
}

/// What names stand for: parameters, and the variables of closures around.
#[derive(Clone)]
pub(crate) struct Scope {
    names: Vec<(Ident, Kind)>,
    /// How many rows of to-many relations are around.
    depth: u8,
}

impl Scope {
    pub(super) fn new(params: &[Param]) -> Self {
        let roots: &[Root] = match params.len() {
            1 => &[Root::Row],
            2 => &[Root::Actor, Root::Row],
            _ => &[Root::Actor, Root::Old, Root::New],
        };
        let names = params.iter().zip(roots).map(|(param, root)| (param.ident.clone(), Kind::Path(*root, Vec::new())));
        Self { names: names.collect(), depth: 0 }
    }

    /// What `expr!` sees: a row.
    pub(crate) fn row(name: &Ident) -> Self {
        Self { names: vec![(name.clone(), Kind::Path(Root::Row, Vec::new()))], depth: 0 }
    }

    /// With one more name, and what it stands for.
    fn with(&self, name: &Ident, kind: Kind) -> Self {
        let mut scope = self.clone();
        scope.names.push((name.clone(), kind));
        scope
    }

    /// With a name for a row of a to-many relation.
    fn with_row(&self, name: &Ident) -> Self {
        let mut scope = self.with(name, Kind::Path(Root::Each(self.depth), Vec::new()));
        scope.depth += 1;
        scope
    }

    fn find(&self, name: &Ident) -> Option<&Kind> {
        // The inner name hides the outer one.
        self.names.iter().rev().find(|(known, _)| known == name).map(|(_, kind)| kind)
    }

    fn names(&self) -> Vec<String> {
        self.names.iter().map(|(name, _)| name.to_string()).collect()
    }
}

/// What to say of an expression that has no meaning in a rule.
const SUBSET: &str = "a rule can use fields (`invoice.org.name`), `== != < <= > >=`, `&& || !`, `+ - *`, constants, \
                      `matches!(field, A | B)`, `is_none()`, `is_some_and(|x| …)`, `starts_with(…)`, \
                      `lines.any(|line| …)`, `now()` and `can!(invoice.customer, read)`";

/// Quote a body; `None` if there was a mistake.
pub(super) fn quote(scope: &Scope, body: &Expr, errors: &mut Errors) -> Option<Node> {
    let node = of(scope, body, errors)?;
    if let Kind::Path(_, fields) = &node.kind
        && fields.is_empty()
    {
        errors.at(node.span, "a rule answers yes or no, and this is a whole row: compare one of its fields");
        return None;
    }
    Some(node)
}

/// Quote an expression, whatever it gives.
pub(crate) fn of(scope: &Scope, expr: &Expr, errors: &mut Errors) -> Option<Node> {
    let span = errors::span(expr);
    let node = |kind| Some(Node { kind, span });
    match expr {
        Expr::Paren(inner) => of(scope, &inner.expr, errors),
        Expr::Group(inner) => of(scope, &inner.expr, errors),
        Expr::Block(block) if block.label.is_none() => match block.block.stmts.as_slice() {
            [Stmt::Expr(inner, None)] => of(scope, inner, errors),
            _ => outside(expr, "a block with statements", errors),
        },
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(_) | Lit::Float(_) | Lit::Bool(_) | Lit::Str(_) | Lit::ByteStr(_) => {
                node(Kind::Const(errors.keep(Constant::of(expr))?))
            }
            _ => outside(expr, "a literal of this kind", errors),
        },
        Expr::Path(path) => name(scope, path, errors),
        Expr::Field(field) => place(scope, field, errors),
        Expr::Unary(unary) => match &unary.op {
            UnOp::Not(_) => {
                let inner = of(scope, &unary.expr, errors)?;
                node(Kind::Op("Not", vec![inner]))
            }
            UnOp::Neg(_) if matches!(&*unary.expr, Expr::Lit(_)) => node(Kind::Const(errors.keep(Constant::of(expr))?)),
            UnOp::Neg(_) => outside(expr, "a minus before something (write `0 - …`)", errors),
            _ => outside(expr, "`*`", errors),
        },
        Expr::Binary(binary) => operator(scope, expr, binary, errors),
        Expr::MethodCall(call) => calls::method(scope, call, errors),
        Expr::Macro(mac) if mac.mac.path.is_ident("__captured") => {
            node(Kind::Const(Constant::Plain(Box::new(errors.keep(mac.mac.parse_body())?))))
        }
        Expr::Macro(mac) if mac.mac.path.is_ident("matches") => patterns::matches(scope, expr, &mac.mac, errors),
        Expr::Reference(_) => outside(expr, "`&` (comparisons need none)", errors),
        Expr::Call(call) if calls::function(call).is_some() => calls::call(call, errors),
        Expr::Call(call) if is_constant(expr) => node(Kind::Const(Constant::Plain(Box::new(Expr::Call(call.clone()))))),
        Expr::Call(call) => outside(&call.func, "calling a function", errors),
        Expr::Macro(mac) if mac.mac.path.is_ident("can") => delegation::can(scope, expr, &mac.mac, errors),
        Expr::If(_) => outside(expr, "`if`", errors),
        Expr::Match(_) => outside(expr, "`match` (but for `matches!`)", errors),
        Expr::Return(_) => outside(expr, "`return`", errors),
        Expr::Macro(mac) => outside(&mac.mac.path, "a macro", errors),
        Expr::Cast(_) => outside(expr, "`as`", errors),
        _ => outside(expr, "this", errors),
    }
}

/// Whether an expression says nothing of a row: a literal, a constant, or a constant that a type's own function makes of
/// those, such as `Date::new(2026, 1, 31)`. Whether the function is `const` is rustc's to tell.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr: inner, .. }) => matches!(&**inner, Expr::Lit(_)),
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident.unraw().to_string().starts_with(|first: char| first.is_uppercase())),
        Expr::Call(call) => {
            let of_a_type = matches!(&*call.func, Expr::Path(path) if path.path.segments.len() > 1);
            of_a_type && call.args.iter().all(is_constant)
        }
        _ => false,
    }
}

fn outside(tokens: &(impl quote::ToTokens + ?Sized), what: &str, errors: &mut Errors) -> Option<Node> {
    errors.on(&tokens.to_token_stream(), format!("{what} has no meaning in a rule, which also runs as SQL; {SUBSET}"));
    None
}

fn name(scope: &Scope, path: &ExprPath, errors: &mut Errors) -> Option<Node> {
    let span = errors::span(path);
    if let Some(ident) = path.path.get_ident() {
        if let Some(kind) = scope.find(ident) {
            return Some(Node { kind: kind.clone(), span });
        }
        // A constant is written in capitals, a variant begins with one; anything else is a name that nobody declared.
        if ident.unraw().to_string().starts_with(|first: char| first.is_lowercase() || first == '_') {
            errors.at(ident.span(), stranger(scope, ident));
            return None;
        }
    }
    Some(Node { kind: Kind::Const(Constant::Plain(Box::new(Expr::Path(path.clone())))), span })
}

fn stranger(scope: &Scope, ident: &Ident) -> String {
    let names = scope.names();
    let hint = match name::nearest(&ident.to_string(), names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", name::listed(names.iter().map(String::as_str))),
    };
    format!("the rule has no parameter `{ident}`; {hint}")
}

/// `invoice.org.name`.
fn place(scope: &Scope, field: &ExprField, errors: &mut Errors) -> Option<Node> {
    let base = of(scope, &field.base, errors)?;
    let Member::Named(member) = &field.member else { return outside(&field.member, "a tuple's field", errors) };
    match base.kind {
        Kind::Path(root, mut fields) => {
            fields.push(member.unraw().to_string());
            Some(Node { kind: Kind::Path(root, fields), span: member.span() })
        }
        _ => outside(&field.base, "a field of this", errors),
    }
}

fn operator(scope: &Scope, expr: &Expr, binary: &ExprBinary, errors: &mut Errors) -> Option<Node> {
    let (op, compares) = match &binary.op {
        BinOp::And(_) => ("And", false),
        BinOp::Or(_) => ("Or", false),
        BinOp::Eq(_) => ("Eq", true),
        BinOp::Ne(_) => ("Ne", true),
        BinOp::Lt(_) => ("Lt", true),
        BinOp::Le(_) => ("Le", true),
        BinOp::Gt(_) => ("Gt", true),
        BinOp::Ge(_) => ("Ge", true),
        BinOp::Add(_) => ("Add", true),
        BinOp::Sub(_) => ("Sub", true),
        BinOp::Mul(_) => ("Mul", true),
        BinOp::Div(_) | BinOp::Rem(_) => return outside(&binary.op, "division", errors),
        other => return outside(other, "this operator", errors),
    };
    let (left, right) = (of(scope, &binary.left, errors), of(scope, &binary.right, errors));
    let operands = [left?, right?];
    if compares {
        for operand in &operands {
            is_value(operand, errors)?;
        }
    }
    if matches!(op, "Add" | "Sub" | "Mul") {
        let [left, right] = operands;
        return calls::arithmetic(op, left, right, binary.op.span(), errors);
    }
    // `a && b && c` is one list.
    let mut flat = Vec::new();
    for operand in operands {
        match operand.kind {
            Kind::Op(inner, parts) if inner == op && !compares => flat.extend(parts),
            kind => flat.push(Node { kind, span: operand.span }),
        }
    }
    Some(Node { kind: Kind::Op(op, flat), span: binary.op.span().located_at(errors::span(expr)) })
}

/// A row is no value: what is compared is its key.
fn is_value(node: &Node, errors: &mut Errors) -> Option<()> {
    match &node.kind {
        Kind::Path(_, fields) if fields.is_empty() => {
            errors.at(node.span, "this is a whole row: compare its key, as in `user.id`, or one of its fields");
            None
        }
        _ => Some(()),
    }
}
