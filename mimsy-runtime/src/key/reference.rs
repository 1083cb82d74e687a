//! [`Ref`]: the key of another row.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use mimsy_schema::{Date, Text, Time, Timestamp, Value};
use uuid::Uuid;

use super::{Id, IntoKey, Key};
use crate::entity::Entity;
use crate::field::{Field, FieldType};
use crate::shape;

/// A relation to one row: holds its key.
///
/// `Ref<Customer>` is for an entity with an [`Id`]; any other key is named, as in `Ref<Country, String>`. What does not
/// name the key of its entity does not compile.
pub struct Ref<E, K = Id<E>> {
    key: K,
    entity: PhantomData<fn() -> E>,
}

impl<E, K> Ref<E, K> {
    /// The key of the row that it points to.
    #[must_use]
    pub const fn key(&self) -> &K {
        &self.key
    }
}

impl<E: Entity> Ref<E, E::Key> {
    /// A reference to the row with a key: `Ref::to("DE")`, `Ref::to((org, "INV-1"))`.
    #[must_use]
    pub fn to(key: impl IntoKey<E::Key>) -> Self {
        Self::of(key.into_key())
    }
}

impl<E, K> Ref<E, K> {
    const fn of(key: K) -> Self {
        Self { key, entity: PhantomData }
    }
}

impl<E> From<Id<E>> for Ref<E> {
    fn from(key: Id<E>) -> Self {
        Self::of(key)
    }
}

impl<E: Entity<Key = Id<E>>> From<&E> for Ref<E> {
    fn from(row: &E) -> Self {
        Self::of(row.key())
    }
}

// Not for every `K`: which entity `Ref::from(&org)` points to would then be anybody's guess.
macro_rules! from {
    ($($key:ty),*) => { $(
        impl<E> From<$key> for Ref<E, $key> {
            fn from(key: $key) -> Self {
                Self::of(key)
            }
        }
    )* };
}
from!(String, i64, i32, i16, Uuid, Timestamp, Date, Time);

impl<E> From<&str> for Ref<E, String> {
    fn from(key: &str) -> Self {
        Self::of(key.to_owned())
    }
}

impl<E, K: Clone> Clone for Ref<E, K> {
    fn clone(&self) -> Self {
        Self::of(self.key.clone())
    }
}

impl<E, K: Copy> Copy for Ref<E, K> {}

impl<E, K: PartialEq> PartialEq for Ref<E, K> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<E, K: Eq> Eq for Ref<E, K> {}

impl<E, K: Hash> Hash for Ref<E, K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl<E, K: fmt::Debug> fmt::Debug for Ref<E, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)
    }
}

/// The key of an entity; nothing else is.
#[diagnostic::on_unimplemented(
    message = "the key of `{E}` is `{K}`: write `Ref<{E}, {K}>`",
    label = "a reference with a key of another type",
    note = "the second parameter of a `Ref` is the type of the key of its entity; `Id<{E}>` may be left out"
)]
pub trait KeyIs<E, K> {}

#[diagnostic::do_not_recommend]
impl<E, K> KeyIs<E, K> for K {}

impl<E, K> Field for Ref<E, K>
where
    E: Entity,
    K: Key + KeyIs<E, E::Key>,
{
    type Shape = shape::Rel<E, K::Shape>;
    type Present = Self;
    const TYPE: FieldType = FieldType { targets: &[Text::Static(E::NAME)], made: false, ..K::TYPE };

    fn into_value(self) -> Value {
        let mut parts = self.key.into_values();
        // A key of several parts is held by other fields.
        if parts.len() == 1 { parts.remove(0) } else { Value::Null }
    }

    fn from_value(value: Value) -> Self {
        Self::of(K::from_values(&mut std::iter::once(value)))
    }
}

/// A reference that other fields hold: `Ref<Invoice, (Ref<Org>, String)>`, or an `Option` of it.
pub trait Held: Sized {
    /// The reference with this key; one without all its parts is none.
    fn from_key(parts: Vec<Value>) -> Self;
}

impl<E, K: Key> Held for Ref<E, K> {
    fn from_key(parts: Vec<Value>) -> Self {
        Self::of(K::from_values(&mut parts.into_iter()))
    }
}

impl<E, K: Key> Held for Option<Ref<E, K>> {
    fn from_key(parts: Vec<Value>) -> Self {
        let whole = !parts.iter().any(Value::is_null);
        whole.then(|| Ref::from_key(parts))
    }
}
