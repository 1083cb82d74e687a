//! [`Id`]: the key that the application makes.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use mimsy_schema::{Kind, Value};
use uuid::Uuid;

use crate::entity::Entity;
use crate::field::{Field, FieldType};
use crate::shape;

/// The key of an entity: a UUID of version 7, made by the application and typed by the entity.
///
/// It sorts by the time of its making, and tells that time to whoever reads it.
pub struct Id<E> {
    uuid: Uuid,
    entity: PhantomData<fn() -> E>,
}

impl<E> Id<E> {
    /// A new key.
    #[must_use]
    pub fn new() -> Self {
        Self::from(Uuid::now_v7())
    }

    /// The UUID.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<E> Default for Id<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E> From<Uuid> for Id<E> {
    fn from(uuid: Uuid) -> Self {
        Self { uuid, entity: PhantomData }
    }
}

impl<E> FromStr for Id<E> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(|uuid: Uuid| Self::from(uuid))
    }
}

impl<E> Clone for Id<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Id<E> {}

impl<E> PartialEq for Id<E> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<E> Eq for Id<E> {}

impl<E> PartialOrd for Id<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Id<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<E> Hash for Id<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<E> fmt::Display for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<E> fmt::Debug for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<E: Entity> Field for Id<E> {
    type Shape = shape::Key<E>;
    type Present = Self;
    const TYPE: FieldType = FieldType { made: true, ..FieldType::plain(Kind::Uuid) };

    fn into_value(self) -> Value {
        Value::Uuid(self.uuid)
    }

    fn from_value(value: Value) -> Self {
        match value {
            Value::Uuid(uuid) => Self::from(uuid),
            other => panic!("the store gave {other:?} where the schema says uuid"),
        }
    }
}
