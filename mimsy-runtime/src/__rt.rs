//! All that an expansion may name; hidden, and no part of the public API.

mod closed;
mod constant;
mod describe;

pub use core::clone::Clone;
pub use core::default::Default;
pub use core::fmt::Debug;
pub use core::marker::Copy;
pub use core::option::Option::{self, None, Some};
pub use core::{assert, file};

pub use mimsy_schema::hash::{entity_hash, same};
pub use mimsy_schema::routes::covers;
pub use mimsy_schema::{
    Action, Actions, At, Cardinality, Duty, Effect, Entity as EntityData, Expr, Field as FieldData, Fixed, Index,
    IndexField, Kind, Leaf, List, Many as Quantifier, Node, OnDelete, Op, Path, Policy as PolicyData, PolicyRule,
    Relation, Root, RouteLimits, Routes as RoutesData, Rule, Tenant, Text, Timestamp, ToValue, Unique, Value,
    model_hash,
};
pub use rust_decimal::Decimal;

pub use self::closed::{Missing, hidden, missing};
pub use self::constant::{Constant, Literal};
pub use self::describe::{
    Declared, allows, counts, each_is, field, holds, is, is_stored, is_to_one, newtype, points_once,
};
pub use crate::check::{Checks, FieldCheck, RowCheck, answer, check_field, check_row, garde, validator};
pub use crate::entity::{Actor, Draft, Entity, Input, Part, Patch, RowReader, Source, Values};
pub use crate::field::{Choice, Field, FieldType, choice_from, choice_type, choice_value};
pub use crate::hook::{
    Fate, Hook, Hooks, Run, after_commit, amendment, before_store, before_validate, objection, outcome,
};
pub use crate::key::Id;
pub use crate::quoted::{Named, Quoted, asked, captured, literal, named, quoted};
pub use crate::shape::*;

/// An entity without a policy. The expansion of `#[policy]` is an inherent constant of this name, which wins over this
/// one wherever the entity is named by its concrete type.
pub trait Unguarded {
    #[doc(hidden)]
    const __ONE_POLICY_PER_ENTITY: Option<&'static PolicyData> = None;
}

impl<T> Unguarded for T {}

/// An entity without routes; see [`Unguarded`].
pub trait Unrouted {
    #[doc(hidden)]
    const __ONE_ROUTES_PER_ENTITY: Option<&'static RoutesData> = None;
}

impl<T> Unrouted for T {}

/// An entity without hooks; see [`Unguarded`].
pub trait Unhooked {
    #[doc(hidden)]
    const __ONE_IMPL_WITH_HOOKS_PER_ENTITY: &'static Hooks = Hooks::NONE;
}

impl<T> Unhooked for T {}

/// A limit of a route: a number that lets something through.
#[must_use]
pub const fn limit(most: u64) -> u64 {
    assert!(most > 0, "this limit lets nothing through: say at least 1, or leave it out");
    most
}

/// What stands in an expansion where a value would be needed and a mistake of the author's left none. The build has
/// failed by then, so nobody calls it.
pub fn broken<T>() -> T {
    unreachable!("the build failed")
}

/// The shape, draft and patch of an entity that could not be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Broken;

impl<E> Input<E> for Broken {
    fn into_values(self) -> Values {
        broken()
    }
}

/// A rule's first parameter of two.
#[diagnostic::on_unimplemented(
    message = "the actor of this policy is `{A}`, and this parameter is `{Self}`",
    label = "not the actor",
    note = "a rule takes the row; or the actor and the row; or, for `update`, the actor, the old row and the new one"
)]
pub trait IsActor<A> {}
impl<T> IsActor<T> for T {}

/// A rule's parameter that is the row.
#[diagnostic::on_unimplemented(
    message = "this policy is about `{E}`, and this parameter is `{Self}`",
    label = "not the row",
    note = "a rule takes the row; or the actor and the row; or, for `update`, the actor, the old row and the new one"
)]
pub trait IsRow<E> {}
impl<T> IsRow<T> for T {}

/// A parameter that is the actor.
pub fn is_actor<T: IsActor<A>, A: Entity>() {}

/// A parameter that is the row.
pub fn is_row<T: IsRow<E>, E: Entity>() {}
