//! Relations as shapes see them: walking along them, and what may stand at the end of a path.

use std::ops::Deref;

use mimsy_schema::{Date, Time, Timestamp};
use uuid::Uuid;

use super::{Dec, Key, Nullable, Rel, Rows, Single, Text, never_called};
use crate::entity::Entity;
use crate::field::{Choice, Field};
use crate::key::Ref;

impl<E: Entity, K> Deref for Rel<E, K> {
    type Target = E::Shape;
    fn deref(&self) -> &E::Shape {
        never_called()
    }
}

/// A step of a path: a to-one relation, NULL or not, leads to the shape `T` of its target.
///
/// `T` is a parameter and not an associated type: where there is no step, an associated type would be a second mistake.
#[diagnostic::on_unimplemented(
    message = "a path leads on through a `Ref` or a `One` only, and this is `{Self}`",
    label = "nothing follows this",
    note = "a path goes through `Ref<…>`, `Option<Ref<…>>` or `One<…>`, as in `customer.name`"
)]
pub trait Hop<T> {}

#[diagnostic::do_not_recommend]
impl<E: Entity, K> Hop<E::Shape> for Rel<E, K> {}

#[diagnostic::do_not_recommend]
impl<E: Entity, K> Hop<E::Shape> for Nullable<Rel<E, K>> {}

#[diagnostic::do_not_recommend]
impl<E: Entity> Hop<E::Shape> for Single<E> {}

/// Take a step of a path.
pub fn hop<R: Hop<T>, T>(_: R) -> T {
    never_called()
}

/// A step of a path in `include(…)`: a relation of either kind leads to the shape `T` of its target.
#[diagnostic::on_unimplemented(
    message = "an include leads on through relations only, and this is `{Self}`",
    label = "nothing follows this",
    note = "an include goes through `Ref<…>`, `Option<Ref<…>>`, `One<…>` or `Many<…>`, as in `lines.product`"
)]
pub trait Reach<T> {}

#[diagnostic::do_not_recommend]
impl<E: Entity, K> Reach<E::Shape> for Rel<E, K> {}

#[diagnostic::do_not_recommend]
impl<E: Entity, K> Reach<E::Shape> for Nullable<Rel<E, K>> {}

#[diagnostic::do_not_recommend]
impl<E: Entity> Reach<E::Shape> for Single<E> {}

#[diagnostic::do_not_recommend]
impl<E: Entity> Reach<E::Shape> for Rows<E> {}

/// Take a step of an include.
pub fn reach<R: Reach<T>, T>(_: R) -> T {
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
impl<E, K: Sort> Fence for Rel<E, K> {}
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
    note = "a to-many relation has many values, and bytes and JSON have no order that means anything"
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
impl<E, K: Sort> Sort for Rel<E, K> {}
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
impl<E, K> Include for Rel<E, K> {}
#[diagnostic::do_not_recommend]
impl<E, K> Include for Nullable<Rel<E, K>> {}
#[diagnostic::do_not_recommend]
impl<E> Include for Single<E> {}
#[diagnostic::do_not_recommend]
impl<E> Include for Rows<E> {}

/// The end of a path in `include(…)`.
pub fn include<T: Include>(_: T) {
    never_called()
}

/// A relation that the other side holds.
#[diagnostic::on_unimplemented(
    message = "`inverse` belongs on a `Many<…>` or a `One<…>`, and this is `{Self}`",
    label = "holds its key itself",
    note = "`inverse` names the field of the other entity that points back here"
)]
pub trait HeldThere {
    /// The entity whose rows these are.
    type Target: Entity;
}

#[diagnostic::do_not_recommend]
impl<E: Entity> HeldThere for Rows<E> {
    type Target = E;
}

#[diagnostic::do_not_recommend]
impl<E: Entity> HeldThere for Single<E> {
    type Target = E;
}

/// The shape of the rows of a `Many<…>` or a `One<…>`.
pub fn rows<T>() -> <<T::Shape as HeldThere>::Target as Entity>::Shape
where
    T: Field<Shape: HeldThere>,
{
    never_called()
}

/// A field that points to `E`.
#[diagnostic::on_unimplemented(
    message = "the `inverse` has to be a `Ref<{E}>`, and it is `{Self}`",
    label = "does not point back to `{E}`",
    note = "name the field of the other entity whose type is `Ref<{E}>` or `Option<Ref<{E}>>`"
)]
pub trait PointsTo<E> {}

#[diagnostic::do_not_recommend]
impl<E, K> PointsTo<E> for Rel<E, K> {}
#[diagnostic::do_not_recommend]
impl<E, K> PointsTo<E> for Nullable<Rel<E, K>> {}

/// The field behind an `inverse = …`.
pub fn points_back<E, R: PointsTo<E>>(_: R) {
    never_called()
}

/// What a rule sees of the entity between, in `through = …`.
pub fn between<B: Entity>() -> B::Shape {
    never_called()
}

/// A field of the entity between that leads on to `E`.
#[diagnostic::on_unimplemented(
    message = "`onward` has to be a `Ref<{E}>`, and it is `{Self}`",
    label = "does not lead on to `{E}`",
    note = "name the field of the entity between whose type is `Ref<{E}>` or `Option<Ref<{E}>>`"
)]
pub trait LeadsOnTo<E> {}

#[diagnostic::do_not_recommend]
impl<E, K> LeadsOnTo<E> for Rel<E, K> {}
#[diagnostic::do_not_recommend]
impl<E, K> LeadsOnTo<E> for Nullable<Rel<E, K>> {}

/// The field behind an `onward = …`, for a relation of the type `T`.
pub fn leads_on<T, R>(_: R)
where
    T: Field<Shape: HeldThere>,
    R: LeadsOnTo<<T::Shape as HeldThere>::Target>,
{
    never_called()
}

/// A field that can be a part of the key of `E`.
#[diagnostic::on_unimplemented(
    message = "the key of `{E}` cannot be `{Self}`",
    label = "names no row",
    note = "a key is an `Id<Self>` that the server makes, or made of texts, integers, moments, days, times, UUIDs, enums and required `Ref<…>`s; the key of another entity is a `Ref<…>`"
)]
pub trait KeyOf<E> {}

#[diagnostic::do_not_recommend]
impl<E> KeyOf<E> for Key<E> {}
#[diagnostic::do_not_recommend]
impl<E> KeyOf<E> for Text {}
#[diagnostic::do_not_recommend]
impl<E> KeyOf<E> for i64 {}
#[diagnostic::do_not_recommend]
impl<E> KeyOf<E> for Timestamp {}
#[diagnostic::do_not_recommend]
impl<E> KeyOf<E> for Date {}
#[diagnostic::do_not_recommend]
impl<E> KeyOf<E> for Time {}
#[diagnostic::do_not_recommend]
impl<E> KeyOf<E> for Uuid {}
#[diagnostic::do_not_recommend]
impl<E, T: Choice> KeyOf<E> for T {}
#[diagnostic::do_not_recommend]
impl<E, T, K: Sort> KeyOf<E> for Rel<T, K> {}

/// A field of the key of an entity.
pub fn key_of<E, T>()
where
    T: Field<Shape: KeyOf<E>>,
{
    never_called()
}

/// The types of the fields that `by(…)` names, for a reference of the type `Self`.
#[diagnostic::on_unimplemented(
    message = "`by` names fields of the types `{F}`, which do not hold the key of this reference",
    label = "is a `{Self}`",
    note = "name as many fields as the key has parts, in the order of the key and of the same types; any may be an `Option`",
    note = "a key of one part is held by its `Ref` itself, without `by`"
)]
pub trait HeldBy<F> {}

/// One field that holds a part of a key.
pub trait Holds<P> {}

impl<P> Holds<P> for P {}
impl<P> Holds<P> for Option<P> {}

macro_rules! held_by {
    ($($part:ident $field:ident),*) => {
        #[diagnostic::do_not_recommend]
        impl<E, $($part, $field: Holds<$part>),*> HeldBy<($($field,)*)> for Ref<E, ($($part,)*)> {}
        #[diagnostic::do_not_recommend]
        impl<E, $($part, $field: Holds<$part>),*> HeldBy<($($field,)*)> for Option<Ref<E, ($($part,)*)>> {}
    };
}
held_by!(A X, B Y);
held_by!(A X, B Y, C Z);
held_by!(A X, B Y, C Z, D W);

/// A reference that other fields hold.
pub fn held_by<R: HeldBy<F>, F>() {
    never_called()
}
