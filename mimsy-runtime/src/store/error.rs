//! What can go wrong in a store, told apart by what a caller can do about it.

use std::error::Error;
use std::sync::Arc;

use crate::row::BadCell;

/// Why there is no bind for a [`Value`](mimsy_schema::Value) that stands for a document, before it is one.
pub(super) const UNFINISHED: &str = "a patch that was never merged, or a list that was never checked";

/// The driver's own error. Shared, since one failed commit fails every write that rode on it.
pub type Source = Arc<dyn Error + Send + Sync>;

/// A failed store operation.
///
/// Its `Display` names tables, columns and constraints at most, never a value: it may go into a log. The driver's own
/// error, its source, may repeat one.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address of the database cannot be used.
    #[error("{0}")]
    Address(String),
    /// Another row has the same unique values.
    #[error("another row has the same unique values{}", in_table(table.as_deref(), columns))]
    Unique {
        /// The table, where the database names it.
        table: Option<String>,
        /// The index or constraint, where the database names it.
        index: Option<String>,
        /// The columns, where the database names them.
        columns: Vec<String>,
    },
    /// A reference points to no row, or a row is still pointed at.
    #[error("a foreign key is violated")]
    ForeignKey,
    /// A row breaks a CHECK, a NOT NULL or the type of a column.
    #[error("a constraint of the database is violated{}", in_table(table.as_deref(), columns))]
    Check {
        /// The table, where the database names it.
        table: Option<String>,
        /// The constraint, where the database names it.
        constraint: Option<String>,
        /// The columns, where the database names them.
        columns: Vec<String>,
    },
    /// Two transactions crossed; the same work may succeed when it is tried again.
    #[error("two transactions crossed: try again")]
    Serialization,
    /// Too much waits, or a lock was not free in time.
    #[error("the database is busy: try again later")]
    Busy,
    /// A statement or a transaction took longer than it may, and was ended.
    #[error("the database took too long")]
    TimedOut,
    /// The database cannot be reached, or cannot write.
    #[error("the database is unavailable")]
    Unavailable(#[source] Source),
    /// There is no room left to write.
    #[error("there is no room left to write")]
    Full(#[source] Source),
    /// The database takes no writes: its file or its server is read-only.
    #[error("the database takes no writes")]
    ReadOnly(#[source] Source),
    /// The database holds something else than the schema says.
    #[error("the database does not match the schema")]
    BadCell(#[from] BadCell),
    /// The work panicked; its unit was rolled back.
    #[error("a unit of work panicked and was rolled back")]
    Panicked,
    /// Anything else: a defect.
    #[error("the database refused a statement")]
    Other(#[source] Source),
}

impl StoreError {
    /// A defect, in words.
    pub(super) fn defect(text: impl Into<String>) -> Self {
        Self::Other(Arc::from(Box::<dyn Error + Send + Sync>::from(text.into())))
    }

    /// The database is out of reach, in words.
    pub(super) fn unavailable(text: &str) -> Self {
        Self::Unavailable(Arc::from(Box::<dyn Error + Send + Sync>::from(text)))
    }

    /// The store was closed while the work was on its way.
    pub(super) fn closed() -> Self {
        Self::unavailable("the store is closed")
    }
}

fn in_table(table: Option<&str>, columns: &[String]) -> String {
    match (table, columns) {
        (None, []) => String::new(),
        (Some(table), []) => format!(" in `{table}`"),
        (None, columns) => format!(": {}", columns.join(", ")),
        (Some(table), columns) => format!(" in `{table}`: {}", columns.join(", ")),
    }
}
