//! Who asks.

use std::sync::Arc;

use mimsy_schema::Value;

use crate::actions::Scopes;

/// The row of an actor, as it was read at most a second ago.
#[derive(Debug)]
pub struct ActorRow {
    /// One value a field of the actor's entity.
    pub values: Vec<Value>,
    /// The key.
    pub key: Value,
    /// What it may read, by entity, as far as that was asked.
    pub(crate) scopes: Scopes,
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
