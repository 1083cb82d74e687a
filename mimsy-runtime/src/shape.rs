//! What a rule sees: `Copy` markers that stand for the values of a row.
//!
//! A rule's body is re-emitted against these types and never called, so that rustc checks it; comparisons become calls
//! of [`eq`] and [`cmp`], so that their messages teach. Paths of `#[routes]` and `#[entity]` are walked over the same
//! shapes, by [`hop`].
//!
//! No function here ever runs: a shape is a type, and its values are nowhere.

mod arithmetic;
mod compare;
mod list;
mod null;
mod relation;
mod rows;

use std::marker::PhantomData;

pub use arithmetic::{
    Letters, Plus, Span, Times, add, days, ends_with, hours, minutes, moment, mul, seconds, starts_with, weeks,
};
pub use compare::{Accepts, Fallback, Limits, Ordered, Same, accepts, cmp, eq, limits};
pub use list::{Countable, Emptiable, Listed, Searched, contains, is_empty, len};
pub use null::{MayBeNull, is_none, is_some, is_some_and, unwrap_or};
pub use relation::{
    Fence, HeldBy, HeldThere, Hop, Include, KeyOf, LeadsOnTo, PointsTo, Reach, Sort, between, fence, filter, held_by,
    hop, include, key_of, leads_on, points_back, reach, rows, sort,
};
pub use rows::{Asked, Extreme, Guarded, Number, all, any, can, count, max, min, none, sum};

/// A text.
#[derive(Clone, Copy, Debug)]
pub struct Text;

/// A decimal.
#[derive(Clone, Copy, Debug)]
pub struct Dec;

/// Bytes.
#[derive(Clone, Copy, Debug)]
pub struct Bytes;

/// JSON: nothing is asked of it but whether it is NULL.
#[derive(Clone, Copy, Debug)]
pub struct Json;

/// A list.
pub struct Items<T>(PhantomData<fn() -> T>);

/// A value that may be NULL.
pub struct Nullable<T>(PhantomData<fn() -> T>);

/// The key of an entity.
pub struct Key<E>(PhantomData<fn() -> E>);

/// The key of an entity, where it has several parts.
#[derive(Clone, Copy, Debug)]
pub struct Parts;

/// A to-one relation; dereferences to the target's shape. `K` is the shape of the target's key.
pub struct Rel<E, K = Key<E>>(PhantomData<fn() -> (E, K)>);

impl<E, K> Clone for Rel<E, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, K> Copy for Rel<E, K> {}

/// A relation to at most one row, which points here.
pub struct Single<E>(PhantomData<fn() -> E>);

/// A to-many relation.
pub struct Rows<E>(PhantomData<fn() -> E>);

macro_rules! copy {
    ($($name:ident),*) => {$(
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $name<T> {}
    )*};
}
copy!(Items, Nullable, Key, Single, Rows);

/// What every function over shapes answers: nothing, since nobody calls it.
#[cold]
pub(crate) fn never_called() -> ! {
    unreachable!("a shape is only ever type-checked")
}
