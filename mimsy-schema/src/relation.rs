//! Where a field points.

use crate::{List, Text};

/// How many rows a relation can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Cardinality {
    /// At most one row: its key is stored here, or a unique reference of it points here.
    One,
    /// Any number of rows.
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

/// A relation to rows of another entity. One of three says how it is joined:
///
/// - `fields`: the fields here that hold the target's key, in the order of the key. One field that names itself is a
///   plain reference; several are a reference to a compound key.
/// - `inverse`: the field of the target that points here.
/// - `through`: an entity of its own that joins the two, many to many. `inverse` is then its reference to this entity,
///   and `onward` the one to the target; each may be left empty where there is only one that it can be.
///
/// `targets` is a list so that polymorphic references need no other form.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Relation {
    /// The names of the entities that it can point to.
    pub targets: List<Text>,
    /// The fields here that hold the target's key.
    pub fields: List<Text>,
    /// How many rows it reaches.
    pub cardinality: Cardinality,
    /// The field of the target (or of `through`) that points here.
    pub inverse: Text,
    /// The entity that joins many to many; empty if there is none.
    pub through: Text,
    /// The field of `through` that leads on to the target.
    pub onward: Text,
    /// What a delete of the target does to this row.
    pub on_delete: OnDelete,
}
