//! Bringing a database and a schema together.
//!
//! Today: an empty database gets its tables, and one that differs is refused with every difference. It never alters a
//! table of the application's; the framework's own follow its versions. [`differences`] is pure; [`prepare`] acts.

mod expected;
mod external;
pub mod internal;

use mimsy_schema::Schema;

pub use expected::expected;
pub use external::unfit;

use crate::internal::tables;
use crate::sql::ddl;
use crate::store::{Store, StoreError, catalog};

/// How the tables came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// They were created just now.
    Created,
    /// They were there, and are as the schema says.
    Found,
}

/// Why a database is not ready.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// It cannot be asked, or refuses a table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It differs from the schema, in these ways.
    #[error("the database differs from the schema")]
    Differs(Vec<String>),
    /// Tables that Mimsy does not own are not as their entities say, in these ways.
    #[error("external tables are not as their entities say")]
    Unfit(Vec<String>),
    /// It refuses the framework's own tables.
    #[error("the database refuses the framework's own tables")]
    Internal {
        /// What has to be run, by somebody who may.
        statements: Vec<String>,
        /// What the database says.
        source: StoreError,
    },
    /// A later version of Mimsy was here.
    #[error("`{table}` has version {version}, and {newest} is the newest that is known here")]
    Newer {
        /// The table that it changed.
        table: String,
        /// Its version.
        version: i64,
        /// The newest that is known here.
        newest: i64,
    },
}

/// Create the tables in a database that holds none of ours, or check those that are there; and the framework's own
/// beside them.
///
/// # Errors
/// [`NotReady::Differs`] and [`NotReady::Unfit`] with every difference; [`NotReady::Internal`] and [`NotReady::Newer`] about the framework's own
/// tables; what the store says.
pub async fn prepare(store: &Store, schema: &Schema) -> Result<Tables, NotReady> {
    let actual = store.catalog().await?;
    let found = unfit(schema, store.dialect(), &actual);
    if !found.is_empty() {
        return Err(NotReady::Unfit(found));
    }
    let is_empty = |actual: &catalog::Catalog, schema: &Schema| {
        let mut own = schema.models().iter().filter(|model| !model.entity.external).peekable();
        own.peek().is_some() && own.all(|model| actual.table(&model.entity.table).is_none())
    };
    let mut created = false;
    if is_empty(&actual, schema) {
        let schema = schema.clone();
        created = store
            .write(move |tx| {
                Box::pin(async move {
                    // Of processes that start at the same time, one makes the tables.
                    internal::wait(tx).await?;
                    if !is_empty(&tx.catalog().await?, &schema) {
                        return Ok(false);
                    }
                    for statement in ddl::create(&schema, tx.dialect()) {
                        tx.define(&statement).await?;
                    }
                    Ok::<bool, StoreError>(true)
                })
            })
            .await?;
    }
    let actual = store.catalog().await?;
    if !created {
        let found = differences(&expected(schema, store.dialect()), &actual);
        if !found.is_empty() {
            return Err(NotReady::Differs(found));
        }
    }
    internal::prepare(store, tables(), &actual).await?;
    Ok(if created { Tables::Created } else { Tables::Found })
}

/// How `actual` differs from `expected`, in words; tables and indexes of others are their own affair.
#[must_use]
pub fn differences(expected: &catalog::Catalog, actual: &catalog::Catalog) -> Vec<String> {
    let mut found = Vec::new();
    for table in &expected.tables {
        match actual.table(&table.name) {
            None => found.push(format!("the table `{}` is missing", table.name)),
            Some(actual) => compare(table, actual, &mut found),
        }
    }
    found
}

fn compare(expected: &catalog::Table, actual: &catalog::Table, found: &mut Vec<String>) {
    let table = &expected.name;
    for column in &expected.columns {
        let name = &column.name;
        let Some(there) = actual.columns.iter().find(|there| there.name == *name) else {
            found.push(format!("`{table}` has no column `{name}`"));
            continue;
        };
        if there.type_name != column.type_name {
            found.push(format!("`{table}.{name}` is {}, and the schema says {}", there.type_name, column.type_name));
        }
        if there.nullable != column.nullable {
            let says = |nullable: bool| if nullable { "may be NULL" } else { "may not be NULL" };
            let (is, should) = (says(there.nullable), says(column.nullable));
            found.push(format!("`{table}.{name}` {is}, and the schema says that it {should}"));
        }
        if there.counted != column.counted {
            let says = |counted: bool| if counted { "is counted by the database" } else { "is given" };
            let (is, should) = (says(there.counted), says(column.counted));
            found.push(format!("`{table}.{name}` {is}, and the schema says that it {should}"));
        }
    }
    for column in &actual.columns {
        if !expected.columns.iter().any(|one| one.name == column.name) {
            found.push(format!("`{table}` has a column `{}` that the schema does not know", column.name));
        }
    }
    if actual.primary_key != expected.primary_key {
        found.push(format!(
            "the primary key of `{table}` is ({}), and the schema says ({})",
            actual.primary_key.join(", "),
            expected.primary_key.join(", ")
        ));
    }
    let is_there = |index: &catalog::Index, among: &[catalog::Index]| {
        among.iter().any(|one| match (&one.predicate, &index.predicate) {
            (None, None) => one.columns == index.columns,
            (Some(_), Some(_)) => one.columns == index.columns && one.name == index.name,
            _ => false,
        })
    };
    let told = |index: &catalog::Index| match index.predicate {
        Some(_) => format!("({}), for some rows, that is named `{}`", index.columns.join(", "), index.name),
        None => format!("({})", index.columns.join(", ")),
    };
    for unique in expected.uniques.iter().filter(|unique| !is_there(unique, &actual.uniques)) {
        found.push(format!("`{table}` has no unique index on {}", told(unique)));
    }
    for index in expected.indexes.iter().filter(|index| !is_there(index, &actual.indexes)) {
        found.push(format!("`{table}` has no index on {}", told(index)));
    }
    for unique in &actual.uniques {
        let known =
            unique.columns == expected.primary_key || expected.uniques.iter().any(|one| one.columns == unique.columns);
        if !known {
            let columns = unique.columns.join(", ");
            found.push(format!("`{table}` has a unique index on ({columns}) that the schema does not know"));
        }
    }
    for key in &expected.foreign_keys {
        if !actual.foreign_keys.contains(key) {
            let (columns, target) = (key.columns.join(", "), &key.target);
            found.push(format!("`{table}` has no foreign key ({columns}) to `{target}` ON DELETE {}", key.on_delete));
        }
    }
}
