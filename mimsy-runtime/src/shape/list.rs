//! What holds something, as shapes see it: texts, lists and rows.

use mimsy_schema::{Date, Time, Timestamp};
use uuid::Uuid;

use super::{Dec, Items, Rows, Same, Text, never_called};
use crate::field::Choice;

/// What a list can hold.
#[diagnostic::on_unimplemented(
    message = "a list cannot hold this: its items would be `{Self}`",
    label = "not an item of a list",
    note = "items are `bool`, integers, `f64`, `String`, `Decimal`, `Timestamp`, `Date`, `Time`, `Uuid`, enums, and newtypes of those; bytes alone are a `Vec<u8>`",
    note = "an item is never NULL and no list itself: keep such data in a `serde_json::Value`, or in rows of an entity of their own"
)]
pub trait Listed {}

macro_rules! listed {
    ($($shape:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Listed for $shape {}
    )*};
}
listed!(bool, i64, f64, Text, Dec, Timestamp, Date, Time, Uuid);

#[diagnostic::do_not_recommend]
impl<T: Choice> Listed for T {}

/// What `contains` can be asked of.
#[diagnostic::on_unimplemented(
    message = "`contains` asks a text for a part, or a list for an item, and this is `{Self}`",
    label = "does not contain `{V}`",
    note = "a list is asked for a value of the type of its items; a list of `f64` for none, since they have no equality",
    note = "a `Nullable` field may be NULL: say what NULL means with `.is_some_and(|x| x.contains(…))`"
)]
pub trait Searched<V> {}

macro_rules! searched {
    ($($text:ty, $part:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Searched<$part> for $text {}
    )*};
}
searched! { Text, Text; Text, &str; &str, Text; &str, &str; }

#[diagnostic::do_not_recommend]
impl<T: Same<V>, V> Searched<V> for Items<T> {}

/// Whether a text holds another, or a list an item.
pub fn contains<A: Searched<V>, V>(_: A, _: V) -> bool {
    never_called()
}

/// What has a length.
#[diagnostic::on_unimplemented(
    message = "a text or a list has a length, and this is `{Self}`",
    label = "has no length",
    note = "the rows of a to-many relation are counted by `.count()`",
    note = "a `Nullable` field may be NULL: say what NULL means with `.is_some_and(|x| x.len() …)`"
)]
pub trait Countable {}

#[diagnostic::do_not_recommend]
impl Countable for Text {}
#[diagnostic::do_not_recommend]
impl Countable for &str {}
#[diagnostic::do_not_recommend]
impl<T> Countable for Items<T> {}

/// The number of code points, or of items.
pub fn len<A: Countable>(_: A) -> i64 {
    never_called()
}

/// What can be empty.
#[diagnostic::on_unimplemented(
    message = "a text, a list or a to-many relation can be empty, and this is `{Self}`",
    label = "is never empty",
    note = "a `Nullable` field may be NULL: ask `.is_none()`, or `.is_some_and(|x| x.is_empty())`"
)]
pub trait Emptiable {}

#[diagnostic::do_not_recommend]
impl Emptiable for Text {}
#[diagnostic::do_not_recommend]
impl<T> Emptiable for Items<T> {}
#[diagnostic::do_not_recommend]
impl<E> Emptiable for Rows<E> {}

/// Whether it is empty.
pub fn is_empty<A: Emptiable>(_: A) -> bool {
    never_called()
}
