//! Rows that leave the thread of their statement, so that they are owned.

use mimsy_schema::Value;

use super::link::Link;
use crate::row::{BadCell, Cell, Row};
use crate::sql::Statement;
use crate::store::StoreError;

/// A row of its own. A cell that does not match the schema is told to whoever reads it, as in any other row.
pub(super) struct Kept(Vec<Result<Value, BadCell>>);

impl Kept {
    /// A row, copied.
    pub(super) fn copy(row: &dyn Row, columns: usize) -> Self {
        Self((0..columns).map(|index| Ok(row.cell(index)?.to_value())).collect())
    }

    /// All rows of a statement.
    pub(super) fn all(link: &mut Link, statement: &Statement) -> Result<Vec<Self>, StoreError> {
        let mut rows = Vec::new();
        link.rows(statement, &mut |row| {
            rows.push(Self::copy(row, statement.columns.len()));
            Ok(())
        })?;
        Ok(rows)
    }
}

impl Row for Kept {
    fn cell(&self, index: usize) -> Result<Cell<'_>, BadCell> {
        match self.0.get(index) {
            Some(Ok(value)) => Ok(Cell::of(value)),
            Some(Err(bad)) => Err(bad.clone()),
            None => {
                let found = "a reader that asks for it".to_owned();
                Err(BadCell { index, expected: "no such column", found })
            }
        }
    }
}
