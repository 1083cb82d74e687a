//! An entity: a named thing with fields, a key and a table.

use crate::hash::same;
use crate::{Expr, Field, List, Policy, Relation, Routes, Text};

/// A set of fields whose values together occur once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Unique {
    /// The names of the fields, in the order of the index.
    pub fields: List<Text>,
}

/// An index that was asked for.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Index {
    /// Its fields, in order.
    pub fields: List<IndexField>,
    /// Whether no two of its rows have the same values. What is unique among all rows is a [`Unique`].
    pub unique: bool,
    /// Which rows it holds: a condition on the row alone. All, without one.
    pub condition: Option<Expr>,
    /// Whether it holds what is inside of a value, rather than the value; left out where the database has none.
    pub inverted: bool,
}

/// A field of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct IndexField {
    /// Its name.
    pub name: Text,
    /// Whether the greatest comes first.
    pub descending: bool,
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
    /// How people call its rows; empty if nothing was said, and the name serves.
    pub label: Text,
    /// What is explained to people; empty if nothing was said, and the doc comment serves.
    pub help: Text,
    /// What it belongs to, for readers of the schema that group entities.
    pub tags: List<Text>,
    /// The table in the database.
    pub table: Text,
    /// Whether the table belongs to others: it is never made or altered, and its rows have no version.
    pub external: bool,
    /// The fields, in their order.
    pub fields: List<Field>,
    /// The names of the fields that make the key.
    pub key: List<Text>,
    /// What must be unique, besides the key.
    pub uniques: List<Unique>,
    /// The indexes that were asked for.
    pub indexes: List<Index>,
    /// The fence, if the entity is multi-tenant.
    pub tenant: Option<Tenant>,
}

impl Entity {
    /// An entity without a name: the base of a literal.
    pub const EMPTY: Self = Self {
        name: Text::EMPTY,
        doc: Text::EMPTY,
        label: Text::EMPTY,
        help: Text::EMPTY,
        tags: List::EMPTY,
        table: Text::EMPTY,
        external: false,
        fields: List::EMPTY,
        key: List::EMPTY,
        uniques: List::EMPTY,
        indexes: List::EMPTY,
        tenant: None,
    };

    /// Whether at most one row has a value of the reference with this name: its fields are the key or unique. A tenant beside
    /// them changes nothing, since it leads every unique. No row has one of a reference that is not there. `const`, so that
    /// an expansion can ask.
    #[must_use]
    pub const fn points_once(&self, reference: &str) -> bool {
        let Some(relation) = self.relation(reference) else { return true };
        let held = relation.fields.items();
        if self.hold_alike(held, self.key.items()) {
            return true;
        }
        let uniques = self.uniques.items();
        let mut u = 0;
        while u < uniques.len() {
            if self.hold_alike(held, uniques[u].fields.items()) {
                return true;
            }
            u += 1;
        }
        false
    }

    const fn relation(&self, field: &str) -> Option<&Relation> {
        let fields = self.fields.items();
        let mut f = 0;
        while f < fields.len() {
            if same(fields[f].name.as_str(), field) {
                return fields[f].relation.as_ref();
            }
            f += 1;
        }
        None
    }

    /// Whether two sets of fields are one, but for a direct tenant.
    const fn hold_alike(&self, held: &[Text], unique: &[Text]) -> bool {
        let tenant = match &self.tenant {
            Some(tenant) if tenant.path.items().len() == 1 => tenant.path.items(),
            _ => &[],
        };
        let mut u = 0;
        while u < unique.len() {
            if !is_among(unique[u].as_str(), held) && !is_among(unique[u].as_str(), tenant) {
                return false;
            }
            u += 1;
        }
        let mut h = 0;
        while h < held.len() {
            if !is_among(held[h].as_str(), unique) {
                return false;
            }
            h += 1;
        }
        true
    }
}

const fn is_among(name: &str, names: &[Text]) -> bool {
    let mut n = 0;
    while n < names.len() {
        if same(names[n].as_str(), name) {
            return true;
        }
        n += 1;
    }
    false
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
