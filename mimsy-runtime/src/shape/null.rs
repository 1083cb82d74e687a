//! The methods of a rule that are about NULL, as functions: a method of `Option` on a field that is never NULL then has
//! a message that teaches.

use super::compare::Fallback;
use super::{Nullable, Parts, Rel, Single, never_called};

/// A value that may be NULL.
#[diagnostic::on_unimplemented(
    message = "this field is never NULL: it is `{Self}`, not an `Option`",
    label = "never NULL",
    note = "compare it as it is; `is_none()`, `is_some()`, `is_some_and(…)` and `unwrap_or(…)` are for `Option` fields"
)]
pub trait MayBeNull {
    /// What it is where it is not NULL.
    type Value;
}

impl<T> MayBeNull for Nullable<T> {
    type Value = T;
}

impl<E> MayBeNull for Single<E> {
    type Value = Rel<E, Parts>;
}

/// Whether it is NULL.
pub fn is_none<N: MayBeNull>(_: N) -> bool {
    never_called()
}

/// Whether it is not NULL.
pub fn is_some<N: MayBeNull>(_: N) -> bool {
    never_called()
}

/// Whether it is not NULL, and a condition holds of it.
pub fn is_some_and<N: MayBeNull>(_: N, _: impl FnOnce(N::Value) -> bool) -> bool {
    never_called()
}

/// The value, or another one in the place of NULL.
pub fn unwrap_or<N, V>(_: N, _: V) -> N::Value
where
    N: MayBeNull<Value: Fallback<V>>,
{
    never_called()
}
