//! What a rule sees: `Copy` markers that stand for the values of a row.
//!
//! A rule's body is re-emitted against these types and never called, so that rustc checks it; comparisons become calls
//! of [`eq`] and [`cmp`], so that their messages teach.

use std::marker::PhantomData;

/// A text.
#[derive(Clone, Copy, Debug)]
pub struct Text;

/// A decimal.
#[derive(Clone, Copy, Debug)]
pub struct Dec;

/// A value that may be NULL.
pub struct Nullable<T>(PhantomData<fn() -> T>);

/// The key of an entity.
pub struct Key<E>(PhantomData<fn() -> E>);

/// A to-one relation; dereferences to the target's shape.
pub struct Rel<E>(PhantomData<fn() -> E>);

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
copy!(Nullable, Key, Rel, Rows);
