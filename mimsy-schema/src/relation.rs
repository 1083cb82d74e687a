//! Where a field points.

use crate::{List, Text};

/// How many rows a relation can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Cardinality {
    /// One row: the key of the target is stored here.
    One,
    /// Any number of rows, whose field `inverse` points here.
    Many,
}

/// What happens to this row when the row it points to is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum OnDelete {
    /// The delete is refused.
    #[default]
    Restrict,
    /// This row is deleted too.
    Cascade,
    /// The reference becomes NULL.
    SetNull,
}

impl OnDelete {
    /// The action as a word, for hashes and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Restrict => "restrict",
            Self::Cascade => "cascade",
            Self::SetNull => "set_null",
        }
    }
}

/// A relation: a list of columns that hold the key of one of a list of targets.
///
/// Both are lists so that compound keys and polymorphic references need no other form.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Relation {
    /// The names of the entities that it can point to.
    pub targets: List<Text>,
    /// The fields here that hold the target's key; empty for `Many`.
    pub fields: List<Text>,
    /// How many rows it reaches.
    pub cardinality: Cardinality,
    /// For `Many`: the field of the target that points here.
    pub inverse: Text,
    /// What a delete of the target does to this row.
    pub on_delete: OnDelete,
}
