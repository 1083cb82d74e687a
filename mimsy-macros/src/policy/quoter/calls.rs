//! The methods of the subset, all about NULL.

use mimsy_schema::name;
use syn::{Expr, ExprClosure, ExprMethodCall, Pat};

use super::{Kind, Node, Scope, is_value, of};
use crate::errors::Errors;

const METHODS: [&str; 4] = ["is_none", "is_some", "is_some_and", "unwrap_or"];

/// Methods of the language that this slice does not have yet.
const LATER: [&str; 9] = ["any", "all", "none", "count", "sum", "starts_with", "ends_with", "contains", "is_empty"];

pub(super) fn method(scope: &Scope, call: &ExprMethodCall, errors: &mut Errors) -> Option<Node> {
    let method = call.method.to_string();
    if !METHODS.contains(&method.as_str()) {
        errors.at(call.method.span(), unknown(&method));
        return None;
    }
    let receiver = of(scope, &call.receiver, errors)?;
    is_value(&receiver, errors)?;
    let span = call.method.span();
    let wrong_count = call.args.len() != usize::from(matches!(method.as_str(), "is_some_and" | "unwrap_or"));
    if wrong_count {
        errors.at(span, format!("write {}", usage(&method)));
        return None;
    }
    match (method.as_str(), call.args.first()) {
        ("is_none", _) => Some(Node { kind: Kind::Op("IsNone", vec![receiver]), span }),
        ("is_some", _) => Some(Node { kind: Kind::Op("IsSome", vec![receiver]), span }),
        ("is_some_and", Some(Expr::Closure(closure))) => is_some_and(scope, receiver, closure, call, errors),
        ("unwrap_or", Some(fallback)) => {
            let fallback = of(scope, fallback, errors)?;
            is_value(&fallback, errors)?;
            Some(Node { kind: Kind::Op("UnwrapOr", vec![receiver, fallback]), span })
        }
        (_, argument) => {
            errors.on(&argument, format!("write {}", usage(&method)));
            None
        }
    }
}

fn usage(method: &str) -> &'static str {
    match method {
        "is_none" => "`.is_none()`",
        "is_some" => "`.is_some()`",
        "is_some_and" => "`.is_some_and(|x| …)`",
        _ => "`.unwrap_or(…)`",
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
    let variable = match closure.inputs.first() {
        Some(Pat::Ident(pattern)) if closure.inputs.len() == 1 && pattern.subpat.is_none() => &pattern.ident,
        _ => {
            errors.on(closure, "name what is there: `.is_some_and(|x| …)`");
            return None;
        }
    };
    let Kind::Path(root, fields) = &receiver.kind else {
        errors.on(&call.receiver, "`is_some_and` asks a field, as in `invoice.due.is_some_and(|due| …)`");
        return None;
    };
    let body = of(&scope.with(variable, *root, fields.clone()), &closure.body, errors)?;
    let span = call.method.span();
    let is_some = Node { kind: Kind::Op("IsSome", vec![receiver]), span };
    let mut parts = vec![is_some];
    match body.kind {
        Kind::Op("And", inner) => parts.extend(inner),
        kind => parts.push(Node { kind, span: body.span }),
    }
    Some(Node { kind: Kind::Op("And", parts), span })
}

fn unknown(method: &str) -> String {
    let known = "today a rule can call `is_none()`, `is_some()`, `is_some_and(|x| …)` and `unwrap_or(…)`";
    if LATER.contains(&method) {
        return format!("`{method}` is not there yet; {known}");
    }
    match method {
        "clone" | "as_ref" | "as_deref" | "as_str" | "to_string" | "to_owned" | "into" => {
            format!("a rule needs no `{method}()`: values compare as they are")
        }
        "eq" | "ne" | "lt" | "le" | "gt" | "ge" => format!("write the operator instead of `{method}()`"),
        _ => match name::nearest(method, METHODS) {
            Some(near) => format!("`{method}` has no meaning in a rule; did you mean `{near}`?"),
            None => format!("`{method}` has no meaning in a rule, which also runs as SQL; {known}"),
        },
    }
}
