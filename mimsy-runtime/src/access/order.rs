//! The keys of an order.

use std::fmt::Write as _;
use std::marker::PhantomData;

use crate::quoted::Named;
use crate::shape::Sort;

/// A key of an order of the rows of `E`, with its direction and the place of NULL.
#[derive(Clone, Debug)]
pub struct Sorted<E> {
    name: String,
    descending: bool,
    nulls_first: Option<bool>,
    of: PhantomData<fn() -> E>,
}

/// What rows can be ordered by.
#[diagnostic::on_unimplemented(
    message = "the rows of `{E}` cannot be ordered by `{Self}`",
    label = "no order of `{E}`",
    note = "name a field, as in `expr!(|invoice: &Invoice| invoice.total)`, perhaps with `.descending()`; where it is known at run time only, write it as a text: `-total`"
)]
pub trait Sorting<E> {
    #[doc(hidden)]
    fn into_key(self) -> String;
}

#[diagnostic::do_not_recommend]
impl<E> Sorting<E> for &str {
    fn into_key(self) -> String {
        self.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<E, S: Sort> Sorting<E> for Named<E, S> {
    fn into_key(self) -> String {
        self.path.join(".")
    }
}

#[diagnostic::do_not_recommend]
impl<E> Sorting<E> for Sorted<E> {
    fn into_key(self) -> String {
        let mut key = format!("{}{}", if self.descending { "-" } else { "" }, self.name);
        if let Some(first) = self.nulls_first {
            // Writing to a String cannot fail.
            let _ = write!(key, ":{}", if first { "nulls_first" } else { "nulls_last" });
        }
        key
    }
}

impl<E, S: Sort> Named<E, S> {
    fn ascending(self) -> Sorted<E> {
        Sorted { name: self.path.join("."), descending: false, nulls_first: None, of: PhantomData }
    }

    /// From the largest to the smallest; NULL is the largest.
    #[must_use]
    pub fn descending(self) -> Sorted<E> {
        Sorted { descending: true, ..self.ascending() }
    }

    /// NULL before all values.
    #[must_use]
    pub fn nulls_first(self) -> Sorted<E> {
        self.ascending().nulls_first()
    }

    /// NULL after all values.
    #[must_use]
    pub fn nulls_last(self) -> Sorted<E> {
        self.ascending().nulls_last()
    }
}

impl<E> Sorted<E> {
    /// NULL before all values.
    #[must_use]
    pub fn nulls_first(self) -> Self {
        Self { nulls_first: Some(true), ..self }
    }

    /// NULL after all values.
    #[must_use]
    pub fn nulls_last(self) -> Self {
        Self { nulls_first: Some(false), ..self }
    }
}
