//! An entity: a named thing with fields, a key and a table.

use crate::{Field, List, Policy, Routes, Text};

/// A set of fields whose values together occur once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Unique {
    /// The names of the fields, in the order of the index.
    pub fields: List<Text>,
}

/// The fence of a multi-tenant entity: the path from a row to its tenant.
///
/// `["org"]`: the row carries its tenant. `["invoice", "org"]`: it belongs to the tenant of its parent. `["id"]`: it is
/// the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Tenant {
    /// Field names, each a to-one relation but perhaps the last.
    pub path: List<Text>,
}

/// A named thing with fields, a key and a table.
///
/// ```
/// use mimsy_schema::{Entity, Field, List, Text};
/// const TITLE: Field = Field { name: Text::Static("title"), column: Text::Static("title"), ..Field::EMPTY };
/// const POST: Entity = Entity { name: Text::Static("Post"), table: Text::Static("posts"), ..Entity::EMPTY };
/// assert_eq!(POST.table, "posts");
/// # let _ = TITLE;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Entity {
    /// The name of the type, unique in a schema.
    pub name: Text,
    /// The doc comment.
    pub doc: Text,
    /// The table in the database.
    pub table: Text,
    /// The fields, in their order.
    pub fields: List<Field>,
    /// The names of the fields that make the key.
    pub key: List<Text>,
    /// What must be unique, besides the key.
    pub uniques: List<Unique>,
    /// The fence, if the entity is multi-tenant.
    pub tenant: Option<Tenant>,
}

impl Entity {
    /// An entity without a name: the base of a literal.
    pub const EMPTY: Self = Self {
        name: Text::EMPTY,
        doc: Text::EMPTY,
        table: Text::EMPTY,
        fields: List::EMPTY,
        key: List::EMPTY,
        uniques: List::EMPTY,
        tenant: None,
    };
}

/// An entity with what was said about it elsewhere: one item of the list that [`assemble`](fn@crate::assemble) takes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Fragment {
    /// What it is.
    pub entity: Entity,
    /// Who may do what with it.
    pub policy: Option<Policy>,
    /// How it is reached.
    pub routes: Option<Routes>,
}
