//! What has to be so of the tables that Mimsy does not own. They are never made or altered, and what they hold besides is
//! their owners' business.

use mimsy_schema::{Field, Kind, Model, Rule, Schema};

use crate::sql::Dialect;
use crate::store::catalog::{Catalog, Column, Table};

/// Why the external entities of a schema cannot be served from a database, in words.
#[must_use]
pub fn unfit(schema: &Schema, dialect: &Dialect, actual: &Catalog) -> Vec<String> {
    let mut found = Vec::new();
    for model in schema.models().iter().filter(|model| model.entity.external) {
        let name = &model.entity.table;
        let view = actual.views.iter().find(|view| *view.name == **name);
        match (actual.table(name), view) {
            (Some(table), _) => of_table(model, table, dialect, &mut found),
            (None, Some(view)) => of_view(model, view, dialect, &mut found),
            (None, None) => {
                found.push(format!("there is no table and no view `{name}`, which `{}` reads", model.name()))
            }
        }
    }
    found
}

fn of_table(model: &Model, table: &Table, dialect: &Dialect, found: &mut Vec<String>) {
    let writes =
        |verb: &str| model.routes.iter().flat_map(|routes| routes.actions.iter()).any(|one| one.verb() == verb);
    for (field, column) in columns(model, table, found) {
        let place = format!("`{}.{}`", table.name, column.name);
        type_of(model, field, column, dialect, found);
        match (column.nullable, field.nullable) {
            (true, false) => {
                found.push(format!("{place} may be NULL: make `{}::{}` an `Option`", model.name(), field.name));
            }
            (false, true) if model.is_written() => {
                found.push(format!(
                    "{place} is never NULL: take the `Option` away from `{}::{}`",
                    model.name(),
                    field.name
                ));
            }
            _ => {}
        }
        if field.is_counted() && !column.counted && !counts(table, column, dialect) {
            let (entity, field) = (model.name(), &field.name);
            found.push(format!(
                "{place} is not counted by the database: take `increment` away from `{entity}::{field}`"
            ));
        }
        if let Some(room) = room(column).filter(|room| writes_more(model, field, *room)) {
            let at = format!("`{}::{}`", model.name(), field.name);
            found.push(format!("{place} takes {room} characters: say `#[field(len = ..={room})]` on {at}"));
        }
    }
    if writes("create") || writes("upsert") {
        let given = |column: &&Column| {
            let known = model.columns().any(|field| *model.fields()[field].column == *column.name);
            !column.nullable && column.default.is_none() && !column.counted && !known
        };
        for column in table.columns.iter().filter(given) {
            found.push(format!(
                "`{}.{}` is never NULL and has no default, so no row can be created without it: give `{}` a field for it, \
                 or take `create` and `upsert` away from its routes",
                table.name,
                column.name,
                model.name()
            ));
        }
    }
    for unique in std::iter::once(&model.key).chain(&model.uniques) {
        let mut names: Vec<&str> = unique.iter().map(|field| &*model.fields()[*field].column).collect();
        let told = names.join(", ");
        names.sort_unstable();
        let is_same = |columns: &[String]| {
            let mut columns: Vec<&str> = columns.iter().map(String::as_str).collect();
            columns.sort_unstable();
            columns == names
        };
        let total = table.uniques.iter().filter(|index| index.predicate.is_none()).map(|index| &index.columns);
        if !std::iter::once(&table.primary_key).chain(total).any(|columns| is_same(columns)) {
            let what = if *unique == model.key { "which is the key of" } else { "which are unique by" };
            found.push(format!("nothing makes ({told}) unique in `{}`, {what} `{}`", table.name, model.name()));
        }
    }
}

/// A view is read alone, and tells nothing of NULL.
fn of_view(model: &Model, view: &Table, dialect: &Dialect, found: &mut Vec<String>) {
    for (field, column) in columns(model, view, found) {
        type_of(model, field, column, dialect, found);
    }
    let written = model.routes.iter().flat_map(|routes| routes.actions.iter()).filter(|one| one.verb() != "read");
    for action in written {
        let (view, name) = (&view.name, model.name());
        found.push(format!(
            "`{view}` is a view, which is only read: take `{}` away from the routes of `{name}`",
            action.name
        ));
    }
}

/// The fields with their columns; those that are missing are told.
fn columns<'a>(model: &'a Model, table: &'a Table, found: &mut Vec<String>) -> Vec<(&'a Field, &'a Column)> {
    let mut all = Vec::new();
    for field in model.columns().map(|field| &model.fields()[field]) {
        match table.columns.iter().find(|column| *column.name == *field.column) {
            Some(column) => all.push((field, column)),
            None => {
                let names = table.columns.iter().map(|column| column.name.as_str());
                let hint = match mimsy_schema::name::nearest(&field.column, names) {
                    Some(near) => format!("; is it `#[field(column = \"{near}\")]`?"),
                    None => String::new(),
                };
                let (at, column) = (format!("`{}::{}`", model.name(), field.name), &field.column);
                found.push(format!("`{}` has no column `{column}` for {at}{hint}", table.name));
            }
        }
    }
    all
}

fn type_of(model: &Model, field: &Field, column: &Column, dialect: &Dialect, found: &mut Vec<String>) {
    let declared = column.type_name.split(" COLLATE ").next().unwrap_or_default();
    let (fits, wanted) = match dialect.loose_types {
        true => loose(field, declared),
        false => strict(field, declared, dialect),
    };
    if !fits {
        let is = if declared.is_empty() { "has no type" } else { &format!("is {declared}") };
        let table = &model.entity.table;
        found.push(format!(
            "`{table}.{}` {is}, and `{}::{}` ({}) is kept as {wanted}",
            column.name,
            model.name(),
            field.name,
            field.kind.name()
        ));
    }
}

/// Whether a type holds the values of a field, and which does.
fn strict(field: &Field, declared: &str, dialect: &Dialect) -> (bool, String) {
    let wanted = match field.kind {
        Kind::Text | Kind::Enum => {
            return (declared == "TEXT" || declared.starts_with("VARCHAR"), "TEXT or VARCHAR".to_owned());
        }
        Kind::Decimal => {
            let exact = declared.strip_prefix("NUMERIC(").and_then(|inner| inner.strip_suffix(')'));
            let scale = exact.and_then(|inner| inner.split_once(',')).and_then(|(_, scale)| scale.parse().ok());
            return (scale == Some(field.scale), format!("NUMERIC(…,{}); `scale` says how many digits", field.scale));
        }
        _ => crate::sql::ddl::column_type(field, dialect),
    };
    (declared == wanted, wanted)
}

/// The same where the declared type is a hint: <https://sqlite.org/datatype3.html#determination_of_column_affinity>.
fn loose(field: &Field, declared: &str) -> (bool, String) {
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    let affinity = match () {
        // The columns of a view that are computed.
        () if declared.is_empty() => "",
        () if has(&["INT"]) => "INTEGER",
        () if has(&["CHAR", "CLOB", "TEXT"]) => "TEXT",
        () if has(&["BLOB"]) => "BLOB",
        () if has(&["REAL", "FLOA", "DOUB"]) => "REAL",
        () => "NUMERIC",
    };
    let (fitting, wanted): (&[&str], _) = match field.kind {
        Kind::Bool => (&["INTEGER", "NUMERIC"], "INTEGER, 0 or 1"),
        Kind::Int => (&["INTEGER", "NUMERIC"], "INTEGER"),
        Kind::Float => (&["REAL"], "REAL"),
        Kind::Decimal => (&["INTEGER"], "INTEGER, in units of its last digit"),
        Kind::Timestamp => (&["INTEGER"], "INTEGER, in microseconds since 1970"),
        Kind::Date => (&["INTEGER"], "INTEGER, in days since 1970"),
        Kind::Time => (&["INTEGER"], "INTEGER, in microseconds since midnight"),
        Kind::Uuid | Kind::Bytes => (&["BLOB"], "BLOB"),
        Kind::Text | Kind::Enum | Kind::Json | Kind::List | Kind::Row | Kind::Rows => (&["TEXT"], "TEXT"),
    };
    (affinity.is_empty() || fitting.contains(&affinity), wanted.to_owned())
}

/// Whether the key of a table counts by itself though it may give a number twice.
fn counts(table: &Table, column: &Column, dialect: &Dialect) -> bool {
    dialect.loose_types && table.primary_key == [column.name.as_str()] && column.type_name == "INTEGER"
}

/// How many characters a column takes, if it is limited.
fn room(column: &Column) -> Option<u64> {
    column.type_name.strip_prefix("VARCHAR(")?.split(')').next()?.parse().ok()
}

fn writes_more(model: &Model, field: &Field, room: u64) -> bool {
    let limit = |rule: &Rule| if let Rule::Len { max, .. } = rule { *max } else { None };
    let most = match field.kind {
        Kind::Enum => field.values.iter().map(|value| value.chars().count() as u64).max(),
        _ => field.all_rules().filter_map(limit).min(),
    };
    model.is_written() && field.duty == mimsy_schema::Duty::Data && most.is_none_or(|most| most > room)
}
