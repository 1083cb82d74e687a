//! Texts, by bytes; none of it is LIKE.

use mimsy_schema::{Expr, Kind, Node, Op, Value};

use super::Scope;
use crate::sql::filter::successor;
use crate::sql::writer::Writer;

impl Writer {
    pub(super) fn text_operator(&mut self, op: Op, operands: &[Expr], scope: &Scope<'_>) -> &mut Self {
        match (op, operands) {
            (Op::Len, [text]) => self.push("length(").expr(text, scope).push(")"),
            (Op::Contains, [text, part]) => {
                let position = self.dialect.position;
                self.push("(").push(position).push("(").expr(text, scope).push(", ").expr(part, scope).push(") > 0)")
            }
            (Op::StartsWith, [text, part]) => match constant(part) {
                Some(prefix) => self.prefix(text, &prefix, scope),
                None => {
                    self.push("(substr(").expr(text, scope).push(", 1, length(").expr(part, scope).push(")) = ");
                    self.expr(part, scope).push(")")
                }
            },
            (Op::EndsWith, [text, part]) => {
                self.push("(length(").expr(part, scope).push(") <= length(").expr(text, scope).push(") AND substr(");
                self.expr(text, scope).push(", length(").expr(text, scope).push(") - length(").expr(part, scope);
                self.push(") + 1) = ").expr(part, scope).push(")")
            }
            _ => self.push("NULL"),
        }
    }

    /// A range, so that an index serves it.
    fn prefix(&mut self, text: &Expr, prefix: &str, scope: &Scope<'_>) -> &mut Self {
        self.push("(").expr(text, scope).push(" >= ").bind(Value::Text(prefix.to_owned()), Kind::Text);
        if let Some(after) = successor(prefix) {
            self.push(" AND ").expr(text, scope).push(" < ").bind(Value::Text(after), Kind::Text);
        }
        self.push(")")
    }
}

fn constant(expr: &Expr) -> Option<String> {
    match &expr.node {
        Node::Const(leaf) => match leaf.value() {
            Value::Text(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}
