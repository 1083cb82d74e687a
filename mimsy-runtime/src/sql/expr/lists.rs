//! Lists, which are arrays of JSON: an item is looked for as JSON writes it.

use mimsy_schema::document::token;
use mimsy_schema::{Document, Expr, Kind, Node, Op, Value};

use super::Scope;
use super::arithmetic::constant;
use crate::sql::dialect::Arrays;
use crate::sql::writer::Writer;

impl Writer {
    pub(super) fn list_operator(&mut self, op: Op, operands: &[Expr], scope: &Scope<'_>) -> &mut Self {
        match (op, operands) {
            (Op::Size, [list]) => {
                let length = self.dialect.arrays.length();
                self.push(length).push("(").expr(list, scope).push(")")
            }
            (Op::Has, [list, item, sample]) => match &item.node {
                Node::Const(leaf) if leaf.value().is_null() => self.push("NULL"),
                Node::Const(leaf) => self.has(&leaf.value(), |w| {
                    w.expr(list, scope);
                }),
                _ => self.has_what(list, item, &constant(sample), scope),
            },
            _ => self.push("NULL"),
        }
    }

    /// Whether a list holds a constant. Where the database can, an index over the list serves it.
    pub(in crate::sql) fn has(&mut self, item: &Value, list: impl FnOnce(&mut Self)) -> &mut Self {
        match self.dialect.arrays {
            Arrays::Contain => {
                self.push("(");
                list(self);
                let array = Document::array(std::slice::from_ref(item));
                self.push(" @> ").bind(Value::Json(array), Kind::Json).push(")")
            }
            Arrays::Unfold => {
                let (list_of, each) = (self.alias(), self.alias());
                self.push("(SELECT CASE WHEN v IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each(v) ").push(&each);
                self.push(" WHERE ").push(&each).push(".value = ");
                let (value, kind) = as_unfolded(item);
                self.bind(value, kind).push(") END FROM (SELECT ");
                list(self);
                self.push(" AS v) ").push(&list_of).push(")")
            }
        }
    }

    /// The same for an item that the database has to look at.
    fn has_what(&mut self, list: &Expr, item: &Expr, sample: &Value, scope: &Scope<'_>) -> &mut Self {
        match self.dialect.arrays {
            Arrays::Contain => {
                let (before, after) = as_json(sample);
                self.push("(").expr(list, scope).push(" @> to_jsonb(").push(&before).push("(");
                self.expr(item, scope).push(")").push(&after).push("))")
            }
            Arrays::Unfold => {
                let (asked, each) = (self.alias(), self.alias());
                self.push("(SELECT CASE WHEN l IS NOT NULL AND v IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each(l) ");
                self.push(&each).push(" WHERE ").push(&each).push(".value = ").push(&unfolded(sample));
                self.push(") END FROM (SELECT ").expr(list, scope).push(" AS l, ").expr(item, scope).push(" AS v) ");
                self.push(&asked).push(")")
            }
        }
    }
}

/// What stands before and after a value of a Postgres type, so that `to_jsonb` writes it as an item. It is cast, since NULL
/// has no type.
fn as_json(sample: &Value) -> (String, String) {
    let (before, after) = match sample {
        Value::Text(_) => ("", "::text"),
        Value::Bool(_) => ("", "::bool"),
        Value::Int(_) => ("", "::int8"),
        Value::Uuid(_) => ("", "::uuid"),
        Value::Decimal(number) => return ("round(".to_owned(), format!("::numeric, {})::text", number.scale)),
        Value::Timestamp(_) => ("to_char(", "::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
        Value::Date(_) => ("to_char(", "::date, 'YYYY-MM-DD')"),
        Value::Time(_) => ("to_char(DATE '2000-01-01' + ", "::time, 'HH24:MI:SS.US')"),
        _ => ("", ""),
    };
    (before.to_owned(), after.to_owned())
}

/// A constant as SQLite's `json_each` gives an item: what is no number and no boolean is a text.
fn as_unfolded(item: &Value) -> (Value, Kind) {
    match item {
        Value::Bool(_) => (item.clone(), Kind::Bool),
        Value::Int(_) => (item.clone(), Kind::Int),
        Value::Text(_) => (item.clone(), Kind::Text),
        other => {
            let written = token(other).unwrap_or_default();
            (Value::Text(written.trim_matches('"').to_owned()), Kind::Text)
        }
    }
}

/// The same of a column `v` of SQLite.
fn unfolded(sample: &Value) -> String {
    let plain = |text: &str| text.to_owned();
    match sample {
        Value::Decimal(number) if number.scale == 0 => plain("CAST(v AS TEXT)"),
        Value::Decimal(number) => {
            let (scale, one) = (number.scale, 10i64.pow(u32::from(number.scale.min(18))));
            format!("printf('%s%d.%0{scale}d', CASE WHEN v < 0 THEN '-' ELSE '' END, abs(v) / {one}, abs(v) % {one})")
        }
        Value::Timestamp(_) => {
            // A division cuts off towards zero, and what is before 1970 is cut off downwards.
            let micros = "((v % 1000000) + 1000000) % 1000000";
            format!(
                "(strftime('%Y-%m-%dT%H:%M:%S', (v - {micros}) / 1000000, 'unixepoch') || printf('.%06dZ', {micros}))"
            )
        }
        Value::Date(_) => plain("strftime('%Y-%m-%d', v * 86400, 'unixepoch')"),
        Value::Time(_) => {
            plain("printf('%02d:%02d:%02d.%06d', v / 3600000000, v / 60000000 % 60, v / 1000000 % 60, v % 1000000)")
        }
        Value::Uuid(_) => {
            let part = |from: u8, length: u8| format!("substr(lower(hex(v)), {from}, {length})");
            [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ")
        }
        _ => plain("v"),
    }
}
