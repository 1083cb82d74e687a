//! What a write did, handed to sinks inside its transaction.

use futures_util::future::BoxFuture;
use mimsy_schema::{EntityId, Value};

use crate::error::Error;
use crate::store::Tx;
use crate::who::Who;

/// What one write did to one row.
#[derive(Clone, Debug)]
pub struct Change {
    /// The entity.
    pub entity: EntityId,
    /// The key of the row.
    pub key: Vec<Value>,
    /// The row before, one value a field; `None` for a create.
    pub before: Option<Vec<Value>>,
    /// The row after; `None` for a delete.
    pub after: Option<Vec<Value>>,
    /// Who did it.
    pub who: Who,
}

/// Hears of every change, inside the transaction that makes it: an error of the sink rolls the change back.
///
/// A sink runs on the writer, so it must be brief; what takes time belongs behind an outbox.
pub trait Sink: Send + Sync + 'static {
    /// Hear of a change. What it writes through `tx` commits or rolls back with the change.
    fn change<'a>(&'a self, change: &'a Change, tx: &'a mut Tx<'_>) -> BoxFuture<'a, Result<(), Error>>;
}
