//! Statements that create the tables of a schema.

use mimsy_schema::hash::{self, Fnv};
use mimsy_schema::{Field, Indexed, Kind, Link, Model, OnDelete, Schema};

use super::Dialect;
use super::dialect::{Counters, DecimalStorage};
use super::expr::Scope;
use super::select::VERSION;
use super::writer::Writer;
use crate::policy::Known;

/// Everything that an empty database needs: tables, foreign keys, uniques, and an index under every reference.
#[must_use]
pub fn create(schema: &Schema, dialect: &'static Dialect) -> Vec<String> {
    create_some(schema, &schema.models().iter().filter(|model| !model.entity.external).collect::<Vec<_>>(), dialect)
}

/// The same for some of the entities; what theirs point to is there, or among them.
#[must_use]
pub fn create_some(schema: &Schema, models: &[&Model], dialect: &'static Dialect) -> Vec<String> {
    let mut statements: Vec<String> = models.iter().map(|model| table(schema, model, dialect)).collect();
    if !dialect.inline_foreign_keys {
        for model in models {
            for (field, link) in foreign_keys(schema, model) {
                let columns: Vec<&str> = link.near().map(|near| model.fields()[near].column.as_str()).collect();
                let mut w = Writer::new(dialect);
                w.push("ALTER TABLE ").ident(&model.entity.table).push(" ADD CONSTRAINT ");
                w.ident(&constraint("fk", &model.entity.table, &columns)).push(" ");
                foreign_key(&mut w, schema, model, field, link);
                statements.push(w.text);
            }
        }
    }
    for model in models {
        let name = |field: &usize| model.fields()[*field].column.as_str();
        for unique in &model.uniques {
            let columns: Vec<&str> = unique.iter().map(name).collect();
            statements.push(index(model, dialect, "uq", &columns));
        }
        statements.extend(model.indexes.iter().filter_map(|index| asked_for(schema, model, index, dialect)));
        for (_, link) in model.references() {
            // With the key behind it, so that the rows of a parent come in the order of their keys.
            let mut fields: Vec<usize> = link.near().collect();
            let missing: Vec<usize> = model.key.iter().copied().filter(|key| !fields.contains(key)).collect();
            // Two texts may be more than an entry takes; one is as long as its key may be.
            let is_text = |field: &usize| model.fields()[*field].kind == Kind::Text;
            if !(fields.iter().any(is_text) && missing.iter().any(is_text)) {
                fields.extend(missing);
            }
            // The key has an index of its own.
            if !model.key.starts_with(&fields) {
                let columns: Vec<&str> = fields.iter().map(name).collect();
                statements.push(index(model, dialect, "ix", &columns));
            }
        }
    }
    statements
}

/// The fields of an index that was asked for, and whether the greatest comes first. The key stands behind them, so that a
/// page in their order needs no sorting.
#[must_use]
pub fn index_fields(model: &Model, index: &Indexed) -> Vec<(usize, bool)> {
    let mut fields = index.fields.clone();
    let descending = fields.last().is_some_and(|(_, descending)| *descending);
    let missing: Vec<usize> =
        model.key.iter().copied().filter(|key| !fields.iter().any(|(field, _)| field == key)).collect();
    // Two texts may be more than an entry takes.
    let is_text = |field: &usize| model.fields()[*field].kind == Kind::Text;
    let long = fields.iter().any(|(field, _)| is_text(field)) && missing.iter().any(is_text);
    if !index.unique && !index.inverted && !long {
        fields.extend(missing.into_iter().map(|key| (key, descending)));
    }
    fields
}

/// The columns of an index as a catalog tells them.
#[must_use]
pub fn index_columns(model: &Model, index: &Indexed) -> Vec<String> {
    let column = |(field, descending): (usize, bool)| {
        let column = &model.fields()[field].column;
        if descending { format!("{column} DESC") } else { column.to_string() }
    };
    index_fields(model, index).into_iter().map(column).collect()
}

/// The name of an index that was asked for. Its condition is part of the name, since a database tells conditions in words
/// of its own.
#[must_use]
pub fn index_name(model: &Model, index: &Indexed) -> String {
    let mut parts: Vec<String> =
        index_columns(model, index).into_iter().map(|column| column.replace(" DESC", "_desc")).collect();
    if let Some(condition) = &index.condition {
        parts.push(format!("where_{:08x}", hash::expr_hash(condition) & 0xffff_ffff));
    }
    let prefix = match (index.unique, index.inverted) {
        (true, _) => "uq",
        (_, true) => "gin",
        _ => "ix",
    };
    constraint(prefix, &model.entity.table, &parts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn asked_for(schema: &Schema, model: &Model, index: &Indexed, dialect: &'static Dialect) -> Option<String> {
    let mut w = Writer::new(dialect);
    w.literal = true;
    let table = format!("\"{}\"", model.entity.table);
    w.push(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    w.ident(&index_name(model, index)).push(" ON ").push(&table);
    if index.inverted {
        w.push(dialect.inverted_index?);
    }
    w.push(" (");
    w.list(index_fields(model, index), ", ", |w, (field, descending)| {
        w.ident(&model.fields()[field].column).push(if descending { " DESC" } else { "" });
    });
    w.push(")");
    if let Some(condition) = &index.condition {
        let scope =
            Scope { schema, model, alias: &table, old: &table, known: Known::default(), each: Vec::new(), guard: None };
        w.push(" WHERE ").expr(condition, &scope);
    }
    Some(w.text)
}

/// The name of a constraint or an index: at most 60 bytes, cut with a hash where it would be longer.
#[must_use]
pub fn constraint(prefix: &str, table: &str, columns: &[&str]) -> String {
    let name = format!("{prefix}_{table}_{}", columns.join("_"));
    if name.len() <= 60 {
        return name;
    }
    let hash = Fnv::START.text(&name).finish();
    format!("{}_{:08x}", &name[..50], hash & 0xffff_ffff)
}

fn index(model: &Model, dialect: &'static Dialect, prefix: &str, columns: &[&str]) -> String {
    let mut w = Writer::new(dialect);
    w.push(if prefix == "uq" { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    w.ident(&constraint(prefix, &model.entity.table, columns)).push(" ON ").ident(&model.entity.table).push(" (");
    w.list(columns, ", ", |w, column| {
        w.ident(column);
    });
    w.push(")");
    w.text
}

fn table(schema: &Schema, model: &Model, dialect: &'static Dialect) -> String {
    let mut w = Writer::new(dialect);
    w.push("CREATE TABLE ").ident(&model.entity.table).push(" (\n");
    for field in model.columns() {
        let described = &model.fields()[field];
        w.push("  ").ident(&described.column).push(" ").push(&column_type(described, dialect));
        if !described.nullable {
            w.push(" NOT NULL");
        }
        if described.is_counted() {
            w.push(match dialect.counters {
                Counters::Sequence => " GENERATED BY DEFAULT AS IDENTITY",
                Counters::Greatest => " PRIMARY KEY AUTOINCREMENT",
            });
        }
        check(&mut w, described);
        w.push(",\n");
    }
    w.push("  ").ident(VERSION).push(" ").push(dialect.types.int).push(" NOT NULL DEFAULT 1");
    if model.counted().is_none() || dialect.counters == Counters::Sequence {
        w.push(",\n  PRIMARY KEY (");
        w.list(&model.key, ", ", |w, key| {
            w.ident(&model.fields()[*key].column);
        });
        w.push(")");
    }
    if dialect.inline_foreign_keys {
        for (field, link) in foreign_keys(schema, model) {
            w.push(",\n  ");
            foreign_key(&mut w, schema, model, field, link);
        }
    }
    w.push("\n)").push(dialect.table_suffix);
    w.text
}

/// The type of a field's column.
#[must_use]
pub fn column_type(field: &Field, dialect: &Dialect) -> String {
    let types = &dialect.types;
    match field.kind {
        Kind::Bool => types.boolean.to_owned(),
        Kind::Int => match field.bits {
            16 => types.int16.to_owned(),
            32 => types.int32.to_owned(),
            _ => types.int.to_owned(),
        },
        Kind::Float => types.float.to_owned(),
        Kind::Text | Kind::Enum | Kind::Row | Kind::Rows => types.text.to_owned(),
        Kind::Timestamp => types.timestamp.to_owned(),
        Kind::Date => types.date.to_owned(),
        Kind::Time => types.time.to_owned(),
        Kind::Uuid => types.uuid.to_owned(),
        Kind::Bytes => types.bytes.to_owned(),
        Kind::Json | Kind::List => types.json.to_owned(),
        Kind::Decimal => match dialect.decimals {
            DecimalStorage::Unscaled => types.int.to_owned(),
            DecimalStorage::Numeric => format!("NUMERIC(18,{})", field.scale),
        },
    }
}

fn check(w: &mut Writer, field: &Field) {
    if field.kind == Kind::Bool && w.dialect.check_booleans {
        w.push(" CHECK (").ident(&field.column).push(" IN (0, 1))");
    }
    if field.kind == Kind::List {
        // Whatever is no array would fail the statement that counts its items.
        let type_of = w.dialect.arrays.type_of();
        w.push(" CHECK (").push(type_of).push("(").ident(&field.column).push(") = 'array')");
    }
    if field.kind == Kind::Json && w.dialect.check_json {
        w.push(" CHECK (json_valid(").ident(&field.column).push("))");
    }
    if field.kind == Kind::Enum {
        w.push(" CHECK (").ident(&field.column).push(" IN (");
        w.list(&field.values, ", ", |w, value| {
            w.push("'").push(&value.replace('\'', "''")).push("'");
        });
        w.push("))");
    }
}

/// The references that the database guards: none to a table of others, which may be a view, and whose owners delete what
/// they like.
pub fn foreign_keys<'a>(schema: &'a Schema, model: &'a Model) -> impl Iterator<Item = (usize, &'a Link)> {
    model.references().filter(|(_, link)| !schema.model(link.target).entity.external)
}

/// `FOREIGN KEY (…) REFERENCES … ON DELETE …`.
fn foreign_key(w: &mut Writer, schema: &Schema, model: &Model, field: usize, link: &Link) {
    let other = schema.model(link.target);
    w.push("FOREIGN KEY (");
    w.list(link.on(), ", ", |w, (near, _)| {
        w.ident(&model.fields()[*near].column);
    });
    w.push(") REFERENCES ").ident(&other.entity.table).push(" (");
    w.list(link.on(), ", ", |w, (_, far)| {
        w.ident(&other.fields()[*far].column);
    });
    w.push(") ON DELETE ").push(on_delete(model, field, link));
}

/// What the database does when the target goes. Where only some columns of a reference can be NULL, the actions set
/// those, and the database guards the rest.
#[must_use]
pub fn on_delete(model: &Model, field: usize, link: &Link) -> &'static str {
    match model.fields()[field].relation.as_ref().map_or(OnDelete::Restrict, |relation| relation.on_delete) {
        OnDelete::SetNull if link.near().all(|near| model.fields()[near].nullable) => "SET NULL",
        OnDelete::Restrict | OnDelete::SetNull => "RESTRICT",
        OnDelete::Cascade => "CASCADE",
    }
}
