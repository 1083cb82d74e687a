//! The framework's own tables, `_mimsy_*`: entities of the same IR, rendered by the same [`sql`](crate::sql).
//!
//! Pure. They are no part of the application's schema, of its hashes or its lock, and no door reaches them: `migrate`
//! makes them beside the application's tables, `actions` alone reads and writes their rows. Each has a version of its
//! own, kept in `_mimsy_internal`; a later version of Mimsy that wants another table adds a [`Step`].
//!
//! To add a table: a file in `internal/` that describes its entity, and a line in [`tables`].

pub mod idempotency;
pub mod keys;

use std::sync::{Arc, LazyLock};

use mimsy_schema::{Entity, EntityId, Expr, Field, Fragment, Kind, List, Model, Schema, Text, assemble_internal};

use crate::policy::Known;
use crate::sql::{Dialect, Reader};

/// What the names of all these tables start with.
pub const PREFIX: &str = "_mimsy_";

/// The statements that bring a table from one version to the next.
pub type Step = fn(&'static Dialect) -> Vec<String>;

/// One of the framework's own tables.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it is, in its newest version.
    pub entity: Entity,
    /// How an older one becomes the newest: the first step leads from version 1 to version 2.
    pub steps: &'static [Step],
}

/// The framework's own tables, together.
#[derive(Debug)]
pub struct Internal {
    schema: Schema,
    steps: Vec<&'static [Step]>,
}

/// The tables of this version of Mimsy.
#[must_use]
pub fn tables() -> &'static Internal {
    static TABLES: LazyLock<Internal> = LazyLock::new(|| Internal::new(vec![idempotency::table(), keys::table()]));
    &TABLES
}

impl Internal {
    /// Tables, and the one that keeps their versions.
    ///
    /// # Panics
    /// When a table is described wrongly.
    #[must_use]
    pub fn new(mut tables: Vec<Table>) -> Self {
        tables.insert(0, Table { entity: registry(), steps: &[] });
        let steps = tables.iter().map(|table| table.steps).collect();
        let fragment = |table: Table| Fragment { entity: table.entity, policy: None, routes: None };
        let schema = assemble_internal(tables.into_iter().map(fragment).collect());
        Self {
            schema: schema.unwrap_or_else(|found| panic!("an internal table is described wrongly:\n{found}")),
            steps,
        }
    }

    /// Their schema: the entities alone, without policies or routes.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The table that keeps the versions of all, its own included: the fields [`NAME`] and [`VERSION`].
    #[must_use]
    pub fn registry(&self) -> &Model {
        &self.schema.models()[0]
    }

    /// One of the tables, by its entity's name.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn model(&self, entity: &str) -> &Model {
        self.schema.by_name(entity).unwrap_or_else(|| panic!("there is no internal table `{entity}`"))
    }

    /// The newest version of a table.
    #[must_use]
    pub fn version(&self, model: &Model) -> i64 {
        i64::try_from(self.steps(model).len()).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// How the versions of a table follow each other.
    #[must_use]
    pub fn steps(&self, model: &Model) -> &'static [Step] {
        self.steps[model.id.index()]
    }

    /// What reads their rows: all of them, since only the framework asks.
    #[must_use]
    pub fn reader(&self, dialect: &'static Dialect) -> Reader<'_> {
        Reader { schema: &self.schema, dialect, known: Known::default(), scope: &everything }
    }
}

fn everything(_: EntityId) -> Arc<Expr> {
    Arc::new(Expr::bool(true))
}

/// In the registry: the name of a table, the key.
pub const NAME: usize = 0;

/// In the registry: its version.
pub const VERSION: usize = 1;

fn registry() -> Entity {
    entity("InternalTable", "_mimsy_internal", vec![column("name", Kind::Text), column("version", Kind::Int)])
}

/// An entity whose key is its first field.
#[must_use]
pub fn entity(name: &'static str, table: &'static str, fields: Vec<Field>) -> Entity {
    let key = List::Owned(vec![fields[0].name.clone()]);
    Entity { name: Text::Static(name), table: Text::Static(table), key, fields: fields.into(), ..Entity::EMPTY }
}

/// A required column.
#[must_use]
pub fn column(name: &'static str, kind: Kind) -> Field {
    Field { name: Text::Static(name), column: Text::Static(name), kind, ..Field::EMPTY }
}
