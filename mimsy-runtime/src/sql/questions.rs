//! One question about several rows that are in memory, asked at once.
//!
//! The rows stand in the statement as tables of binds, with those of their columns that the question reads; so its text
//! is said once, and the database walks each relation for all of them.

use mimsy_schema::{Expr, Kind, Model, Value};

use super::Statement;
use super::expr::Scope;
use super::select::{ROW, Reader};
use super::writer::Writer;
use crate::policy::Reads;

/// The tables of binds; a name with a leading `_` is the framework's.
const NEW: &str = "_new";
const OLD: &str = "_old";

/// The alias of the row before a change.
const BEFORE: &str = "o";

/// The values that an answer depends on: those of the fields that [`Reads`] names, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// Of the row itself, or of the row after a change.
    pub new: Vec<Value>,
    /// Of the row before it.
    pub old: Vec<Value>,
}

impl Reader<'_> {
    /// The position of each question, and the value of the expression for it. What the answers depend on is locked against
    /// changes.
    #[must_use]
    pub fn answers(&self, model: &Model, expr: &Expr, reads: &Reads, questions: &[&Question]) -> Statement {
        let mut w = Writer::new(self.dialect);
        w.push("WITH ").ident(NEW);
        w.table(model, &reads.new, questions.iter().map(|question| question.new.as_slice()));
        if !reads.old.is_empty() {
            w.push(", ").ident(OLD);
            w.table(model, &reads.old, questions.iter().map(|question| question.old.as_slice()));
        }
        w.push(" SELECT ").column(ROW, AT).push(", ").returns(Kind::Int, 0);
        w.share = true;
        let old = if reads.old.is_empty() { ROW } else { BEFORE };
        let (schema, known) = (self.schema, self.known);
        w.expr(expr, &Scope { schema, model, alias: ROW, old, known, each: Vec::new(), guard: None });
        w.share = false;
        w.returns(Kind::Bool, 0);
        w.push(" FROM ").ident(NEW).push(" AS ").push(ROW);
        if !reads.old.is_empty() {
            w.push(" JOIN ").ident(OLD).push(" AS ").push(BEFORE).push(" ON ");
            w.column(BEFORE, AT).push(" = ").column(ROW, AT);
        }
        w.finish()
    }
}

/// The column that numbers the rows of a table of binds.
const AT: &str = "_at";

impl Writer {
    /// `("_at", "a", …) AS (VALUES (0, ?, …), …)`: rows of binds, under the names of the columns.
    fn table<'v>(&mut self, model: &Model, fields: &[usize], rows: impl Iterator<Item = &'v [Value]>) {
        self.push("(").ident(AT);
        for field in fields {
            self.push(", ").ident(&model.fields()[*field].column);
        }
        self.push(") AS (VALUES ");
        self.list(rows.enumerate(), ", ", |w, (at, row)| {
            w.push("(").bind(Value::Int(i64::try_from(at).unwrap_or(i64::MAX)), Kind::Int);
            for (field, value) in fields.iter().zip(row) {
                let kind = model.fields()[*field].kind;
                w.push(", ").bind(value.clone(), kind);
                // Texts of binds alone have no column to take their order from.
                if matches!(kind, Kind::Text | Kind::Enum) {
                    w.push(w.dialect.bytewise);
                }
            }
            w.push(")");
        });
        self.push(")");
    }
}
