//! Questions to the rows of a to-many relation, and to other policies, as shapes see them.

use mimsy_schema::{Date, Time, Timestamp};

use super::{Nullable, Ordered, Rel, Rows, never_called};
use crate::entity::Entity;

/// A to-many relation.
#[diagnostic::on_unimplemented(
    message = "this is no to-many relation: it is `{Self}`",
    label = "not a `Many<…>`",
    note = "`any`, `all`, `none`, `count`, `sum`, `min` and `max` are asked of a `Many<…>`, as in `invoice.lines.any(|line| …)`"
)]
pub trait Asked {
    /// What a rule sees of a row.
    type Row;
}

#[diagnostic::do_not_recommend]
impl<E: Entity> Asked for Rows<E> {
    type Row = E::Shape;
}

/// Whether a condition holds of one.
pub fn any<R: Asked>(_: R, _: impl FnOnce(R::Row) -> bool) -> bool {
    never_called()
}

/// Whether a condition holds of each.
pub fn all<R: Asked>(_: R, _: impl FnOnce(R::Row) -> bool) -> bool {
    never_called()
}

/// Whether a condition holds of none.
pub fn none<R: Asked>(_: R, _: impl FnOnce(R::Row) -> bool) -> bool {
    never_called()
}

/// How many there are.
pub fn count<R: Asked>(_: R) -> i64 {
    never_called()
}

/// What `sum` adds.
#[diagnostic::on_unimplemented(
    message = "`sum` adds integers or decimals, and this is `{Self}`",
    label = "cannot be added",
    note = "give `sum` a number of the row, as in `invoice.lines.sum(|line| line.qty)`"
)]
pub trait Number {
    /// What the sum is: never NULL, for the sum of nothing is 0.
    type Sum;
}

#[diagnostic::do_not_recommend]
impl Number for i64 {
    type Sum = Self;
}
#[diagnostic::do_not_recommend]
impl Number for super::Dec {
    type Sum = Self;
}
#[diagnostic::do_not_recommend]
impl<T: Number> Number for Nullable<T> {
    type Sum = T::Sum;
}

/// The sum of a number over the rows.
pub fn sum<R: Asked, N: Number>(_: R, _: impl FnOnce(R::Row) -> N) -> N::Sum {
    never_called()
}

/// What `min` and `max` are asked of.
#[diagnostic::on_unimplemented(
    message = "`min` and `max` are asked of what has an order, and this is `{Self}`",
    label = "has no order",
    note = "numbers, decimals, moments, days, times and texts have one"
)]
pub trait Extreme {
    /// Without its `Option`.
    type Value;
}

macro_rules! extremes {
    ($($shape:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Extreme for $shape {
            type Value = Self;
        }
    )*};
}
extremes!(i64, f64, super::Dec, super::Text, Timestamp, Date, Time);

#[diagnostic::do_not_recommend]
impl<T: Ordered<T>> Extreme for Nullable<T> {
    type Value = T;
}

/// The least; of nothing, there is none.
pub fn min<R: Asked, N: Extreme>(_: R, _: impl FnOnce(R::Row) -> N) -> Nullable<N::Value> {
    never_called()
}

/// The greatest; of nothing, there is none.
pub fn max<R: Asked, N: Extreme>(_: R, _: impl FnOnce(R::Row) -> N) -> Nullable<N::Value> {
    never_called()
}

/// What `can!` asks about: a row that a relation leads to.
#[diagnostic::on_unimplemented(
    message = "`can!` asks the policy of a row that a `Ref` leads to, and this is `{Self}`",
    label = "leads to no row",
    note = "name a field of type `Ref<…>`, as in `can!(invoice.customer, read)`"
)]
pub trait Guarded {}

#[diagnostic::do_not_recommend]
impl<E> Guarded for Rel<E> {}
#[diagnostic::do_not_recommend]
impl<E> Guarded for Nullable<Rel<E>> {}

/// Another policy's decision.
pub fn can<R: Guarded>(_: R) -> bool {
    never_called()
}
