//! The order of a page: sort keys, ORDER BY, and the condition that starts at a row (keyset pagination).

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
    nulls_first: bool,
    /// The field, if it is the row's own.
    pub(super) own: Option<usize>,
}

impl OrderKey {
    /// The same key, read from the other end.
    pub(super) fn reverse(&mut self) {
        self.descending = !self.descending;
        self.nulls_first = !self.nulls_first;
    }
}

impl<'a> Reader<'a> {
    /// The sort keys, with the row's key at the end, in the direction of the last one.
    pub(super) fn order(&self, w: &mut Writer, model: &Model, sort: &[Sort]) -> Vec<OrderKey> {
        let descending = sort.last().is_some_and(|last| last.descending);
        let own_keys = model.key.iter().map(|key| match descending {
            true => Sort::descending(vec![*key]),
            false => Sort::ascending(vec![*key]),
        });
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
                    nulls_first: sort.nulls_first,
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

/// `ORDER BY`. Where the NULLs stand is only said where the database would put them elsewhere.
pub(super) fn order_by(w: &mut Writer, order: &[OrderKey]) {
    w.push(" ORDER BY ");
    let nulls_high = w.dialect.nulls_sort_high;
    w.list(order, ", ", |w, key| {
        w.push(&key.sql).push(if key.descending { " DESC" } else { " ASC" });
        if key.nullable && key.nulls_first != (key.descending == nulls_high) {
            w.push(if key.nulls_first { " NULLS FIRST" } else { " NULLS LAST" });
        }
    });
}

/// Whether the row of a position belongs to what comes after it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Only what stands behind it.
    Beyond,
    /// The row itself, and what stands behind it.
    From,
}

/// The rows after the one with `values`, in the order of `keys`.
pub(super) fn keyset(w: &mut Writer, keys: &[OrderKey], values: &[Value], edge: Edge) {
    let alike = keys.iter().all(|key| !key.nullable && key.descending == keys[0].descending);
    if alike {
        let operator = match (keys[0].descending, edge) {
            (true, Edge::Beyond) => " < ",
            (true, Edge::From) => " <= ",
            (false, Edge::Beyond) => " > ",
            (false, Edge::From) => " >= ",
        };
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
    // Mixed directions or NULLs: (a beyond x) OR (a = x AND b beyond y) OR …; before it, what an index can start at.
    w.push("(");
    if !keys[0].nullable {
        let operator = if keys[0].descending { " <= " } else { " >= " };
        w.push(&keys[0].sql).push(operator).bind(values[0].clone(), keys[0].kind).push(" AND ");
    }
    w.push("(FALSE");
    for last in 0..keys.len() {
        w.push(" OR (");
        equal(w, &keys[..last], values);
        beyond(w, &keys[last], &values[last]);
        w.push(")");
    }
    if edge == Edge::From {
        w.push(" OR (");
        equal(w, keys, values);
        w.push("TRUE)");
    }
    w.push("))");
}

/// `a = x AND b = y AND `, for the values of some keys.
fn equal(w: &mut Writer, keys: &[OrderKey], values: &[Value]) {
    for (key, value) in keys.iter().zip(values) {
        w.push(&key.sql);
        if value.is_null() {
            w.push(" IS NULL AND ");
        } else {
            w.push(" = ").bind(value.clone(), key.kind).push(" AND ");
        }
    }
}

/// `key` comes after `value`.
fn beyond(w: &mut Writer, key: &OrderKey, value: &Value) {
    match (value.is_null(), key.nulls_first) {
        (true, false) => {
            w.push("FALSE");
        }
        (true, true) => {
            w.push(&key.sql).push(" IS NOT NULL");
        }
        (false, nulls_first) => {
            let operator = if key.descending { " < " } else { " > " };
            w.push("(").push(&key.sql).push(operator).bind(value.clone(), key.kind);
            if key.nullable && !nulls_first {
                w.push(" OR ").push(&key.sql).push(" IS NULL");
            }
            w.push(")");
        }
    }
}
