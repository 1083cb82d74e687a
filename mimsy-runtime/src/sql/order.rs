//! The order of a page: sort keys, ORDER BY, and the condition that starts after a row (keyset pagination).

use mimsy_schema::{Field, Kind, Model, Value};

use super::select::{ROW, Reader};
use super::writer::Writer;
use crate::query::Sort;

/// A sort key as it stands in ORDER BY and in the keyset condition.
pub(super) struct OrderKey {
    pub(super) sql: String,
    pub(super) kind: Kind,
    pub(super) scale: u8,
    nullable: bool,
    descending: bool,
    /// The field, if it is the row's own.
    pub(super) own: Option<usize>,
}

impl<'a> Reader<'a> {
    /// The sort keys, with the row's key at the end, in the direction of the last one.
    pub(super) fn order(&self, w: &mut Writer, model: &Model, sort: &[Sort]) -> Vec<OrderKey> {
        let own_keys = model
            .key
            .iter()
            .map(|key| Sort { path: vec![*key], descending: sort.last().is_some_and(|last| last.descending) });
        let sorts: Vec<Sort> =
            sort.iter().cloned().chain(own_keys.filter(|key| !sort.iter().any(|one| one.path == key.path))).collect();
        sorts
            .iter()
            .map(|sort| {
                let kept = std::mem::take(&mut w.text);
                w.sort_key(sort, model, ROW, self);
                let sql = std::mem::replace(&mut w.text, kept);
                let (field, direct) = self.field(model, &sort.path);
                OrderKey {
                    sql,
                    kind: field.kind,
                    scale: field.scale,
                    nullable: field.nullable || !direct,
                    descending: sort.descending,
                    own: direct.then(|| sort.path[0]),
                }
            })
            .collect()
    }

    /// The field at the end of a path, and whether it is the row's own.
    fn field(&self, model: &'a Model, path: &[usize]) -> (&'a Field, bool) {
        let mut at = model;
        for hop in &path[..path.len() - 1] {
            if let Some(link) = at.link(*hop) {
                at = self.schema.model(link.target);
            }
        }
        (&at.fields()[path[path.len() - 1]], path.len() == 1)
    }
}

/// `ORDER BY`, with NULL as the largest value.
pub(super) fn order_by(w: &mut Writer, order: &[OrderKey]) {
    w.push(" ORDER BY ");
    let nulls_high = w.dialect.nulls_sort_high;
    w.list(order, ", ", |w, key| {
        w.push(&key.sql).push(if key.descending { " DESC" } else { " ASC" });
        if key.nullable && !nulls_high {
            w.push(if key.descending { " NULLS FIRST" } else { " NULLS LAST" });
        }
    });
}

/// The rows after `values` in the order of `keys`.
pub(super) fn keyset(w: &mut Writer, keys: &[OrderKey], values: &[Value]) {
    let alike = keys.iter().all(|key| !key.nullable && key.descending == keys[0].descending);
    if alike {
        let operator = if keys[0].descending { " < " } else { " > " };
        w.push("(");
        w.list(keys, ", ", |w, key| {
            w.push(&key.sql);
        });
        w.push(")").push(operator).push("(");
        w.list(keys.iter().zip(values), ", ", |w, (key, value)| {
            w.bind(value.clone(), key.kind);
        });
        w.push(")");
        return;
    }
    // Mixed directions or NULLs: (a beyond x) OR (a = x AND b beyond y) OR …
    w.push("(FALSE");
    for last in 0..keys.len() {
        w.push(" OR (");
        for (key, value) in keys[..last].iter().zip(values) {
            w.push(&key.sql);
            if value.is_null() {
                w.push(" IS NULL");
            } else {
                w.push(" = ").bind(value.clone(), key.kind);
            }
            w.push(" AND ");
        }
        beyond(w, &keys[last], &values[last]);
        w.push(")");
    }
    w.push(")");
}

/// `key` comes after `value`; NULL is the largest.
fn beyond(w: &mut Writer, key: &OrderKey, value: &Value) {
    match (value.is_null(), key.descending) {
        (true, false) => {
            w.push("FALSE");
        }
        (true, true) => {
            w.push(&key.sql).push(" IS NOT NULL");
        }
        (false, true) => {
            w.push(&key.sql).push(" < ").bind(value.clone(), key.kind);
        }
        (false, false) => {
            w.push("(").push(&key.sql).push(" > ").bind(value.clone(), key.kind);
            if key.nullable {
                w.push(" OR ").push(&key.sql).push(" IS NULL");
            }
            w.push(")");
        }
    }
}
