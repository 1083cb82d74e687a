//! The checker of expressions: the kind of every node, for every front end.
//!
//! It also normalises: a constant takes the kind of what it is compared with (an integer beside a decimal becomes a
//! decimal of that scale), and `==` between two values that may both be NULL becomes [`Op::Same`].

mod arithmetic;
mod keys;
mod list;
mod many;

use super::Parts;
use crate::expr::{Expr, Leaf, Node, Path};
use crate::{Duty, Kind, List, Op, Root, Text, Value};

/// What the roots of an expression stand for.
pub(crate) struct Scope<'a, 'b> {
    pub(crate) parts: &'b Parts<'a>,
    pub(crate) row: usize,
    pub(crate) actor: Option<usize>,
    /// The entities of the rows that stand for [`Root::Each`], from the outermost one.
    pub(crate) each: Vec<usize>,
}

impl<'a, 'b> Scope<'a, 'b> {
    /// What the rules of an entity see.
    pub(crate) fn of(parts: &'b Parts<'a>, row: usize, actor: Option<usize>) -> Self {
        Self { parts, row, actor, each: Vec::new() }
    }

    /// The entity that a path starts from.
    fn start(&self, root: Root) -> Result<usize, String> {
        match root {
            Root::Actor => self.actor.ok_or_else(|| "the policy names no actor".to_owned()),
            Root::Row | Root::Old | Root::New => Ok(self.row),
            Root::Each(at) => {
                self.each.get(usize::from(at)).copied().ok_or_else(|| "a row stands outside of its relation".to_owned())
            }
        }
    }
}

/// An expression with its type.
pub(crate) struct Typed {
    pub(crate) expr: Expr,
    /// `None`: the literal NULL, of any kind.
    pub(crate) kind: Option<Kind>,
    /// Of what kind the items of a list are.
    item: Option<Kind>,
    /// Whether it is an `Option`.
    nullable: bool,
    /// Whether it is never unknown: neither NULL, nor a number that ran out of range.
    certain: bool,
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
        Node::Op(op, operands) => match keys::spelled(scope, expr, *op, operands)? {
            Some(spelled) => check(scope, &spelled),
            None => operator(scope, expr, *op, operands),
        },
        Node::Many(many, path, body) => many::check(scope, expr, *many, path, body),
        Node::Can(..) => Err("another policy is asked, and was not found".to_owned()),
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
        Value::Json(_) | Value::Merge(_) => (Some(Kind::Json), 0),
        Value::List(_) => return Err("a list is no constant of a rule".to_owned()),
        Value::Flawed(flaw) => return Err(format!("a constant {}", flaw.detail)),
    };
    let nullable = value.is_null();
    let node = Node::Const(Leaf::Owned(value));
    let expr = Expr { node, at: expr.at.clone() };
    let certain = !nullable;
    Ok(Typed { expr, kind, item: None, nullable, certain, scale, values: List::EMPTY, key_of: None, constant: true })
}

fn field(scope: &Scope<'_, '_>, expr: &Expr, path: &Path) -> Checked {
    let parts = scope.parts;
    let start = scope.start(path.root)?;
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
        // A UUID that the server makes is no other row's; a code may well be.
        None if field.duty == Duty::Key && field.kind == Kind::Uuid => Some(entity),
        None => None,
    };
    let node = Node::Path(Path { root: path.root, fields: names.into() });
    let expr = Expr { node, at: expr.at.clone() };
    Ok(Typed {
        expr,
        kind: Some(field.kind),
        item: field.item,
        nullable,
        certain: !nullable,
        scale: field.scale,
        values: field.values.clone(),
        key_of,
        constant: false,
    })
}

fn operator(scope: &Scope<'_, '_>, expr: &Expr, op: Op, operands: &[Expr]) -> Checked {
    if let (Op::IsEmpty, [operand]) = (op, operands) {
        return many::is_empty(scope, expr, operand);
    }
    let typed: Vec<Typed> = operands.iter().map(|one| check(scope, one)).collect::<Result<_, _>>()?;
    let arity = match op {
        Op::And | Op::Or => 0..=usize::MAX,
        Op::Now => 0..=0,
        Op::Not | Op::IsNone | Op::IsSome | Op::Len | Op::Size | Op::IsEmpty => 1..=1,
        Op::Eq | Op::Same | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::UnwrapOr => 2..=2,
        // The third is what an earlier check has added.
        Op::Add | Op::Sub | Op::Mul | Op::Has => 2..=3,
        Op::After | Op::Before => 2..=2,
        Op::StartsWith | Op::EndsWith | Op::Contains => 2..=2,
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
                let instead = if kind.is_ordered() { "compare it with `<` or `>=`" } else { "ask whether it is NULL" };
                return Err(format!("a {} has no equality: {instead}", kind.name()));
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
            if typed.iter().any(|one| matches!(one.kind, Some(Kind::Json | Kind::List))) {
                return Err("nothing stands in the place of a list or of JSON".to_owned());
            }
            let mut typed = unify(typed)?;
            let (fallback, value) = (typed.pop(), typed.pop());
            let (Some(fallback), Some(value)) = (fallback, value) else {
                return Err("`unwrap_or` takes a value and a fallback".to_owned());
            };
            let (nullable, certain) = (fallback.nullable, fallback.certain);
            let node = Node::Op(op, List::Owned(vec![value.expr, fallback.expr]));
            let expr = Expr { node, at: expr.at.clone() };
            Ok(Typed {
                expr,
                nullable,
                certain,
                constant: false,
                kind: value.kind,
                item: None,
                scale: value.scale,
                values: value.values,
                key_of: value.key_of,
            })
        }
        Op::Add | Op::Sub | Op::Mul => arithmetic::check(expr, op, typed),
        Op::After | Op::Before | Op::Now => arithmetic::moment(expr, op, typed),
        Op::Contains | Op::Has if typed[0].kind == Some(Kind::List) => list::contains(expr, typed),
        Op::Len | Op::Size if typed[0].kind == Some(Kind::List) => Ok(list::size(expr, typed)),
        Op::StartsWith | Op::EndsWith | Op::Contains | Op::Len | Op::Has | Op::Size | Op::IsEmpty => {
            if typed.iter().any(|one| !matches!(one.kind, Some(Kind::Text) | None)) {
                let lists = if matches!(op, Op::Contains | Op::Len | Op::Has | Op::Size) { " and lists" } else { "" };
                return Err(format!("{} is asked of texts{lists}", spelled(op)));
            }
            let mut asked = boolean(expr, op, typed);
            if op == Op::Len {
                asked.kind = Some(Kind::Int);
            }
            Ok(asked)
        }
    }
}

/// A method as it is written.
fn spelled(op: Op) -> &'static str {
    match op {
        Op::StartsWith => "`starts_with`",
        Op::EndsWith => "`ends_with`",
        Op::Contains | Op::Has => "`contains`",
        Op::Len | Op::Size => "`len`",
        _ => "`is_empty`",
    }
}

fn boolean(expr: &Expr, op: Op, operands: Vec<Typed>) -> Typed {
    let always = matches!(op, Op::IsNone | Op::IsSome | Op::Same);
    let nullable = operands.iter().any(|one| one.nullable) && !always;
    let certain = operands.iter().all(|one| one.certain) || always;
    let node = Node::Op(op, operands.into_iter().map(|one| one.expr).collect());
    let expr = Expr { node, at: expr.at.clone() };
    let (values, key_of) = (List::EMPTY, None);
    Typed { expr, kind: Some(Kind::Bool), item: None, nullable, certain, scale: 0, values, key_of, constant: false }
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
