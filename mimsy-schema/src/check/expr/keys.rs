//! Rows in an expression stand for their keys. A key of several parts is compared part by part, and whether there is a
//! row at all is asked of the columns that lead to it; so no reader of expressions ever meets a row.

use super::Scope;
use crate::expr::{Expr, Node, Path};
use crate::{Kind, Op, Text};

/// The key that an expression stands for.
struct Key {
    parts: Vec<Expr>,
    /// The entity whose key it is.
    of: usize,
    /// Whether there may be none.
    optional: bool,
}

/// The same expression without rows; `None` where there is none among the operands.
pub(super) fn spelled(scope: &Scope<'_, '_>, expr: &Expr, op: Op, operands: &[Expr]) -> Result<Option<Expr>, String> {
    let at = |node: Expr| Expr { at: expr.at.clone(), ..node };
    match (op, operands) {
        (Op::IsNone, [one]) => Ok(key(scope, one)?.map(|key| at(key.absent()))),
        (Op::IsSome, [one]) => Ok(key(scope, one)?.map(|key| at(key.present()))),
        (Op::Eq | Op::Ne | Op::Same, [a, b]) => {
            let same = match (key(scope, a)?, key(scope, b)?) {
                (None, None) => return Ok(None),
                (Some(a), Some(b)) if a.of != b.of => {
                    return Err("keys of two different entities are never equal".to_owned());
                }
                (Some(a), Some(b)) => a.same(&b),
                (Some(key), None) if key.parts.len() == 1 => Expr::op(op, [key.parts[0].clone(), b.clone()]),
                (None, Some(key)) if key.parts.len() == 1 => Expr::op(op, [a.clone(), key.parts[0].clone()]),
                (Some(key), None) | (None, Some(key)) => {
                    let entity = &scope.parts.fragments[key.of].entity;
                    let names = crate::name::listed(entity.key.iter().map(Text::as_str));
                    return Err(format!("the key of `{}` is {names}, and is compared with one value", entity.name));
                }
            };
            let single = matches!(same.node, Node::Op(same, _) if same == op);
            Ok(Some(at(if op == Op::Ne && !single { Expr::op(Op::Not, [same]) } else { same })))
        }
        _ => Ok(None),
    }
}

/// The key that an operand stands for; `None` where it is a column, which needs no spelling out.
fn key(scope: &Scope<'_, '_>, operand: &Expr) -> Result<Option<Key>, String> {
    let Node::Path(path) = &operand.node else { return Ok(None) };
    let parts = scope.parts;
    let start = scope.start(path.root)?;
    let below = |before: &[Text], name: &Text| {
        let fields = before.iter().chain([name]).cloned().collect();
        Expr { node: Node::Path(Path { root: path.root, fields }), at: operand.at.clone() }
    };
    let [before @ .., _] = &path.fields[..] else {
        let names = &parts.fragments[start].entity.key;
        let spelled = || names.iter().map(|name| below(&[], name)).collect();
        return Ok((names.len() > 1).then(|| Key { parts: spelled(), of: start, optional: false }));
    };
    let (entity, field) = parts.walk(start, &path.fields)?;
    let described = &parts.fields(entity)[field];
    let Some(relation) = described.relation.as_ref().filter(|_| described.kind == Kind::Row) else { return Ok(None) };
    let of = relation.targets.first().and_then(|target| parts.index(target));
    let of = of.ok_or("the relation leads out of the schema")?;
    let spelled: Vec<Expr> = match relation.fields.is_empty() {
        false => relation.fields.iter().map(|name| below(before, name)).collect(),
        true => parts.fragments[of].entity.key.iter().map(|name| below(&path.fields, name)).collect(),
    };
    let mut optional = false;
    for upto in 1..=path.fields.len() {
        let (entity, index) = parts.walk(start, &path.fields[..upto])?;
        optional |= parts.is_optional(entity, index);
    }
    Ok(Some(Key { parts: spelled, of, optional }))
}

impl Key {
    fn each(&self, op: Op) -> impl Iterator<Item = Expr> + '_ {
        self.parts.iter().map(move |part| Expr::op(op, [part.clone()]))
    }

    fn absent(&self) -> Expr {
        Expr::op(Op::Or, self.each(Op::IsNone))
    }

    fn present(&self) -> Expr {
        Expr::op(Op::And, self.each(Op::IsSome))
    }

    fn same(&self, other: &Self) -> Expr {
        let pairs = self.parts.iter().zip(&other.parts);
        let equal = Expr::op(Op::And, pairs.map(|(a, b)| Expr::op(Op::Eq, [a.clone(), b.clone()])));
        if !(self.optional && other.optional) {
            return equal;
        }
        // Two that are not there are the same, whatever single parts hold.
        let neither = self.absent().and(other.absent());
        Expr::op(Op::Or, [neither, Expr::op(Op::And, [self.present(), other.present(), equal])])
    }
}
