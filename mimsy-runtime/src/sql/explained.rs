//! The statement behind an explanation: rows, each with the answers to questions about it.

use mimsy_schema::{Expr, Kind, Model, Value};

use super::select::{ROW, Reader, Select};
use super::writer::Writer;
use crate::query::Query;

impl Reader<'_> {
    /// Rows that this reader may read and of which `which` holds, in the order of their keys, one more than the limit. Each check becomes a further column:
    /// TRUE, FALSE or NULL. They and `which` are about `subject`, who may be another actor than the one who reads.
    #[must_use]
    pub fn explained(
        &self,
        subject: &Self,
        model: &Model,
        query: &Query,
        which: &Expr,
        checks: &[&Expr],
        limit: u32,
    ) -> Select {
        let mut w = Writer::new(self.dialect);
        let mut select = self.start(&mut w, model, &model.key, &[]);
        let first = w.columns.len();
        for check in checks {
            w.push(", ");
            w.scoped(check, model, ROW, subject);
            w.returns(Kind::Bool, 0);
        }
        select.checks = first..w.columns.len();
        self.from(&mut w, model);
        self.filtered(&mut w, model, query);
        w.push(" AND ").scoped(which, model, ROW, subject);
        w.push(" ORDER BY ").columns_of((model, ROW), &model.key);
        w.push(" LIMIT ").bind(Value::Int(i64::from(limit) + 1), Kind::Int);
        select.statement = w.finish();
        select
    }
}
