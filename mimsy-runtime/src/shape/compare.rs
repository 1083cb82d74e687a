//! Comparisons of the rule language: traits of ours and not `PartialEq`, so that their messages can teach.

use mimsy_schema::{Date, Fixed, Time, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Bytes, Dec, Key, Nullable, Rel, Text, never_called};
use crate::field::Field;

/// What `==` and `!=` may stand between.
#[diagnostic::on_unimplemented(
    message = "a rule cannot compare `{Self}` with `{R}`",
    label = "`{Self}` is never equal to `{R}`",
    note = "a `Nullable` field may be NULL: say what NULL means with `.is_some_and(|x| x == …)`, `.is_none()` or `.unwrap_or(…)`",
    note = "an `f64` has an order and no equality: compare it with `<` or `>=`, or make it a `Decimal`, which is exact",
    note = "a relation (`Rel`) is compared with a relation to the same entity, or with its key (`user.id`)"
)]
pub trait Same<R> {}

/// What `<`, `<=`, `>` and `>=` may stand between.
#[diagnostic::on_unimplemented(
    message = "a rule cannot order `{Self}` and `{R}`",
    label = "`{Self}` and `{R}` have no order",
    note = "numbers, moments, days, times and texts have an order, each among its own; enums, keys, bytes and `bool` have none",
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

/// What may stand in the place of NULL.
#[diagnostic::on_unimplemented(
    message = "`unwrap_or` puts a value of the field's own type in the place of NULL, and this is `{V}`",
    label = "the field holds `{Self}`",
    note = "give a constant or a field of the same type"
)]
pub trait Fallback<V> {}

#[diagnostic::do_not_recommend]
impl<A: Same<B>, B> Fallback<B> for A {}

/// Which constants limit a number from below or above.
#[diagnostic::on_unimplemented(
    message = "this constant is no limit for a field that is `{Self}`",
    label = "the field holds `{Self}`",
    note = "`min` and `max` limit integers, floats, decimals, moments, days and times, each by a constant of its own type",
    note = "the length of a text is `len = 1..=80`"
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
    bool, bool; Timestamp, Timestamp; Date, Date; Time, Time; Uuid, Uuid;
    i64, i64; i64, i32; i64, i16; i32, i64; i16, i64;
    Text, Text; Text, &str; &str, Text;
    Bytes, Bytes; Bytes, &[u8]; &[u8], Bytes;
    Dec, Dec; Dec, i64; Dec, Fixed; Dec, Decimal; i64, Dec; Fixed, Dec; Decimal, Dec;
}
compared! { Ordered:
    Timestamp, Timestamp; Date, Date; Time, Time;
    i64, i64; i64, i32; i64, i16; i32, i64; i16, i64;
    f64, f64; f64, Fixed; f64, i64; Fixed, f64; i64, f64;
    Text, Text; Text, &str; &str, Text;
    Dec, Dec; Dec, i64; Dec, Fixed; Dec, Decimal; i64, Dec; Fixed, Dec; Decimal, Dec;
}
// A float has no equality, but something may stand in its place.
compared! { Fallback: f64, f64; f64, Fixed; f64, i64; }
compared! { Accepts:
    bool, bool; Timestamp, Timestamp; Date, Date; Time, Time; Uuid, Uuid;
    i64, i64; i64, i32; i64, i16;
    f64, f64; f64, Fixed; f64, i64;
    Text, &'static str; Bytes, &'static [u8];
    Dec, i64; Dec, Fixed; Dec, Decimal;
}
compared! { Limits:
    Timestamp, Timestamp; Date, Date; Time, Time;
    i64, i64; i64, i32; i64, i16;
    f64, f64; f64, Fixed; f64, i64;
    Dec, i64; Dec, Fixed; Dec, Decimal;
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Same<&[u8; N]> for Bytes {}
#[diagnostic::do_not_recommend]
impl<const N: usize> Same<Bytes> for &[u8; N] {}
#[diagnostic::do_not_recommend]
impl<const N: usize> Accepts<&'static [u8; N]> for Bytes {}

#[diagnostic::do_not_recommend]
impl<T> Same<Self> for Nullable<T> {}
#[diagnostic::do_not_recommend]
impl<E> Same<Self> for Key<E> {}
#[diagnostic::do_not_recommend]
impl<E, K> Same<Self> for Rel<E, K> {}
#[diagnostic::do_not_recommend]
impl<E> Same<Key<E>> for Rel<E> {}
#[diagnostic::do_not_recommend]
impl<E> Same<Rel<E>> for Key<E> {}

/// A reference is also compared with what its target's key is.
macro_rules! referred {
    ($($key:ty, $value:ty;)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<E> Same<$value> for Rel<E, $key> {}
        #[diagnostic::do_not_recommend]
        impl<E> Same<Rel<E, $key>> for $value {}
    )* };
}
referred! {
    Text, Text; Text, &str; i64, i64; i64, i32; i64, i16; Timestamp, Timestamp; Date, Date; Time, Time; Uuid, Uuid;
}

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
