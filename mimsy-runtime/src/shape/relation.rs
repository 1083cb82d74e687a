//! Relations as shapes see them: walking along them, and what may stand at the end of a path.

use std::ops::Deref;

use mimsy_schema::{Date, Time, Timestamp};
use uuid::Uuid;

use super::{Dec, Key, Nullable, Rel, Rows, Text, never_called};
use crate::entity::Entity;
use crate::field::Field;
use crate::key::Id;

impl<E: Entity> Deref for Rel<E> {
    type Target = E::Shape;
    fn deref(&self) -> &E::Shape {
        never_called()
    }
}

/// A step of a path: a to-one relation, NULL or not, leads to the shape `T` of its target.
///
/// `T` is a parameter and not an associated type: where there is no step, an associated type would be a second mistake.
#[diagnostic::on_unimplemented(
    message = "a path leads on through a `Ref` only, and this is `{Self}`",
    label = "nothing follows this",
    note = "a path goes through `Ref<…>` or `Option<Ref<…>>`, as in `customer.name`"
)]
pub trait Hop<T> {}

#[diagnostic::do_not_recommend]
impl<E: Entity> Hop<E::Shape> for Rel<E> {}

#[diagnostic::do_not_recommend]
impl<E: Entity> Hop<E::Shape> for Nullable<Rel<E>> {}

/// Take a step of a path.
pub fn hop<R: Hop<T>, T>(_: R) -> T {
    never_called()
}

/// What the fence of a tenant may end at.
#[diagnostic::on_unimplemented(
    message = "a tenant is named by a required `Ref<…>` or by the key, and this is `{Self}`",
    label = "leads to no tenant",
    note = "name a field of type `Ref<…>` (not `Option<Ref<…>>`: a row without a tenant would belong to nobody), or say `tenant = id`"
)]
pub trait Fence {}

#[diagnostic::do_not_recommend]
impl<E> Fence for Rel<E> {}
#[diagnostic::do_not_recommend]
impl<E> Fence for Key<E> {}

/// The end of a tenant's path.
pub fn fence<F: Fence>(_: F) {
    never_called()
}

/// What `filter(…)` may name: any field. A to-many opens the filters of its rows.
pub fn filter<T>(_: T) {
    never_called()
}

/// What `sort(…)` may name.
#[diagnostic::on_unimplemented(
    message = "`sort(…)` names a stored field, and this is `{Self}`",
    label = "has no single value to sort by",
    note = "a to-many relation has many values, and bytes have no order that means anything"
)]
pub trait Sort {}

macro_rules! sorted {
    ($($shape:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Sort for $shape {}
    )*};
}
sorted!(bool, i64, f64, Text, Dec, Timestamp, Date, Time, Uuid);

#[diagnostic::do_not_recommend]
impl<E> Sort for Key<E> {}
#[diagnostic::do_not_recommend]
impl<E> Sort for Rel<E> {}
#[diagnostic::do_not_recommend]
impl<T: Sort> Sort for Nullable<T> {}

/// The end of a path in `sort(…)`.
pub fn sort<T: Sort>(_: T) {
    never_called()
}

/// What `include(…)` may name.
#[diagnostic::on_unimplemented(
    message = "`include(…)` names a relation, and this is `{Self}`",
    label = "not a relation",
    note = "include a field of type `Ref<…>`, `Option<Ref<…>>` or `Many<…>`; other fields are always part of the row"
)]
pub trait Include {}

#[diagnostic::do_not_recommend]
impl<E> Include for Rel<E> {}
#[diagnostic::do_not_recommend]
impl<E> Include for Nullable<Rel<E>> {}
#[diagnostic::do_not_recommend]
impl<E> Include for Rows<E> {}

/// The end of a path in `include(…)`.
pub fn include<T: Include>(_: T) {
    never_called()
}

/// A to-many relation.
#[diagnostic::on_unimplemented(
    message = "`inverse` belongs on a `Many<…>`, and this is `{Self}`",
    label = "not a `Many<…>`",
    note = "`inverse` names the field of the other entity that points back here"
)]
pub trait ToMany {
    /// The entity whose rows these are.
    type Target: Entity;
}

#[diagnostic::do_not_recommend]
impl<E: Entity> ToMany for Rows<E> {
    type Target = E;
}

/// The shape of the rows of a `Many<…>`.
pub fn rows<T>() -> <<T::Shape as ToMany>::Target as Entity>::Shape
where
    T: Field<Shape: ToMany>,
{
    never_called()
}

/// A field that points to `E`.
#[diagnostic::on_unimplemented(
    message = "the `inverse` of this `Many<…>` has to be a `Ref<{E}>`, and it is `{Self}`",
    label = "does not point back to `{E}`",
    note = "name the field of the other entity whose type is `Ref<{E}>` or `Option<Ref<{E}>>`"
)]
pub trait PointsTo<E> {}

#[diagnostic::do_not_recommend]
impl<E> PointsTo<E> for Rel<E> {}
#[diagnostic::do_not_recommend]
impl<E> PointsTo<E> for Nullable<Rel<E>> {}

/// The field behind an `inverse = …`.
pub fn points_back<E, R: PointsTo<E>>(_: R) {
    never_called()
}

/// The type of an entity's key.
#[diagnostic::on_unimplemented(
    message = "the key of `{E}` cannot be `{Self}`",
    label = "say `Id<Self>`",
    note = "the server makes the keys of new rows, and an `Id` knows whose key it is"
)]
pub trait KeyOf<E> {}

#[diagnostic::do_not_recommend]
impl<E> KeyOf<E> for Id<E> {}

/// The key of an entity.
pub fn key_of<E, K: KeyOf<E>>() {
    never_called()
}
