//! Arithmetic that is exact, or NULL where it is out of range, and never an error of the statement.
//!
//! A result is selected by a name of its own, so that its range can be looked at without writing it twice.

use mimsy_schema::fixed::LIMIT;
use mimsy_schema::{Expr, Fixed, Node, Op, Timestamp, Value};

use super::Scope;
use crate::sql::dialect::DecimalStorage;
use crate::sql::writer::Writer;

impl Writer {
    /// `+`, `-` and `*`; the third operand is 0, in the kind and scale of the result.
    pub(super) fn arithmetic(&mut self, op: Op, operands: &[Expr], scope: &Scope<'_>) -> &mut Self {
        let [a, b, zero] = operands else { return self.push("NULL") };
        let name = self.alias();
        self.in_range_open(&name);
        let (sign, cast) = (sign(op), self.dialect.exact.unwrap_or_default());
        self.push("(").expr(a, scope).push(")").push(cast).push(sign);
        self.push("(").expr(b, scope).push(")").push(cast);
        self.in_range_close(&name, &constant(zero))
    }

    /// `(SELECT v FROM (SELECT `, up to the value; [`Writer::in_range_close`] follows it.
    pub(super) fn in_range_open(&mut self, name: &str) -> &mut Self {
        self.push("(SELECT ").push(name).push("_v FROM (SELECT ")
    }

    /// The rest: the value by its name, where it is in the range of `zero`'s kind.
    pub(super) fn in_range_close(&mut self, name: &str, zero: &Value) -> &mut Self {
        let value = format!("{name}_v");
        self.push(" AS ").push(&value).push(") AS ").push(name).push(" WHERE ");
        match (zero, self.dialect.exact) {
            // Past 64 bits, SQLite goes on with a REAL.
            (Value::Int(_), None) => self.push("typeof(").push(&value).push(") = 'integer')"),
            (Value::Int(_), Some(_)) => {
                let (least, most) = (i64::MIN, i64::MAX);
                self.push(&value).push(&format!(" BETWEEN {least} AND {most})")).push("::int8")
            }
            (Value::Decimal(zero), _) => {
                let most = Fixed::new(LIMIT - 1, zero.scale);
                let (kind, most) = match self.dialect.decimals {
                    DecimalStorage::Unscaled => {
                        (format!("typeof({value}) = 'integer' AND "), most.unscaled.to_string())
                    }
                    DecimalStorage::Numeric => (String::new(), most.to_string()),
                };
                self.push(&kind).push(&value).push(&format!(" BETWEEN -{most} AND {most})"))
            }
            _ => self.push("FALSE)"),
        }
    }

    /// A moment so many microseconds after or before another.
    pub(super) fn moment(&mut self, op: Op, operands: &[Expr], scope: &Scope<'_>) -> &mut Self {
        let [moment, span] = operands else { return self.push("NULL") };
        let name = self.alias();
        self.in_range_open(&name);
        let (sign, unit) = (if op == Op::After { " + " } else { " - " }, self.dialect.span.unwrap_or_default());
        self.push("(").expr(moment, scope).push(")").push(sign).push("(").expr(span, scope).push(unit).push(")");
        let value = format!("{name}_v");
        self.push(" AS ").push(&value).push(") AS ").push(&name).push(" WHERE ").push(&value).push(" BETWEEN ");
        self.constant(Value::Timestamp(Timestamp::MIN)).push(" AND ");
        self.constant(Value::Timestamp(Timestamp::MAX)).push(")")
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Add => " + ",
        Op::Sub => " - ",
        _ => " * ",
    }
}

/// The value of a constant.
pub(super) fn constant(expr: &Expr) -> Value {
    match &expr.node {
        Node::Const(leaf) => leaf.value(),
        _ => Value::Null,
    }
}
