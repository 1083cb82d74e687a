//! The only road to data: authorise, validate, store, emit.
//!
//! Every door (HTTP, the typed Rust API, later the admin and the others) passes through [`Actions`], so none can skip a
//! policy. The order of checks is the same for all: read scope (not found), verb (forbidden), version (stale), values
//! and references (invalid), the write itself (duplicate, restricted), the new row (forbidden).

pub mod output;

use std::sync::Arc;

use mimsy_schema::{EntityId, Schema, Value};

use crate::error::Error;
use crate::query::{Query, View};
use crate::who::{ActorRow, Who};
pub use output::{Found, Included, Output, Reached, Record};

/// The values of a write: positions of fields, and values of their kinds.
pub type Input = Vec<(usize, Value)>;

/// A listed page.
#[derive(Debug)]
pub struct Listed<O> {
    /// Where the rows went.
    pub output: O,
    /// How many there were.
    pub rows: usize,
    /// If more follow: the sort keys of the last row, then its key.
    pub next: Option<Vec<Value>>,
    /// If it was asked for: how many rows there are in all.
    pub count: Option<Count>,
}

/// How many rows there are: exact up to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The number.
    pub value: u64,
    /// Whether there may be more.
    pub at_least: bool,
}

/// One row.
#[derive(Debug)]
pub struct Got<O> {
    /// Where the row went.
    pub output: O,
    /// Its version.
    pub version: i64,
}

/// A created row.
#[derive(Debug)]
pub struct Created<O> {
    /// Its key.
    pub key: Vec<Value>,
    /// Where the row went; `None` when its creator may not read it.
    pub got: Option<Got<O>>,
}
