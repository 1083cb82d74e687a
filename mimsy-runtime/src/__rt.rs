//! All that an expansion may name; hidden, and no part of the public API.

pub use mimsy_schema::hash::{entity_hash, same};
pub use mimsy_schema::routes::covers;
pub use mimsy_schema::{
    Action, Actions, At, Cardinality, Duty, Effect, Entity as EntityData, Expr, Field as FieldData, Fixed, Kind, Leaf,
    List, Node, OnDelete, Op, Path, Policy as PolicyData, PolicyRule, Relation, Root, Routes as RoutesData, Rule, Tenant,
    Text, ToValue, Unique, Value, model_hash,
};

pub use crate::entity::{Actor, Draft, Entity, Input, Part, Patch, RowReader, Source, Values};
pub use crate::field::{Field, FieldType};
pub use crate::shape::*;

/// An entity without a policy. The expansion of `#[policy]` is an inherent constant of this name, which wins over this
/// one wherever the entity is named by its concrete type.
pub trait Unguarded {
    #[doc(hidden)]
    const __MIMSY_POLICY: Option<&'static PolicyData> = None;
}

impl<T> Unguarded for T {}

/// An entity without routes; see [`Unguarded`].
pub trait Unrouted {
    #[doc(hidden)]
    const __MIMSY_ROUTES: Option<&'static RoutesData> = None;
}

impl<T> Unrouted for T {}
