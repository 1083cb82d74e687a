//! What a database holds: tables, columns, keys, constraints, as the database itself tells them.
//!
//! Two catalogs are compared elsewhere. What is sorted here is sorted by name, so that equal databases give equal
//! catalogs; a key or an index keeps the order of its columns, which means something.

/// The tables of a database (on Postgres, of its current schema), by name; without those that the engine keeps for
/// itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// The tables.
    pub tables: Vec<Table>,
    /// What can be read like tables: views.
    pub views: Vec<Table>,
}

impl Catalog {
    /// The table of a name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the table.
    pub columns: Vec<Column>,
    /// The columns of its primary key; empty if it has none.
    pub primary_key: Vec<String>,
    /// Its unique constraints and unique indexes, by name.
    pub uniques: Vec<Index>,
    /// Its other indexes, by name.
    pub indexes: Vec<Index>,
    /// Its foreign keys, by their columns.
    pub foreign_keys: Vec<ForeignKey>,
    /// The expressions of its CHECKs as the database spells them, sorted.
    pub checks: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as the dialect spells it, with the collation where it is not the database's own: `BIGINT`,
    /// `NUMERIC(18,2)`, `TEXT COLLATE "C"`.
    pub type_name: String,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// Its default as the database spells it.
    pub default: Option<String>,
    /// Whether the database counts it, and gives no number twice.
    pub counted: bool,
}

/// An index or a unique constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Its name. SQLite names the index of a unique constraint itself.
    pub name: String,
    /// Its columns in order, with ` DESC` where the greatest comes first; an expression as the database spells it.
    pub columns: Vec<String>,
    /// The condition of a partial index as the database spells it.
    pub predicate: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForeignKey {
    /// The columns that point.
    pub columns: Vec<String>,
    /// The table that they point to.
    pub target: String,
    /// The columns that they point to.
    pub target_columns: Vec<String>,
    /// What happens when the target goes: `NO ACTION`, `RESTRICT`, `CASCADE`, `SET NULL` or `SET DEFAULT`.
    pub on_delete: String,
}

impl Table {
    /// Bring everything whose order means nothing into the order of names.
    pub(super) fn sorted(mut self) -> Self {
        self.uniques.sort_by(|a, b| a.name.cmp(&b.name));
        self.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        self.foreign_keys.sort();
        self.checks.sort();
        self
    }
}
