//! The Rust side of an entity: what `#[entity]` implements, and what the typed API speaks in.

use mimsy_schema::{Fragment, Model, Policy, Routes, Value};

use crate::check::Checks;
use crate::field::Field;
use crate::hook::Hooks;
use crate::key::{Held, Key};

/// A struct with `#[entity]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity",
    label = "not an entity",
    note = "put `#[entity]` on the struct"
)]
pub trait Entity: Sized + Send + Sync + 'static {
    /// The type of the key; a tuple, where it has several parts.
    type Key: Key;
    /// What a rule sees of a row.
    type Shape: Copy;
    /// The input of create.
    type Draft: Input<Self>;
    /// The input of update.
    type Patch: Input<Self> + Default;
    /// The name of the type.
    const NAME: &'static str;
    /// The entity as data.
    const ENTITY: &'static mimsy_schema::Entity;
    /// The functions that judge its values and rows.
    const CHECKS: &'static Checks = Checks::NONE;

    /// Build the struct from a row: one call a field, in the order of the fields.
    fn read(row: &mut RowReader) -> Self;

    /// The key.
    fn key(&self) -> Self::Key;
}

/// The input of create for an entity: its fields without those that the server owns.
///
/// A field with a default, and the tenant's key, is an `Option`: `None` leaves it to the server.
pub type Draft<E> = <E as Entity>::Draft;

/// The input of update for an entity: a setter a field; what is not set stays as it is.
pub type Patch<E> = <E as Entity>::Patch;

/// An entity that acts: it marks its role by `#[field(role)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no role",
    label = "an actor with roles marks one field by `#[field(role)]`",
    note = "`role(…)` in a policy names variants of that field's enum"
)]
pub trait Actor: Entity {
    /// The enum of the roles.
    type Role: Field;
    /// The name of the field.
    const ROLE: &'static str;
}

/// A draft or a patch: values by field name.
pub trait Input<E>: Send {
    /// The values that were given.
    fn into_values(self) -> Values;
}

/// Values by field name, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(pub Vec<(&'static str, Value)>);

impl Values {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Add a value in its stored form; a later one replaces an earlier one.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(slot) => slot.1 = value,
            None => self.0.push((name, value)),
        }
        self
    }

    /// Add a value in its stored form, if there is one.
    #[must_use]
    pub fn maybe(self, name: &'static str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

/// The values of a row, handed out field by field.
#[derive(Debug)]
pub struct RowReader {
    values: std::vec::IntoIter<Value>,
    /// The keys of the references that other fields hold, in the order of the fields.
    keys: std::vec::IntoIter<Vec<Value>>,
}

impl RowReader {
    /// Read from the values of a row, one a field of the entity (NULL where it has no column).
    #[must_use]
    pub fn new(model: &Model, values: Vec<Value>) -> Self {
        let held = model.references().filter(|(field, _)| !model.fields()[*field].is_column());
        let keys: Vec<Vec<Value>> =
            held.map(|(_, link)| link.near().map(|near| values[near].clone()).collect()).collect();
        Self { values: values.into_iter(), keys: keys.into_iter() }
    }

    /// The value of the next field, in its stored form.
    pub fn take(&mut self) -> Value {
        self.values.next().unwrap_or(Value::Null)
    }

    /// The next field, a reference that other fields hold.
    pub fn reference<R: Held>(&mut self) -> R {
        self.take();
        R::from_key(self.keys.next().unwrap_or_default())
    }
}

/// A set of entities, declared by `schema!`.
pub trait Source: Send + Sync + 'static {
    /// Its parts.
    fn parts(&self) -> &'static [Part];
}

/// One entity of a `schema!`, with what was said about it elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The entity.
    pub entity: &'static mimsy_schema::Entity,
    /// Its policy.
    pub policy: Option<&'static Policy>,
    /// Its routes.
    pub routes: Option<&'static Routes>,
    /// The checks of the program's own.
    pub checks: &'static Checks,
    /// The program's own functions on the way of its writes.
    pub hooks: &'static Hooks,
}

impl Part {
    /// The part as a fragment of a schema.
    #[must_use]
    pub fn fragment(&self) -> Fragment {
        Fragment { entity: self.entity.clone(), policy: self.policy.cloned(), routes: self.routes.cloned() }
    }
}
