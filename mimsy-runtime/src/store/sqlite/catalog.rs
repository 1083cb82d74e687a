//! The catalog of a SQLite file, from its table-valued pragmas: <https://sqlite.org/pragma.html>.
//!
//! The text of CHECKs, of expressions and of partial indexes is in the CREATE statement alone.

use rusqlite::{Connection, Result};

use super::definition;
use crate::store::catalog::{Catalog, Column, ForeignKey, Index, Table};

/// Read the catalog. The caller holds one state of the database.
pub(super) fn read(connection: &Connection) -> Result<Catalog> {
    // The names that SQLite reserves for itself start with `sqlite_`.
    let text = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER \
                BY name";
    let tables = list(connection, text, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let tables = tables.into_iter().map(|(name, sql)| table(connection, name, sql)).collect::<Result<_>>()?;
    let text = "SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY name";
    let views = list(connection, text, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // One that reads what is no longer there is not there either.
    let views = views.into_iter().filter_map(|(name, sql)| table(connection, name, sql).ok()).collect();
    Ok(Catalog { tables, views })
}

fn table(connection: &Connection, name: String, sql: String) -> Result<Table> {
    // Place in the primary key, from 1; 0 outside of it. Hidden 1 is a column of a virtual table.
    let text =
        "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid";
    let columns = list(connection, text, [&name], |row| {
        let column = Column {
            name: row.get(0)?,
            type_name: row.get::<_, String>(1)?.to_ascii_uppercase(),
            nullable: !row.get::<_, bool>(2)? && row.get::<_, i64>(4)? == 0,
            default: row.get(3)?,
            // Only the one column of a primary key can be.
            counted: row.get::<_, i64>(4)? > 0 && definition::counts(&sql),
        };
        Ok((column, row.get::<_, i64>(4)?))
    })?;
    let mut key: Vec<_> = columns.iter().filter(|(_, place)| *place > 0).collect();
    key.sort_by_key(|(_, place)| *place);
    let primary_key: Vec<String> = key.into_iter().map(|(column, _)| column.name.clone()).collect();
    let mut table = Table { primary_key, checks: definition::checks(&sql), ..Table::default() };
    table.columns = columns.into_iter().map(|(column, _)| column).collect();
    let text = "SELECT l.name, l.\"unique\", s.sql FROM pragma_index_list(?1) l LEFT JOIN sqlite_schema s ON s.name = l.name \
                AND s.type = 'index' WHERE l.origin <> 'pk'";
    let indexes: Vec<(String, bool, Option<String>)> =
        list(connection, text, [&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for (index, unique, sql) in indexes {
        let index = self::index(connection, index, sql.as_deref())?;
        if unique { table.uniques.push(index) } else { table.indexes.push(index) }
    }
    table.foreign_keys = foreign_keys(connection, &name)?;
    table.name = name;
    Ok(table.sorted())
}

fn index(connection: &Connection, name: String, sql: Option<&str>) -> Result<Index> {
    let text = "SELECT name || CASE \"desc\" WHEN 1 THEN ' DESC' ELSE '' END FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER \
                BY seqno";
    let columns: Vec<Option<String>> = list(connection, text, [&name], |row| row.get(0))?;
    // An expression has no name; its text stands at the same place of the definition.
    let spelled = sql.map(definition::index_columns).unwrap_or_default();
    let columns = columns
        .into_iter()
        .enumerate()
        .map(|(place, column)| column.or_else(|| spelled.get(place).cloned()).unwrap_or_default())
        .collect();
    Ok(Index { name, columns, predicate: sql.and_then(definition::predicate) })
}

fn foreign_keys(connection: &Connection, table: &str) -> Result<Vec<ForeignKey>> {
    let text = "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(?1) ORDER BY id, seq";
    let parts: Vec<(i64, String, String, Option<String>, String)> =
        list(connection, text, [table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    for (id, target, from, to, on_delete) in parts {
        if keys.last().is_none_or(|(last, _)| *last != id) {
            keys.push((id, ForeignKey { target, on_delete, ..ForeignKey::default() }));
        }
        if let Some((_, key)) = keys.last_mut() {
            key.columns.push(from);
            key.target_columns.extend(to);
        }
    }
    for (_, key) in keys.iter_mut().filter(|(_, key)| key.target_columns.is_empty()) {
        // `REFERENCES orgs` without columns means its primary key.
        let text = "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk";
        key.target_columns = list(connection, text, [&key.target], |row| row.get(0))?;
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

fn list<T, P: rusqlite::Params>(
    connection: &Connection,
    text: &str,
    parameters: P,
    each: impl FnMut(&rusqlite::Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    connection.prepare(text)?.query_map(parameters, each)?.collect()
}
