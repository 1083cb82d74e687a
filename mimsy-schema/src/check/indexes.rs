//! Indexes: over columns of the entity, each of a kind that the index can hold; with conditions on the row alone.

use super::{Parts, expr};
use crate::{Code, Diagnostics, Expr, Field, Index, Kind, Node, Op, Root, Text, name};

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    for (index, fragment) in parts.fragments.iter().enumerate() {
        let entity = &fragment.entity;
        for (at, declared) in entity.indexes.iter().enumerate() {
            let names: Vec<&str> = declared.fields.iter().map(|field| field.name.as_str()).collect();
            let place = format!("{}({})", entity.name, names.join(", "));
            if names.is_empty() {
                found.add(Code::BadIndex, &place, "it names no field", "name at least one");
            }
            if entity.indexes[..at].contains(declared) {
                found.add(Code::BadIndex, &place, "the same index is there already", "take one of the two away");
            }
            for (position, name) in names.iter().enumerate() {
                match parts.field(index, name).map(|field| &parts.fields(index)[field]) {
                    None => unknown(parts.fields(index), name, &place, found),
                    Some(_) if names[..position].contains(name) => {
                        found.add(Code::BadIndex, &place, format!("it names `{name}` twice"), "name it once");
                    }
                    Some(field) => {
                        if let Err(message) = holds(declared, field) {
                            found.add(Code::BadIndex, &place, message, "name another field");
                        }
                    }
                }
            }
            if let Some(condition) = &declared.condition
                && let Err(message) = fits(parts, index, condition)
            {
                found.add(Code::BadIndex, &place, message, "").at = condition.at.clone();
            }
            let behind = entity.tenant.as_ref().filter(|tenant| declared.unique && tenant.path.len() > 1);
            if let Some(parent) =
                behind.map(|tenant| &tenant.path[0]).filter(|parent| !names.contains(&parent.as_str()))
            {
                let message = "it is unique across tenants, so a conflict tells one tenant about another";
                found.add(Code::UniqueCrossesScope, &place, message, format!("name `{parent}` in it, too"));
            }
        }
    }
}

fn unknown(fields: &[Field], name: &str, place: &str, found: &mut Diagnostics) {
    let names = || fields.iter().filter(|field| field.is_column()).map(|field| field.name.as_str());
    let help = match name::nearest(name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", name::listed(names())),
    };
    found.add(Code::UnknownField, place, format!("there is no field `{name}`"), help);
}

/// Whether an index can hold a field.
fn holds(index: &Index, field: &Field) -> Result<(), String> {
    let (name, kind) = (&field.name, field.kind);
    if !field.is_column() {
        return Err(format!("`{name}` has no column"));
    }
    if index.inverted {
        if !kind.has_entries() {
            return Err(format!("`{name}` is a {}, and nothing is inside of it", kind.name()));
        }
        if index.fields.len() > 1 || index.unique || index.fields[0].descending {
            return Err("an inverted index holds one field, in no order".to_owned());
        }
        return Ok(());
    }
    if kind.has_entries() {
        return Err(format!("`{name}` is a {}, whose values have no order", kind.name()));
    }
    if index.unique && !kind.has_equality() {
        return Err(format!("`{name}` is a {}, which has no equality, so it cannot be unique", kind.name()));
    }
    Ok(())
}

/// A condition type-checks, and asks the row alone: an index learns of no other row, and of no time that passes.
fn fits(parts: &Parts<'_>, index: usize, condition: &Expr) -> Result<(), String> {
    let scope = expr::Scope::of(parts, index, None);
    if condition.any(&mut |node| matches!(node, Node::Op(Op::Now, _))) {
        return Err("`now()` passes, and an index stays as it was written".to_owned());
    }
    let alone = |node: &Node| match node {
        Node::Path(path) => path.root == Root::Row && path.fields.len() == 1,
        Node::Many(..) | Node::Can(..) => false,
        Node::Const(_) | Node::Op(..) => true,
    };
    if condition.any(&mut |node| !alone(node)) {
        return Err("the condition of an index asks fields of its own row alone".to_owned());
    }
    let typed = expr::check(&scope, condition)?;
    // A row that is compared is its key, which may lie in other fields.
    let column = |field: &Text| parts.field(index, field).is_some_and(|field| parts.fields(index)[field].is_column());
    let stored = |node: &Node| !matches!(node, Node::Path(path) if !path.fields.iter().all(column));
    if typed.expr.any(&mut |node| !stored(node)) {
        return Err("the condition of an index asks stored fields alone".to_owned());
    }
    match typed.kind {
        Some(Kind::Bool) => Ok(()),
        _ => Err("the condition of an index answers yes or no".to_owned()),
    }
}
