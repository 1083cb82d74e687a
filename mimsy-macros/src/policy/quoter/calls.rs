//! The methods and functions of the subset: about NULL, texts, rows and time.

use mimsy_schema::name;
use proc_macro2::Span;
use syn::{Expr, ExprCall, ExprClosure, ExprMethodCall, Ident, Pat};

use super::{Kind, Node, Scope, is_value, of, outside};
use crate::constant::Constant;
use crate::errors::Errors;

/// What a method takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
    /// A function of what is there.
    There,
    /// A function of a row.
    Row,
}

/// A method: its name, what it takes, how it is written, and its variant's name in the schema.
struct Method(&'static str, Takes, &'static str, &'static str);

const METHODS: &[Method] = &[
    Method("is_none", Takes::Nothing, "`.is_none()`", "IsNone"),
    Method("is_some", Takes::Nothing, "`.is_some()`", "IsSome"),
    Method("is_some_and", Takes::There, "`.is_some_and(|x| …)`", "And"),
    Method("unwrap_or", Takes::Value, "`.unwrap_or(…)`", "UnwrapOr"),
    Method("starts_with", Takes::Value, "`.starts_with(\"…\")`", "StartsWith"),
    Method("ends_with", Takes::Value, "`.ends_with(\"…\")`", "EndsWith"),
    Method("contains", Takes::Value, "`.contains(\"…\")`", "Contains"),
    Method("is_empty", Takes::Nothing, "`.is_empty()`", "IsEmpty"),
    Method("len", Takes::Nothing, "`.len()`", "Len"),
    Method("any", Takes::Row, "`.any(|row| …)`", "Any"),
    Method("all", Takes::Row, "`.all(|row| …)`", "All"),
    Method("none", Takes::Row, "`.none(|row| …)`", "None"),
    Method("count", Takes::Nothing, "`.count()`", "Count"),
    Method("sum", Takes::Row, "`.sum(|row| row.…)`", "Sum"),
    Method("min", Takes::Row, "`.min(|row| row.…)`", "Min"),
    Method("max", Takes::Row, "`.max(|row| row.…)`", "Max"),
];

pub(super) fn method(scope: &Scope, call: &ExprMethodCall, errors: &mut Errors) -> Option<Node> {
    let (name, span) = (call.method.to_string(), call.method.span());
    let Some(Method(name, takes, usage, op)) = METHODS.iter().find(|method| method.0 == name) else {
        errors.at(span, unknown(&name));
        return None;
    };
    let receiver = of(scope, &call.receiver, errors)?;
    is_value(&receiver, errors)?;
    if call.args.len() != usize::from(*takes != Takes::Nothing) {
        errors.at(span, format!("write {usage}"));
        return None;
    }
    match (takes, call.args.first()) {
        (Takes::Nothing, _) if *name == "count" => rows(receiver, op, Vec::new(), call, errors),
        (Takes::Nothing, _) => Some(Node { kind: Kind::Op(op, vec![receiver]), span }),
        (Takes::Value, Some(argument)) => {
            let argument = of(scope, argument, errors)?;
            is_value(&argument, errors)?;
            Some(Node { kind: Kind::Op(op, vec![receiver, argument]), span })
        }
        (Takes::There, Some(Expr::Closure(closure))) => is_some_and(scope, receiver, closure, call, errors),
        (Takes::Row, Some(Expr::Closure(closure))) => {
            let row = variable(closure, usage, errors)?;
            let body = of(&scope.with_row(row), &closure.body, errors)?;
            is_value(&body, errors)?;
            rows(receiver, op, vec![body], call, errors)
        }
        (_, argument) => {
            errors.on(&argument, format!("write {usage}"));
            None
        }
    }
}

/// A question to the rows of a to-many relation.
fn rows(receiver: Node, op: &'static str, body: Vec<Node>, call: &ExprMethodCall, errors: &mut Errors) -> Option<Node> {
    let Kind::Path(root, fields) = receiver.kind else {
        errors.on(&call.receiver, format!("`{}` is asked of a to-many relation, as in `invoice.lines`", call.method));
        return None;
    };
    Some(Node { kind: Kind::Many(op, root, fields, body), span: call.method.span() })
}

/// The one variable of a closure.
fn variable<'a>(closure: &'a ExprClosure, usage: &str, errors: &mut Errors) -> Option<&'a Ident> {
    match closure.inputs.first() {
        Some(Pat::Ident(pattern)) if closure.inputs.len() == 1 && pattern.subpat.is_none() => Some(&pattern.ident),
        _ => {
            errors.on(closure, format!("name what is there: {usage}"));
            None
        }
    }
}

/// `x.is_some_and(|v| body)` is `x.is_some() && body`, where `v` stands for `x`.
fn is_some_and(
    scope: &Scope,
    receiver: Node,
    closure: &ExprClosure,
    call: &ExprMethodCall,
    errors: &mut Errors,
) -> Option<Node> {
    let variable = variable(closure, "`.is_some_and(|x| …)`", errors)?;
    let span = call.method.span();
    // What is not a field has no other name: the variable stands for the whole of it.
    let body = of(&scope.with(variable, receiver.kind.clone()), &closure.body, errors)?;
    let is_some = Node { kind: Kind::Op("IsSome", vec![receiver]), span };
    let mut parts = vec![is_some];
    match body.kind {
        Kind::Op("And", inner) => parts.extend(inner),
        kind => parts.push(Node { kind, span: body.span }),
    }
    Some(Node { kind: Kind::Op("And", parts), span })
}

/// The spans of time.
const SPANS: [&str; 5] = ["seconds", "minutes", "hours", "days", "weeks"];

/// Whether a function gives a span of time, or `now`.
pub(crate) fn function(call: &ExprCall) -> Option<&Ident> {
    let Expr::Path(path) = &*call.func else { return None };
    let name = &path.path.segments.last()?.ident;
    (SPANS.iter().any(|span| name == span) || name == "now").then_some(name)
}

/// `now()`, or `days(30)`.
pub(super) fn call(call: &ExprCall, errors: &mut Errors) -> Option<Node> {
    let Some(name) = function(call) else { return outside(&call.func, "calling a function", errors) };
    let span = name.span();
    match (name == "now", call.args.first()) {
        (true, None) => Some(Node { kind: Kind::Op("Now", Vec::new()), span }),
        (false, Some(count)) if call.args.len() == 1 => {
            let count = errors.keep(Constant::of(count))?;
            Some(Node { kind: Kind::Span(name.clone(), count), span })
        }
        _ => {
            errors.at(span, if name == "now" { "write `now()`".to_owned() } else { format!("write `{name}(30)`") });
            None
        }
    }
}

/// `a + b` and so on; a moment and a span of time make a moment.
pub(super) fn arithmetic(op: &'static str, left: Node, right: Node, span: Span, errors: &mut Errors) -> Option<Node> {
    let op = match (&left.kind, &right.kind, op) {
        (Kind::Span(..), ..) => {
            errors.at(left.span, "write the moment first: `now() - days(30)`");
            return None;
        }
        (_, Kind::Span(..), "Add") => "After",
        (_, Kind::Span(..), "Sub") => "Before",
        (_, Kind::Span(..), _) => {
            errors.at(span, "a span of time is added to a moment, or taken from it");
            return None;
        }
        (_, _, op) => op,
    };
    Some(Node { kind: Kind::Op(op, vec![left, right]), span })
}

fn unknown(method: &str) -> String {
    match method {
        "clone" | "as_ref" | "as_deref" | "as_str" | "to_string" | "to_owned" | "into" => {
            format!("a rule needs no `{method}()`: values compare as they are")
        }
        "eq" | "ne" | "lt" | "le" | "gt" | "ge" => format!("write the operator instead of `{method}()`"),
        "iter" | "into_iter" => format!("rows need no `{method}()`: `invoice.lines.any(|line| …)`"),
        _ => {
            let names = METHODS.iter().map(|one| one.0);
            let known = || name::listed(METHODS.iter().map(|one| one.0));
            match name::nearest(method, names) {
                Some(near) => format!("`{method}` has no meaning in a rule; did you mean `{near}`?"),
                None => {
                    format!("`{method}` has no meaning in a rule, which also runs as SQL; a rule can call {}", known())
                }
            }
        }
    }
}
