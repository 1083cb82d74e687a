//! A field of an entity: its storage, its meaning, and who may set it.

mod form;

use crate::expr::Leaf;
use crate::{List, Relation, Rule, Text};

pub use form::Form;

/// The largest integer that every JSON reader keeps exactly: 2^53 − 1.
pub const LARGEST_INT: i64 = (1 << 53) - 1;

/// How a value is stored. What it *means* beyond that is the field's [`semantic`](Field::semantic) name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// An integer of the field's [`bits`](Field::bits).
    Int,
    /// UTF-8 text without NUL.
    Text,
    /// An exact decimal with the field's [`scale`](Field::scale).
    Decimal,
    /// Microseconds in UTC.
    Timestamp,
    /// A UUID.
    Uuid,
    /// A finite floating-point number.
    Float,
    /// Bytes.
    Bytes,
    /// A day of the calendar.
    Date,
    /// A time of day, in microseconds.
    Time,
    /// A JSON document, of which nothing is asked but whether it is there.
    Json,
    /// Values of one kind, the field's [`item`](Field::item): stored as a JSON array of them.
    List,
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
            Self::Float => "float",
            Self::Bytes => "bytes",
            Self::Date => "date",
            Self::Time => "time",
            Self::Json => "json",
            Self::List => "list",
            Self::Enum => "enum",
            Self::Row => "row",
            Self::Rows => "rows",
        }
    }

    /// Whether its values have an equality: for `==`, `in`, uniques and keys. A float has none, since what is computed is
    /// seldom what is meant to the last bit; nor has a document, or a list.
    #[must_use]
    pub const fn has_equality(self) -> bool {
        !matches!(self, Self::Float | Self::Json | Self::List | Self::Rows)
    }

    /// Whether its values have an order that means something: for `<`, limits and ranges.
    #[must_use]
    pub const fn is_ordered(self) -> bool {
        matches!(self, Self::Int | Self::Float | Self::Decimal | Self::Text | Self::Timestamp | Self::Date | Self::Time)
    }

    /// Whether `len` counts something of it.
    #[must_use]
    pub const fn has_length(self) -> bool {
        matches!(self, Self::Text | Self::Bytes | Self::List)
    }

    /// Whether its values hold others, which an inverted index finds.
    #[must_use]
    pub const fn has_entries(self) -> bool {
        matches!(self, Self::Json)
    }

    /// Whether rows can be sorted by it.
    #[must_use]
    pub const fn is_sortable(self) -> bool {
        self.is_ordered() || matches!(self, Self::Bool | Self::Enum | Self::Uuid)
    }
}

/// Who sets a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Duty {
    /// The writer: an ordinary field.
    #[default]
    Data,
    /// The server, on create: the key of the row. A UUID is made by the application, an integer counted by the database.
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
    /// How a form names it; empty if nothing was said, and the name serves.
    pub label: Text,
    /// What a form explains beside it; empty if nothing was said, and the doc comment serves.
    pub help: Text,
    /// How it is stored.
    pub kind: Kind,
    /// Of what kind the items of a list are; its `values`, `scale` and `bits` are theirs.
    pub item: Option<Kind>,
    /// What it means beyond its storage (`"email"`, later `"money"`, `"slug"` …); empty if nothing.
    pub semantic: Text,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The stored names of an enum's variants, in their order.
    pub values: List<Text>,
    /// Digits behind the point of a decimal; 0 for every other kind.
    pub scale: u8,
    /// Bits of an integer: 16, 32 or 64; 64 for every other kind.
    pub bits: u8,
    /// Whether an integer of 64 bits travels as a string of digits, which carries them all.
    pub wide: bool,
    /// What its documents can be read as.
    #[cfg_attr(feature = "json", serde(skip))]
    pub form: Form,
    /// Who sets it.
    pub duty: Duty,
    /// The value of a draft that leaves it out.
    pub default: Option<Leaf>,
    /// What a value must obey.
    pub rules: List<Rule>,
    /// What it must obey besides, since its type says so wherever it is used.
    pub type_rules: List<Rule>,
    /// What each item of a list must obey.
    pub item_rules: List<Rule>,
    /// Where it points, if it is a relation.
    pub relation: Option<Relation>,
    /// Whether it names the actor at login (`token --user`).
    pub login: bool,
    /// Whether it is the actor's role.
    pub role: bool,
    /// Whether it tells about a person. No rule may let everybody read it.
    pub pii: bool,
}

impl Field {
    /// A text field without a name: the base of a literal.
    pub const EMPTY: Self = Self {
        name: Text::EMPTY,
        column: Text::EMPTY,
        doc: Text::EMPTY,
        label: Text::EMPTY,
        help: Text::EMPTY,
        kind: Kind::Text,
        item: None,
        semantic: Text::EMPTY,
        nullable: false,
        values: List::EMPTY,
        scale: 0,
        bits: 64,
        wide: false,
        form: Form::ANY,
        duty: Duty::Data,
        default: None,
        rules: List::EMPTY,
        type_rules: List::EMPTY,
        item_rules: List::EMPTY,
        relation: None,
        login: false,
        role: false,
        pii: false,
    };

    /// Whether the entity's table has a column for it.
    #[must_use]
    pub const fn is_column(&self) -> bool {
        !matches!(self.kind, Kind::Row | Kind::Rows)
    }

    /// The least and the largest integer that it takes. One of 64 bits that travels as a JSON number keeps to what every
    /// reader of JSON keeps.
    #[must_use]
    pub const fn int_range(&self) -> (i64, i64) {
        match (self.bits, self.wide) {
            (16, _) => (i16::MIN as i64, i16::MAX as i64),
            (32, _) => (i32::MIN as i64, i32::MAX as i64),
            (_, true) => (i64::MIN, i64::MAX),
            (_, false) => (-LARGEST_INT, LARGEST_INT),
        }
    }

    /// Whether the database counts it: the next number for each new row.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        matches!((self.kind, self.duty), (Kind::Int, Duty::Key))
    }

    /// All rules of its values.
    pub fn all_rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().chain(&self.type_rules)
    }

    /// One item of a list, as a field of its own.
    #[must_use]
    pub fn as_item(&self) -> Option<Self> {
        Some(Self {
            name: self.name.clone(),
            column: self.column.clone(),
            kind: self.item?,
            values: self.values.clone(),
            scale: self.scale,
            bits: self.bits,
            rules: self.item_rules.clone(),
            ..Self::EMPTY
        })
    }

    /// Whether the server alone sets it.
    #[must_use]
    pub const fn is_server_owned(&self) -> bool {
        !matches!(self.duty, Duty::Data)
    }
}
