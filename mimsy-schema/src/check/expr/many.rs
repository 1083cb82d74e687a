//! Questions to the rows of a to-many relation.

use super::arithmetic::{number, zero};
use super::{Checked, Scope, Typed, boolean};
use crate::expr::{Expr, Node, Path};
use crate::{Kind, List, Many, Op, Value};

/// How deep questions stand inside of each other.
const DEEPEST: usize = 4;

/// A question and its body. `all` and `none` become negations of `any`, and an `any` that is never unknown an `exists`.
pub(super) fn check(scope: &Scope<'_, '_>, expr: &Expr, many: Many, path: &Path, body: &[Expr]) -> Checked {
    let target = target(scope, path)?;
    if scope.each.len() == DEEPEST {
        return Err(format!("to-many relations stand inside of each other {DEEPEST} deep at most"));
    }
    let each = scope.each.iter().copied().chain([target]).collect();
    let inner = Scope { parts: scope.parts, row: scope.row, actor: scope.actor, each };
    let body = match (many, body) {
        (Many::Count, []) => None,
        (Many::Count, _) => return Err("`count()` takes nothing".to_owned()),
        (_, [one]) => Some(super::check(&inner, one)?),
        // The second is what an earlier check has added.
        (Many::Sum, [one, _]) => Some(super::check(&inner, one)?),
        _ => return Err("a question to rows takes one function of a row".to_owned()),
    };
    let node = |many, body: Vec<Expr>| Expr { node: Node::Many(many, path.clone(), body.into()), at: expr.at.clone() };
    match (many, body) {
        (Many::Any | Many::Exists | Many::All | Many::None, Some(body)) => {
            if !matches!(body.kind, Some(Kind::Bool) | None) {
                return Err("rows are asked a condition".to_owned());
            }
            let certain = body.certain;
            let asked = |body: Expr| {
                let many = if certain { Many::Exists } else { Many::Any };
                Typed { certain, ..condition(node(many, vec![body])) }
            };
            Ok(match many {
                Many::All => boolean(expr, Op::Not, vec![asked(negated(body.expr))]),
                Many::None => boolean(expr, Op::Not, vec![asked(body.expr)]),
                _ => asked(body.expr),
            })
        }
        (Many::Sum, Some(body)) => match body.kind {
            Some(kind @ (Kind::Int | Kind::Decimal)) => {
                let body_and_zero = vec![body.expr, zero(kind, body.scale)];
                Ok(number(node(many, body_and_zero), kind, body.scale, false))
            }
            _ => Err("`sum` adds integers or decimals".to_owned()),
        },
        (Many::Min | Many::Max, Some(body)) => match body.kind {
            Some(kind) if !kind.is_ordered() => {
                Err("`min` and `max` are asked of numbers, moments and texts".to_owned())
            }
            Some(kind) => Ok(number(node(many, vec![body.expr]), kind, body.scale, true)),
            None => Err("`min` and `max` are asked of something".to_owned()),
        },
        _ => Ok(Typed { certain: true, ..number(node(many, Vec::new()), Kind::Int, 0, false) }),
    }
}

/// `is_empty()`: of a text, of a list or of rows.
pub(super) fn is_empty(scope: &Scope<'_, '_>, expr: &Expr, operand: &Expr) -> Checked {
    if let Node::Path(path) = &operand.node
        && target(scope, path).is_ok()
    {
        let exists = check(scope, expr, Many::Any, path, &[Expr::bool(true)])?;
        return Ok(boolean(expr, Op::Not, vec![exists]));
    }
    let equal =
        |a: Expr, b: Value| Expr { node: Node::Op(Op::Eq, vec![a, Expr::constant(b)].into()), at: expr.at.clone() };
    if super::check(scope, operand)?.kind == Some(Kind::List) {
        let size = Expr { node: Node::Op(Op::Len, vec![operand.clone()].into()), at: expr.at.clone() };
        return super::check(scope, &equal(size, Value::Int(0)));
    }
    super::check(scope, &equal(operand.clone(), Value::Text(String::new())))
}

/// The entity whose rows a path leads to.
fn target(scope: &Scope<'_, '_>, path: &Path) -> Result<usize, String> {
    let (entity, field) = scope.parts.walk(scope.start(path.root)?, &path.fields)?;
    let field = &scope.parts.fields(entity)[field];
    let relation = field.relation.as_ref().filter(|_| field.kind == Kind::Rows);
    let target = relation.and_then(|relation| scope.parts.index(relation.targets.first()?));
    target.ok_or_else(|| format!("`{}` is no to-many relation", field.name))
}

fn condition(expr: Expr) -> Typed {
    let (values, key_of) = (List::EMPTY, None);
    Typed {
        expr,
        kind: Some(Kind::Bool),
        item: None,
        nullable: false,
        certain: true,
        scale: 0,
        values,
        key_of,
        constant: false,
    }
}

fn negated(expr: Expr) -> Expr {
    let at = expr.at.clone();
    Expr { node: Node::Op(Op::Not, vec![expr].into()), at }
}
