//! What the values of fields are in TypeScript.

use mimsy_schema::{Field, Kind, Model, Schema};

use super::names::{TypeNames, pascal};
use crate::export::outline::made_key;
use crate::http::params::operator::Operator;

/// The type of a field's values, without NULL.
pub(super) fn of(schema: &Schema, names: &TypeNames, model: &Model, index: usize) -> String {
    let field = &model.fields()[index];
    if let Some(target) = made_key(schema, model, index) {
        return names.get(target.name(), "Id").to_owned();
    }
    of_kind(names, model, field)
}

fn of_kind(names: &TypeNames, model: &Model, field: &Field) -> String {
    let plain = match field.kind {
        Kind::List => {
            let item = field.as_item().map(|item| of_kind(names, model, &item));
            return format!("{}[]", item.unwrap_or_default());
        }
        Kind::Enum => return names.get(model.name(), &pascal(&field.name)).to_owned(),
        Kind::Bool => "boolean",
        Kind::Int if field.wide => "client.WideInteger",
        Kind::Int | Kind::Float => "number",
        Kind::Text => "string",
        Kind::Decimal => "client.Decimal",
        Kind::Timestamp => "client.Timestamp",
        Kind::Uuid => "client.Uuid",
        Kind::Bytes => "client.Base64",
        Kind::Date => "client.CalendarDate",
        Kind::Time => "client.TimeOfDay",
        Kind::Json => "client.Json",
        Kind::Row | Kind::Rows => "never",
    };
    plain.to_owned()
}

/// The type with NULL, where it may be.
pub(super) fn nullable(field: &Field, of: String) -> String {
    if field.nullable { format!("{of} | null") } else { of }
}

/// The type of what a filter asks of a field.
pub(super) fn asked(field: &Field, of: &str) -> String {
    let ask = format!("client.Ask<{of}, {}>", operators(field).join(" | "));
    if field.nullable { format!("{ask} | null") } else { ask }
}

/// The operators that fit a field, those that always come together by one name.
fn operators(field: &Field) -> Vec<String> {
    const TOGETHER: [(&str, &[&str]); 4] = [
        ("client.Same", &["eq", "ne"]),
        ("client.Among", &["in", "nin"]),
        ("client.Order", &["lt", "lte", "gt", "gte", "between"]),
        ("client.Text", &["contains", "icontains", "starts_with", "ends_with"]),
    ];
    let mut left: Vec<&str> = Operator::fitting(field).collect();
    let mut told = Vec::new();
    for (name, together) in TOGETHER {
        if together.iter().all(|operator| left.contains(operator)) {
            left.retain(|operator| !together.contains(operator));
            told.push(name.to_owned());
        }
    }
    told.extend(left.iter().map(|operator| format!("\"{operator}\"")));
    told
}

/// The names of an enum's values, as a union.
pub(super) fn union(field: &Field) -> String {
    let names: Vec<String> = field.values.iter().map(|name| format!("{:?}", name.as_str())).collect();
    names.join(" | ")
}
