//! A field of an entity: its storage, its meaning, and who may set it.

use crate::expr::Leaf;
use crate::{List, Relation, Rule, Text};

/// How a value is stored. What it *means* beyond that is the field's [`semantic`](Field::semantic) name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A 64-bit integer.
    Int,
    /// UTF-8 text without NUL.
    Text,
    /// An exact decimal with the field's [`scale`](Field::scale).
    Decimal,
    /// Microseconds in UTC.
    Timestamp,
    /// A UUID.
    Uuid,
    /// One of the field's [`values`](Field::values), stored as text.
    Enum,
    /// No column: one row of another entity, reached over the columns of other fields.
    Row,
    /// No column: rows of another entity that lead here.
    Rows,
}

impl Kind {
    /// The kind as a short word, for messages and hashes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Text => "text",
            Self::Decimal => "decimal",
            Self::Timestamp => "timestamp",
            Self::Uuid => "uuid",
            Self::Enum => "enum",
            Self::Row => "row",
            Self::Rows => "rows",
        }
    }
}

/// Who sets a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Duty {
    /// The writer: an ordinary field.
    #[default]
    Data,
    /// The server, on create: the key of the row.
    Key,
    /// The server, on create: the moment of it.
    Created,
    /// The server, on every write: the moment of it.
    Updated,
}

/// A field of an entity.
///
/// `const` data in an expansion; see [`List`] and [`Text`]. [`Field::EMPTY`] is the base to fill in.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Field {
    /// The name in Rust and in the API.
    pub name: Text,
    /// The column in the database.
    pub column: Text,
    /// The doc comment.
    pub doc: Text,
    /// How it is stored.
    pub kind: Kind,
    /// What it means beyond its storage (`"email"`, later `"money"`, `"slug"` …); empty if nothing.
    pub semantic: Text,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The stored names of an enum's variants, in their order.
    pub values: List<Text>,
    /// Digits behind the point of a decimal; 0 for every other kind.
    pub scale: u8,
    /// Who sets it.
    pub duty: Duty,
    /// The value of a draft that leaves it out.
    pub default: Option<Leaf>,
    /// What a value must obey.
    pub rules: List<Rule>,
    /// Where it points, if it is a relation.
    pub relation: Option<Relation>,
    /// Whether it names the actor at login (`token --user`).
    pub login: bool,
    /// Whether it is the actor's role.
    pub role: bool,
}

impl Field {
    /// A text field without a name: the base of a literal.
    pub const EMPTY: Self = Self {
        name: Text::EMPTY,
        column: Text::EMPTY,
        doc: Text::EMPTY,
        kind: Kind::Text,
        semantic: Text::EMPTY,
        nullable: false,
        values: List::EMPTY,
        scale: 0,
        duty: Duty::Data,
        default: None,
        rules: List::EMPTY,
        relation: None,
        login: false,
        role: false,
    };

    /// Whether the entity's table has a column for it.
    #[must_use]
    pub fn is_column(&self) -> bool {
        !matches!(self.kind, Kind::Row | Kind::Rows)
    }

    /// Whether the server alone sets it.
    #[must_use]
    pub fn is_server_owned(&self) -> bool {
        self.duty != Duty::Data
    }
}
