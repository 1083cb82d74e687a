//! SQL text and binds from the schema, expressions and queries; one renderer, told apart by [`Dialect`] capabilities.
//!
//! Pure. User text only ever becomes a [`Bind`]; identifiers come from a checked schema.

pub mod counter;
pub mod ddl;
pub mod dialect;
mod explained;
mod expr;
mod filter;
mod literal;
pub mod lock;
mod order;
mod questions;
mod select;
pub mod write;
mod writer;

use std::sync::Arc;

use mimsy_schema::{Kind, Value};

pub use dialect::Dialect;
pub use questions::Question;
pub use select::{COUNT_LIMIT, Reader, Select, VERSION, predicate};

/// How many values one statement carries at most, where they are many; databases have limits of 32,766 and more.
pub const BINDS: usize = 2000;

/// A statement, ready to run. Cheap to clone, so that one that was rendered before can be run with other binds.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The text.
    pub text: Arc<str>,
    /// The values of its parameters, in order.
    pub binds: Vec<Bind>,
    /// What it returns; empty if nothing.
    pub columns: Arc<[Column]>,
}

/// The value of a parameter. The kind gives a NULL its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Bind {
    /// The value.
    pub value: Value,
    /// Its kind.
    pub kind: Kind,
}

/// A column of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// How to read it.
    pub kind: Kind,
    /// The scale of a decimal.
    pub scale: u8,
}
