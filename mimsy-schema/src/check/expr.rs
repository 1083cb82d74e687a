//! The checker of expressions: the kind of every node, for every front end.
//!
//! It also normalises: a constant takes the kind of what it is compared with (an integer beside a decimal becomes a
//! decimal of that scale), and `==` between two values that may both be NULL becomes [`Op::Same`].

use super::Parts;
use crate::expr::{Expr, Leaf, Node, Path};
use crate::{Kind, List, Op, Root, Text, Value};

/// What the roots of an expression stand for.
pub(crate) struct Scope<'a, 'b> {
    pub(crate) parts: &'b Parts<'a>,
    pub(crate) row: usize,
    pub(crate) actor: Option<usize>,
}

/// An expression with its type.
pub(crate) struct Typed {
    pub(crate) expr: Expr,
    /// `None`: the literal NULL, of any kind.
    pub(crate) kind: Option<Kind>,
    nullable: bool,
    scale: u8,
    values: List<Text>,
    /// The entity whose key it is.
    key_of: Option<usize>,
    constant: bool,
}

type Checked = Result<Typed, String>;

pub(crate) fn check(scope: &Scope<'_, '_>, expr: &Expr) -> Checked {
    match &expr.node {
        Node::Const(leaf) => constant(expr, leaf),
        Node::Path(path) => field(scope, expr, path),
        Node::Op(op, operands) => operator(scope, expr, *op, operands),
    }
}

fn constant(expr: &Expr, leaf: &Leaf) -> Checked {
    let value = leaf.value();
    let (kind, scale) = match &value {
        Value::Null => (None, 0),
        Value::Bool(_) => (Some(Kind::Bool), 0),
        Value::Int(_) => (Some(Kind::Int), 0),
        Value::Text(_) => (Some(Kind::Text), 0),
        Value::Decimal(number) => (Some(Kind::Decimal), number.scale),
        Value::Timestamp(_) => (Some(Kind::Timestamp), 0),
        Value::Uuid(_) => (Some(Kind::Uuid), 0),
        Value::Float(_) => (Some(Kind::Float), 0),
        Value::Bytes(_) => (Some(Kind::Bytes), 0),
        Value::Date(_) => (Some(Kind::Date), 0),
        Value::Time(_) => (Some(Kind::Time), 0),
        Value::Flawed(flaw) => return Err(format!("a constant {}", flaw.detail)),
    };
    let nullable = value.is_null();
    let node = Node::Const(Leaf::Owned(value));
    let expr = Expr { node, at: expr.at.clone() };
    Ok(Typed { expr, kind, nullable, scale, values: List::EMPTY, key_of: None, constant: true })
}

fn field(scope: &Scope<'_, '_>, expr: &Expr, path: &Path) -> Checked {
    let parts = scope.parts;
    let start = match path.root {
        Root::Actor => scope.actor.ok_or("the policy names no actor")?,
        Root::Row | Root::Old | Root::New => scope.row,
    };
    // A root alone is its key.
    let key = &parts.fragments[start].entity.key;
    let names: Vec<Text> = if path.fields.is_empty() {
        key.iter().take(1).cloned().collect()
    } else {
        path.fields.iter().cloned().collect()
    };
    let (entity, index) = parts.walk(start, &names)?;
    let mut nullable = false;
    for upto in 1..=names.len() {
        let (entity, index) = parts.walk(start, &names[..upto])?;
        nullable |= parts.is_optional(entity, index);
    }
    let field = &parts.fields(entity)[index];
    match field.kind {
        Kind::Rows => return Err(format!("`{}` is many rows, and a rule compares single values", field.name)),
        Kind::Row => return Err(format!("`{}` is a row, and a rule compares single values", field.name)),
        _ => {}
    }
    let key_of = match &field.relation {
        Some(relation) => relation.targets.first().and_then(|target| parts.index(target)),
        None if parts.fragments[entity].entity.key.contains(&field.name) => Some(entity),
        None => None,
    };
    let node = Node::Path(Path { root: path.root, fields: names.into() });
    let expr = Expr { node, at: expr.at.clone() };
    Ok(Typed {
        expr,
        kind: Some(field.kind),
        nullable,
        scale: field.scale,
        values: field.values.clone(),
        key_of,
        constant: false,
    })
}

fn operator(scope: &Scope<'_, '_>, expr: &Expr, op: Op, operands: &[Expr]) -> Checked {
    let typed: Vec<Typed> = operands.iter().map(|one| check(scope, one)).collect::<Result<_, _>>()?;
    let arity = match op {
        Op::And | Op::Or => 0..=usize::MAX,
        Op::Not | Op::IsNone | Op::IsSome => 1..=1,
        Op::Eq | Op::Same | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::UnwrapOr => 2..=2,
        Op::In => 1..=usize::MAX,
    };
    if !arity.contains(&typed.len()) {
        return Err(format!("{op:?} does not take {} operands", typed.len()));
    }
    match op {
        Op::And | Op::Or | Op::Not => {
            if typed.iter().any(|one| !matches!(one.kind, Some(Kind::Bool) | None)) {
                return Err("`&&`, `||` and `!` join conditions".to_owned());
            }
            Ok(boolean(expr, op, typed))
        }
        Op::IsNone | Op::IsSome => Ok(boolean(expr, op, typed)),
        Op::Eq | Op::Same | Op::Ne | Op::In => {
            let typed = unify(typed)?;
            if let Some(kind) = typed.iter().filter_map(|one| one.kind).find(|kind| !kind.has_equality()) {
                return Err(format!("a {} has no equality: compare it with `<` or `>=`", kind.name()));
            }
            if op == Op::In || !typed.iter().all(|one| one.nullable) {
                return Ok(boolean(expr, op, typed));
            }
            let same = boolean(expr, Op::Same, typed);
            Ok(if op == Op::Ne { boolean(expr, Op::Not, vec![same]) } else { same })
        }
        Op::Lt | Op::Le | Op::Gt | Op::Ge => {
            let typed = unify(typed)?;
            if typed.iter().filter_map(|one| one.kind).any(|kind| !kind.is_ordered()) {
                return Err("only numbers, moments, days, times and texts have an order".to_owned());
            }
            Ok(boolean(expr, op, typed))
        }
        Op::UnwrapOr => {
            let mut typed = unify(typed)?;
            let (fallback, value) = (typed.pop(), typed.pop());
            let (Some(fallback), Some(value)) = (fallback, value) else {
                return Err("`unwrap_or` takes a value and a fallback".to_owned());
            };
            let nullable = fallback.nullable;
            let node = Node::Op(op, List::Owned(vec![value.expr, fallback.expr]));
            let expr = Expr { node, at: expr.at.clone() };
            Ok(Typed {
                expr,
                nullable,
                constant: false,
                kind: value.kind,
                scale: value.scale,
                values: value.values,
                key_of: value.key_of,
            })
        }
    }
}

fn boolean(expr: &Expr, op: Op, operands: Vec<Typed>) -> Typed {
    let nullable = operands.iter().any(|one| one.nullable) && !matches!(op, Op::IsNone | Op::IsSome | Op::Same);
    let node = Node::Op(op, operands.into_iter().map(|one| one.expr).collect());
    let expr = Expr { node, at: expr.at.clone() };
    Typed { expr, kind: Some(Kind::Bool), nullable, scale: 0, values: List::EMPTY, key_of: None, constant: false }
}

/// Give operands that are compared one kind, or say why they have none.
fn unify(mut operands: Vec<Typed>) -> Result<Vec<Typed>, String> {
    let Some(lead) = operands.iter().position(|one| !one.constant).or(operands.first().map(|_| 0)) else {
        return Ok(operands);
    };
    let (kind, scale, values, key_of) =
        (operands[lead].kind, operands[lead].scale, operands[lead].values.clone(), operands[lead].key_of);
    for one in &mut operands {
        match (kind, one.kind) {
            (None, _) | (_, None) => {}
            (Some(Kind::Decimal), Some(Kind::Int | Kind::Decimal)) if one.constant => {
                one.expr = rescaled(&one.expr, scale)?;
                (one.kind, one.scale) = (Some(Kind::Decimal), scale);
            }
            (Some(Kind::Float), Some(Kind::Int | Kind::Decimal)) if one.constant => {
                one.expr = floating(&one.expr)?;
                (one.kind, one.scale) = (Some(Kind::Float), 0);
            }
            (Some(Kind::Enum), Some(Kind::Text)) if one.constant => {
                let Node::Const(leaf) = &one.expr.node else { continue };
                let known =
                    matches!(leaf.value(), Value::Text(name) if values.iter().any(|value| value == name.as_str()));
                if !known {
                    return Err(format!("{:?} is no value of the enum", leaf.value()));
                }
                one.kind = Some(Kind::Enum);
            }
            (Some(a), Some(b)) if a != b => return Err(format!("{} is compared with {}", a.name(), b.name())),
            _ => {}
        }
        if one.kind == Some(Kind::Decimal) && one.scale != scale {
            return Err(format!("a decimal of scale {scale} is compared with one of scale {}", one.scale));
        }
        if one.kind == Some(Kind::Enum) && !one.constant && one.values != values {
            return Err("two different enums are compared".to_owned());
        }
        if let (Some(a), Some(b)) = (key_of, one.key_of)
            && a != b
        {
            return Err("keys of two different entities are never equal".to_owned());
        }
    }
    Ok(operands)
}

/// A constant beside a float is one, too: the nearest to what was written.
fn floating(expr: &Expr) -> Result<Expr, String> {
    let Node::Const(leaf) = &expr.node else { return Ok(expr.clone()) };
    let value = leaf.value();
    let number = value.as_float().ok_or_else(|| format!("{value:?} is no number"))?;
    Ok(Expr { node: Node::Const(Leaf::Owned(Value::Float(number))), at: expr.at.clone() })
}

fn rescaled(expr: &Expr, scale: u8) -> Result<Expr, String> {
    let Node::Const(leaf) = &expr.node else { return Ok(expr.clone()) };
    let number = match leaf.value() {
        Value::Int(int) => crate::Fixed::new(i128::from(int), 0),
        Value::Decimal(number) => number,
        other => return Err(format!("{other:?} is no decimal")),
    };
    let fitted = number.rescale(scale).filter(|number| number.fits());
    let fitted =
        fitted.ok_or_else(|| format!("{number} does not fit a decimal with {scale} digits behind the point"))?;
    Ok(Expr { node: Node::Const(Leaf::Owned(Value::Decimal(fitted))), at: expr.at.clone() })
}
