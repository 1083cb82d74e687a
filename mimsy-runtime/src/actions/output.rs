//! Where the rows of an action go: JSON bytes for HTTP, structs for Rust.

use std::sync::Arc;

use mimsy_schema::{EntityId, Model, Value};

use crate::row::{BadCell, Row};

/// Takes the rows of an action, one by one.
pub trait Output: Send + 'static {
    /// Take a row.
    ///
    /// # Errors
    /// Passes on what reading a cell says.
    fn row(&mut self, found: &Found<'_>) -> Result<(), BadCell>;
}

/// A row that an actor may read.
pub struct Found<'a> {
    /// Its entity.
    pub model: &'a Model,
    /// Which fields it holds: the cell at `i` belongs to the field `fields[i]`.
    pub fields: &'a [usize],
    /// Its cells.
    pub row: &'a dyn Row,
    /// Its version.
    pub version: i64,
    /// The relations that were included, with their rows.
    pub included: &'a [Included],
}

/// An included relation of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Included {
    /// The relation field.
    pub field: usize,
    /// What it reached.
    pub reached: Reached,
}

/// What an included relation reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Reached {
    /// The reference is NULL.
    Nothing,
    /// The row that it points to may not be read: it is left out and named in `_masked`.
    Masked,
    /// The row that it points to.
    One(Arc<Record>),
    /// The rows that a to-many relation reaches, at most `limit` of them.
    Many {
        /// The rows.
        records: Vec<Arc<Record>>,
        /// At most how many.
        limit: u32,
        /// Whether there are more.
        more: bool,
    },
}

/// A row in memory; what several rows include is there once.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its entity.
    pub entity: EntityId,
    /// Which fields it holds.
    pub fields: Vec<usize>,
    /// Their values.
    pub values: Vec<Value>,
    /// Its version.
    pub version: i64,
    /// Its own included relations.
    pub included: Vec<Included>,
}
