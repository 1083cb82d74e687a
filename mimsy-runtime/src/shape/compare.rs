//! Comparisons of the rule language: traits of ours and not `PartialEq`, so that their messages can teach.

use mimsy_schema::{Fixed, Timestamp};
use rust_decimal::Decimal;

use super::{Dec, Key, Nullable, Rel, Text, never_called};
use crate::field::Field;

/// What `==` and `!=` may stand between.
#[diagnostic::on_unimplemented(
    message = "a rule cannot compare `{Self}` with `{R}`",
    label = "`{Self}` is never equal to `{R}`",
    note = "a `Nullable` field may be NULL: say what NULL means with `.is_some_and(|x| x == …)`, `.is_none()` or `.unwrap_or(…)`",
    note = "a relation (`Rel`) is compared with a relation to the same entity, or with its key (`user.id`)"
)]
pub trait Same<R> {}

/// What `<`, `<=`, `>` and `>=` may stand between.
#[diagnostic::on_unimplemented(
    message = "a rule cannot order `{Self}` and `{R}`",
    label = "`{Self}` and `{R}` have no order",
    note = "numbers, decimals, moments and texts have an order, each among its own; enums, keys and `bool` have none",
    note = "a `Nullable` field may be NULL: say what NULL means with `.is_some_and(|x| x < …)` or `.unwrap_or(…)`"
)]
pub trait Ordered<R> {}

/// Which constants a field takes as its default, or as a limit.
#[diagnostic::on_unimplemented(
    message = "`{V}` is no value of this field",
    label = "the field holds `{Self}`",
    note = "give a constant of the field's own type; text is written as `\"…\"`, a decimal as `1`, `0.5` or a `Decimal`"
)]
pub trait Accepts<V> {}

/// Which constants limit a number from below or above.
#[diagnostic::on_unimplemented(
    message = "`min` and `max` limit a number, and this field is `{Self}`",
    label = "no limit for this field",
    note = "make the field an `i64` or a `Decimal`, or take the limit away; the length of a text is `len = 1..=80`"
)]
pub trait Limits<V> {}

/// `==` and `!=`.
pub fn eq<A: Same<B>, B>(_: A, _: B) -> bool {
    never_called()
}

/// `<`, `<=`, `>` and `>=`.
pub fn cmp<A: Ordered<B>, B>(_: A, _: B) -> bool {
    never_called()
}

/// A limit for a field of type `T`.
pub fn limits<T, V>(_: V)
where
    T: Field<Shape: Limits<V>>,
{
    never_called()
}

/// A constant for a field of type `T`.
pub fn accepts<T, V>(_: V)
where
    T: Field<Shape: Accepts<V>>,
{
    never_called()
}

macro_rules! compared {
    ($trait:ident: $($a:ty, $b:ty;)*) => { $(
        #[diagnostic::do_not_recommend]
        impl $trait<$b> for $a {}
    )* };
}
compared! { Same:
    bool, bool; i64, i64; Timestamp, Timestamp;
    Text, Text; Text, &str; &str, Text;
    Dec, Dec; Dec, i64; Dec, Fixed; Dec, Decimal; i64, Dec; Fixed, Dec; Decimal, Dec;
}
compared! { Ordered:
    i64, i64; Timestamp, Timestamp;
    Text, Text; Text, &str; &str, Text;
    Dec, Dec; Dec, i64; Dec, Fixed; Dec, Decimal; i64, Dec; Fixed, Dec; Decimal, Dec;
}
compared! { Accepts:
    bool, bool; i64, i64; Timestamp, Timestamp; Text, &'static str;
    Dec, i64; Dec, Fixed; Dec, Decimal;
}

compared! { Limits: i64, i64; Dec, i64; Dec, Fixed; Dec, Decimal; }

#[diagnostic::do_not_recommend]
impl<T> Same<Self> for Nullable<T> {}
#[diagnostic::do_not_recommend]
impl<E> Same<Self> for Key<E> {}
#[diagnostic::do_not_recommend]
impl<E> Same<Self> for Rel<E> {}
#[diagnostic::do_not_recommend]
impl<E> Same<Key<E>> for Rel<E> {}
#[diagnostic::do_not_recommend]
impl<E> Same<Rel<E>> for Key<E> {}

impl<T: Accepts<V>, V> Accepts<V> for Nullable<T> {}
impl<T: Limits<V>, V> Limits<V> for Nullable<T> {}

/// Types of no value. With them a trait has two impls for `Nullable`, so that rustc names the trait where it would
/// otherwise guess at the type of the other side.
#[derive(Debug)]
pub enum Null {}
/// See [`Null`].
#[derive(Debug)]
pub enum Nothing {}

#[diagnostic::do_not_recommend]
impl<T> Same<Null> for Nullable<T> {}
#[diagnostic::do_not_recommend]
impl<T> Ordered<Null> for Nullable<T> {}
#[diagnostic::do_not_recommend]
impl<T> Ordered<Nothing> for Nullable<T> {}
