//! Who asks.

use std::fmt;
use std::sync::Arc;

use mimsy_schema::{Model, Value};

use crate::actions::Scopes;
use crate::grants::Grants;

/// The row of an actor, as it was read at most a second ago. Its `Debug` shows the key alone.
pub struct ActorRow {
    /// One value a field of the actor's entity.
    pub values: Vec<Value>,
    /// The key, part by part.
    pub key: Vec<Value>,
    /// The key of its tenant, if it has one.
    pub tenant: Option<Value>,
    /// What it may read, by entity, as far as that was asked.
    pub(crate) scopes: Scopes,
    /// What the API key may do by which they ask; `None` where they ask themselves.
    pub(crate) grants: Option<Grants>,
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
    /// Whether they ask by an API key, which may do less than its actor.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        matches!(self, Self::Actor(row) if row.grants.is_some())
    }

    /// Whether a verb is within what their API key may do; always, where there is none.
    pub(crate) fn covers(&self, model: &Model, verb: &str) -> bool {
        match self {
            Self::Actor(row) => row.grants.as_ref().is_none_or(|grants| grants.cover(model, verb)),
            Self::Nobody | Self::System(_) => true,
        }
    }
}
