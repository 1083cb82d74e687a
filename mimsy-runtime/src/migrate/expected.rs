//! The catalog that a schema asks for.

use mimsy_schema::{Indexed, Model, Schema};

use crate::sql::{Dialect, VERSION, ddl};
use crate::store::catalog::{Catalog, Column, ForeignKey, Index, Table};

/// What a database of `dialect` holds when it was created for `schema`.
#[must_use]
pub fn expected(schema: &Schema, dialect: &Dialect) -> Catalog {
    let own = schema.models().iter().filter(|model| !model.entity.external);
    Catalog { tables: own.map(|model| table(schema, model, dialect)).collect(), ..Catalog::default() }
}

pub(super) fn table(schema: &Schema, model: &Model, dialect: &Dialect) -> Table {
    let column = |field: &usize| model.fields()[*field].column.to_string();
    let mut columns: Vec<Column> = model
        .columns()
        .map(|field| {
            let described = &model.fields()[field];
            Column {
                name: described.column.to_string(),
                type_name: ddl::column_type(described, dialect),
                nullable: described.nullable,
                default: None,
                counted: described.is_counted(),
            }
        })
        .collect();
    columns.push(Column {
        name: VERSION.to_owned(),
        type_name: dialect.types.int.to_owned(),
        nullable: false,
        default: Some("1".to_owned()),
        counted: false,
    });
    let uniques = model.uniques.iter().map(|unique| {
        let columns: Vec<String> = unique.iter().map(column).collect();
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        Index { name: ddl::constraint("uq", &model.entity.table, &names), columns, predicate: None }
    });
    let asked_for = |unique: bool| {
        let there =
            move |index: &&Indexed| index.unique == unique && (!index.inverted || dialect.inverted_index.is_some());
        model.indexes.iter().filter(there).map(|index| Index {
            name: ddl::index_name(model, index),
            columns: ddl::index_columns(model, index),
            // Its words are the database's own; the name tells one condition from another.
            predicate: index.condition.as_ref().map(|_| String::new()),
        })
    };
    let foreign_keys = ddl::foreign_keys(schema, model).map(|(field, link)| {
        let target = schema.model(link.target);
        ForeignKey {
            columns: link.near().map(|near| column(&near)).collect(),
            target: target.entity.table.to_string(),
            target_columns: link.on().iter().map(|(_, far)| target.fields()[*far].column.to_string()).collect(),
            on_delete: ddl::on_delete(model, field, link).to_owned(),
        }
    });
    Table {
        name: model.entity.table.to_string(),
        columns,
        primary_key: model.key.iter().map(column).collect(),
        uniques: uniques.chain(asked_for(true)).collect(),
        indexes: asked_for(false).collect(),
        foreign_keys: foreign_keys.collect(),
        checks: Vec::new(),
    }
}
