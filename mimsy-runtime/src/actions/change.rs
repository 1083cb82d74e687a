//! What a write did, handed to sinks inside its transaction.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use mimsy_schema::{EntityId, Model, Schema, Value};

use crate::error::Error;
use crate::store::Tx;
use crate::who::Who;

/// What one write did to one row.
#[derive(Clone, Debug)]
pub struct Change {
    /// The schema, which knows what the positions mean.
    pub schema: Arc<Schema>,
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

impl Change {
    /// The entity that was written: `change.model().name() == Invoice::NAME`.
    #[must_use]
    pub fn model(&self) -> &Model {
        self.schema.model(self.entity)
    }
}

/// Hears of every change, inside the transaction that makes it: an error of the sink rolls the change back.
///
/// A sink runs on the writer, so it must be brief; what takes time belongs behind an outbox.
pub trait Sink: Send + Sync + 'static {
    /// Hear of a change. What it writes through `tx` commits or rolls back with the change.
    fn change<'a>(&'a self, change: &'a Change, tx: &'a mut Tx<'_>) -> BoxFuture<'a, Result<(), Error>>;
}
