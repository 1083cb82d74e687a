//! Why a write of one or several rows failed: as a whole, or some of its rows.

use crate::error::Error;
use crate::store::StoreError;

/// A failure of a write.
#[derive(Debug)]
pub(super) enum Failed {
    /// Whatever its rows are.
    Whole(Error),
    /// Some of its rows, each with its position; at least one.
    Items(Vec<(usize, Error)>),
}

impl Failed {
    /// The failure of a write that is about one row.
    pub(super) fn alone(self) -> Error {
        match self {
            Self::Whole(error) => error,
            Self::Items(mut items) => items.swap_remove(0).1,
        }
    }

    /// The failure of a list of rows.
    pub(super) fn listed(self) -> Error {
        match self {
            Self::Whole(error) => error,
            Self::Items(items) => Error::of_items(items),
        }
    }

    /// Nothing, unless some rows failed.
    pub(super) fn unless_empty(items: Vec<(usize, Error)>) -> Result<(), Self> {
        if items.is_empty() { Ok(()) } else { Err(Self::Items(items)) }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Whole(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Whole(error.into())
    }
}

/// What went well, if all of it did; else what did not.
pub(super) fn all<T>(results: Vec<Result<T, Error>>) -> Result<Vec<T>, Failed> {
    let (mut well, mut failed) = (Vec::with_capacity(results.len()), Vec::new());
    for (at, result) in results.into_iter().enumerate() {
        match result {
            Ok(one) => well.push(one),
            Err(error) => failed.push((at, error)),
        }
    }
    Failed::unless_empty(failed).map(|()| well)
}
