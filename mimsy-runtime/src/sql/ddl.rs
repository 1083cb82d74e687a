//! Statements that create the tables of a schema.

use mimsy_schema::hash::Fnv;
use mimsy_schema::{Cardinality, Field, Kind, Model, OnDelete, Schema};

use super::Dialect;
use super::dialect::DecimalStorage;
use super::select::VERSION;
use super::writer::Writer;

/// Everything that an empty database needs: tables, foreign keys, uniques, and an index under every reference.
#[must_use]
pub fn create(schema: &Schema, dialect: &'static Dialect) -> Vec<String> {
    let mut statements: Vec<String> = schema.models().iter().map(|model| table(schema, model, dialect)).collect();
    if !dialect.inline_foreign_keys {
        for model in schema.models() {
            for (index, field) in references(model) {
                let mut w = Writer::new(dialect);
                w.push("ALTER TABLE ").ident(&model.entity.table).push(" ADD CONSTRAINT ");
                w.ident(&constraint("fk", &model.entity.table, &[&field.column])).push(" FOREIGN KEY (");
                w.ident(&field.column).push(")");
                target(&mut w, schema, model, index);
                statements.push(w.text);
            }
        }
    }
    for model in schema.models() {
        let name = |field: &usize| model.fields()[*field].column.as_str();
        for unique in &model.uniques {
            let columns: Vec<&str> = unique.iter().map(name).collect();
            statements.push(index(model, dialect, "uq", &columns));
        }
        for (_, field) in references(model) {
            // With the key behind it, so that the rows of a parent come in the order of their keys.
            let mut columns = vec![field.column.as_str()];
            columns.extend(model.key.iter().map(name));
            statements.push(index(model, dialect, "ix", &columns));
        }
    }
    statements
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

fn references(model: &Model) -> impl Iterator<Item = (usize, &Field)> {
    model
        .fields()
        .iter()
        .enumerate()
        .filter(|(i, _)| model.link(*i).is_some_and(|link| link.cardinality == Cardinality::One))
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
        check(&mut w, described);
        if dialect.inline_foreign_keys && model.link(field).is_some() {
            target(&mut w, schema, model, field);
        }
        w.push(",\n");
    }
    w.push("  ").ident(VERSION).push(" ").push(dialect.types.int).push(" NOT NULL DEFAULT 1,\n  PRIMARY KEY (");
    w.list(&model.key, ", ", |w, key| {
        w.ident(&model.fields()[*key].column);
    });
    w.push(")\n)").push(dialect.table_suffix);
    w.text
}

/// The type of a field's column.
#[must_use]
pub fn column_type(field: &Field, dialect: &Dialect) -> String {
    let types = &dialect.types;
    match field.kind {
        Kind::Bool => types.boolean.to_owned(),
        Kind::Int => types.int.to_owned(),
        Kind::Text | Kind::Enum | Kind::Rows => types.text.to_owned(),
        Kind::Timestamp => types.timestamp.to_owned(),
        Kind::Uuid => types.uuid.to_owned(),
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
    if field.kind == Kind::Enum {
        w.push(" CHECK (").ident(&field.column).push(" IN (");
        w.list(&field.values, ", ", |w, value| {
            w.push("'").push(&value.replace('\'', "''")).push("'");
        });
        w.push("))");
    }
}

fn target(w: &mut Writer, schema: &Schema, model: &Model, field: usize) {
    let Some(link) = model.link(field) else { return };
    let other = schema.model(link.target);
    let on_delete = model.fields()[field].relation.as_ref().map_or(OnDelete::Restrict, |relation| relation.on_delete);
    w.push(" REFERENCES ").ident(&other.entity.table).push(" (");
    w.list(&other.key, ", ", |w, key| {
        w.ident(&other.fields()[*key].column);
    });
    w.push(match on_delete {
        OnDelete::Restrict => ") ON DELETE RESTRICT",
        OnDelete::Cascade => ") ON DELETE CASCADE",
        OnDelete::SetNull => ") ON DELETE SET NULL",
    });
}
