//! The catalog of the current schema of a Postgres database, from `pg_catalog`:
//! <https://www.postgresql.org/docs/current/catalogs.html>.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use crate::store::catalog::{Catalog, Column, ForeignKey, Index, Table};

const TABLES: &str = "SELECT c.relname::text, c.relkind NOT IN ('r', 'p') FROM pg_class c \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition";

// A type's own collation says nothing; another one is part of what the column means.
const COLUMNS: &str = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
    pg_get_expr(d.adbin, d.adrelid), \
    CASE WHEN a.attcollation <> t.typcollation THEN (SELECT l.collname::text FROM pg_collation l WHERE l.oid = a.attcollation) END, \
    a.attidentity <> '' OR COALESCE(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', FALSE) \
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid \
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 \
    AND NOT a.attisdropped ORDER BY a.attnum";

const INDEXES: &str = "SELECT c.relname::text, n.relname::text, i.indisprimary, i.indisunique, \
    ARRAY(SELECT COALESCE(a.attname::text, pg_get_indexdef(i.indexrelid, k.place::int, true)) \
            || CASE WHEN k.option & 1 = 1 THEN ' DESC' ELSE '' END \
        FROM unnest(i.indkey::int2[], i.indoption::int2[]) WITH ORDINALITY AS k (number, option, place) \
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number > 0 \
        WHERE k.place <= i.indnkeyatts ORDER BY k.place), \
    pg_get_expr(i.indpred, i.indrelid) \
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class n ON n.oid = i.indexrelid \
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')";

const FOREIGN_KEYS: &str = "SELECT c.relname::text, f.relname::text, \
    ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place) \
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place), \
    ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place) \
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place), \
    k.confdeltype::text \
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid \
    WHERE c.relnamespace = current_schema()::regnamespace AND k.contype = 'f' AND k.conparentid = 0";

const CHECKS: &str = "SELECT c.relname::text, pg_get_expr(k.conbin, k.conrelid) \
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
    WHERE c.relnamespace = current_schema()::regnamespace AND k.contype = 'c'";

/// Read the catalog. The caller holds one state of the database.
pub(super) async fn read(connection: &mut PgConnection) -> sqlx::Result<Catalog> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let mut views = BTreeSet::new();
    for row in fetch(connection, TABLES).await? {
        let name: String = row.try_get(0)?;
        if row.try_get(1)? {
            views.insert(name.clone());
        }
        tables.insert(name.clone(), Table { name, ..Table::default() });
    }
    for row in fetch(connection, COLUMNS).await? {
        let Some(table) = tables.get_mut(row.try_get::<&str, _>(0)?) else { continue };
        let collation: Option<&str> = row.try_get(5)?;
        let type_name = type_name(row.try_get(2)?);
        table.columns.push(Column {
            name: row.try_get(1)?,
            type_name: match collation {
                Some(collation) => format!("{type_name} COLLATE \"{collation}\""),
                None => type_name,
            },
            nullable: !row.try_get::<bool, _>(3)?,
            default: row.try_get(4)?,
            counted: row.try_get(6)?,
        });
    }
    for row in fetch(connection, INDEXES).await? {
        let Some(table) = tables.get_mut(row.try_get::<&str, _>(0)?) else { continue };
        let index = Index { name: row.try_get(1)?, columns: row.try_get(4)?, predicate: row.try_get(5)? };
        match (row.try_get(2)?, row.try_get(3)?) {
            (true, _) => table.primary_key = index.columns,
            (false, true) => table.uniques.push(index),
            (false, false) => table.indexes.push(index),
        }
    }
    for row in fetch(connection, FOREIGN_KEYS).await? {
        let Some(table) = tables.get_mut(row.try_get::<&str, _>(0)?) else { continue };
        table.foreign_keys.push(ForeignKey {
            target: row.try_get(1)?,
            columns: row.try_get(2)?,
            target_columns: row.try_get(3)?,
            on_delete: on_delete(row.try_get(4)?).to_owned(),
        });
    }
    for row in fetch(connection, CHECKS).await? {
        let Some(table) = tables.get_mut(row.try_get::<&str, _>(0)?) else { continue };
        table.checks.push(row.try_get(1)?);
    }
    // By bytes, whatever the collation of the server.
    let tables = tables.into_values().map(Table::sorted);
    let (views, tables) = tables.partition(|table| views.contains(&table.name));
    Ok(Catalog { tables, views })
}

async fn fetch(connection: &mut PgConnection, text: &'static str) -> sqlx::Result<Vec<PgRow>> {
    sqlx::query(text).persistent(false).fetch_all(connection).await
}

/// As the dialect spells it, where Postgres has a longer word.
fn type_name(told: &str) -> String {
    match told {
        "timestamp with time zone" => "TIMESTAMPTZ".to_owned(),
        "timestamp without time zone" => "TIMESTAMP".to_owned(),
        "time without time zone" => "TIME".to_owned(),
        other => match other.strip_prefix("character varying") {
            Some(length) => format!("VARCHAR{length}"),
            None => other.to_ascii_uppercase(),
        },
    }
}

fn on_delete(code: &str) -> &'static str {
    match code {
        "r" => "RESTRICT",
        "c" => "CASCADE",
        "n" => "SET NULL",
        "d" => "SET DEFAULT",
        _ => "NO ACTION",
    }
}
