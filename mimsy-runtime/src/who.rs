//! Who asks.

use std::fmt;
use std::sync::Arc;

use mimsy_schema::Value;

use crate::actions::Scopes;

/// The row of an actor, as it was read at most a second ago. Its `Debug` shows the key alone.
pub struct ActorRow {
    /// One value a field of the actor's entity.
    pub values: Vec<Value>,
    /// The key.
    pub key: Value,
    /// The key of its tenant, if it has one.
    pub tenant: Option<Value>,
    /// What it may read, by entity, as far as that was asked.
    pub(crate) scopes: Scopes,
}

impl fmt::Debug for ActorRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorRow").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Who {
    /// Nobody said who they are.
    Nobody,
    /// A row of the actor's entity.
    Actor(Arc<ActorRow>),
    /// The program itself, past every policy; says why.
    System(Arc<str>),
}

impl Who {
    /// The actor's values, one a field.
    #[must_use]
    pub fn values(&self) -> Option<&[Value]> {
        match self {
            Self::Actor(row) => Some(&row.values),
            Self::Nobody | Self::System(_) => None,
        }
    }
}
