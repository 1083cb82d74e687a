//! What is asked of the rows of an entity, before a schema says what its names mean.

use mimsy_schema::{EntityId, Expr, Field as SchemaField, Kind, Model, Node, Schema, Value, name};

use super::rows::Way;
use crate::actions::DEFAULT_INCLUDED;
use crate::error::Error;
use crate::query::{Condition, FieldPath, Include, Query, Sort, Test};
use crate::violation::Violation;

/// What is asked.
#[derive(Clone, Default)]
pub(super) struct Plan {
    pub(super) matching: Vec<Expr>,
    pub(super) filter: Vec<(String, Test)>,
    /// Keys as they are written: `-due_at:nulls_first`.
    pub(super) sort: Vec<String>,
    pub(super) limit: u32,
    pub(super) include: Vec<(Vec<&'static str>, Self)>,
}

impl Plan {
    /// As a query about the rows of a model.
    pub(super) fn query(&self, schema: &Schema, model: &Model) -> Result<Query, Error> {
        let mut query = Query { limit: self.limit, ..Query::default() };
        for expr in &self.matching {
            query.matching.push(condition(schema, model.id, expr)?);
        }
        for (name, test) in &self.filter {
            let (path, field) = path(schema, model, name)?;
            query.filter.push(Condition::Field { path, test: fitting(field, name, test.clone())? });
        }
        for key in &self.sort {
            let (name, descending) = key.strip_prefix('-').map_or((key.as_str(), false), |name| (name, true));
            let (name, nulls) = name.split_once(':').map_or((name, None), |(name, nulls)| (name, Some(nulls)));
            let (path, field) = path(schema, model, name)?;
            if !field.kind.is_sortable() {
                let detail = format!("`{name}` is of the type {}, which has no order", field.kind.name());
                return Err(wrong(name, "NOT_SORTABLE", detail));
            }
            if query.sort.iter().any(|known| known.path == path) {
                return Err(wrong(name, "DUPLICATE_FIELD", format!("`{name}` is sorted by twice")));
            }
            let sort = if descending { Sort::descending(path) } else { Sort::ascending(path) };
            query.sort.push(match nulls {
                None => sort,
                Some("nulls_first") => Sort { nulls_first: true, ..sort },
                Some("nulls_last") => Sort { nulls_first: false, ..sort },
                Some(word) => {
                    let detail = format!("behind `{name}:` stands `nulls_first` or `nulls_last`, and not `{word}`");
                    return Err(wrong(name, "BAD_VALUE", detail));
                }
            });
        }
        for (path, plan) in &self.include {
            query.view.include.push(included(schema, model, path, plan)?);
        }
        Ok(query)
    }

    /// How its includes are read.
    pub(super) fn ways(&self) -> Vec<Way> {
        self.include.iter().map(|(path, plan)| Way { steps: path.len(), then: plan.ways() }).collect()
    }
}

fn included(schema: &Schema, model: &Model, names: &[&str], plan: &Plan) -> Result<Include, Error> {
    let unknown = |name: &str| wrong(name, "UNKNOWN_FIELD", format!("`{}` has no relation `{name}`", model.name()));
    let [name, rest @ ..] = names else { return Err(unknown("")) };
    let field = model.field_index(name).ok_or_else(|| unknown(name))?;
    let target = schema.model(model.link(field).ok_or_else(|| unknown(name))?.target);
    let mut query = Query { limit: DEFAULT_INCLUDED, ..Query::default() };
    if rest.is_empty() {
        let limit = if plan.limit == 0 { DEFAULT_INCLUDED } else { plan.limit };
        query = Query { limit, ..plan.query(schema, target)? };
    } else {
        query.view.include.push(included(schema, target, rest, plan)?);
    }
    Ok(Include { field, query })
}

/// A condition as the database takes it. What rustc could not see (a decimal with more digits than the field) is told.
fn condition(schema: &Schema, entity: EntityId, expr: &Expr) -> Result<Expr, Error> {
    let nul = |node: &Node| matches!(node, Node::Const(leaf) if matches!(leaf.value(), Value::Text(text) if text.contains('\0')));
    if expr.any(&mut |node| nul(node)) {
        return Err(wrong("", "BAD_VALUE", "a text cannot hold the character U+0000".to_owned()));
    }
    schema.condition(entity, expr).map_err(|detail| wrong("", "TYPE", detail))
}

fn path<'a>(schema: &'a Schema, model: &'a Model, names: &str) -> Result<(FieldPath, &'a SchemaField), Error> {
    let parts: Vec<&str> = names.split('.').collect();
    let steps = schema.walk(model, &parts).unwrap_or_default();
    if let Some(last) = steps.last().filter(|step| step.field().is_column()) {
        return Ok((steps.iter().map(|step| step.field).collect(), last.field()));
    }
    let near = name::nearest(names, model.fields().iter().map(|field| field.name.as_str()));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let detail = format!("`{}` has no field `{names}` to filter or sort by{hint}", model.name());
    Err(wrong(names, "UNKNOWN_FIELD", detail))
}

pub(super) fn wrong(name: &str, code: &'static str, detail: String) -> Error {
    Error::invalid(vec![Violation::field(name, code, detail)])
}

/// A test whose values are of the field's kind. Equal to NULL is what `is_null` says.
fn fitting(field: &SchemaField, name: &str, test: Test) -> Result<Test, Error> {
    let test = match test {
        Test::Eq(Value::Null) => return Ok(Test::IsNull(true)),
        Test::Ne(Value::Null) => return Ok(Test::IsNull(false)),
        test => test,
    };
    let fits = |value: &Value| match (field.kind, value) {
        (Kind::Bool, Value::Bool(_))
        | (Kind::Int, Value::Int(_))
        | (Kind::Timestamp, Value::Timestamp(_))
        | (Kind::Uuid, Value::Uuid(_))
        | (Kind::Float, Value::Float(_))
        | (Kind::Bytes, Value::Bytes(_))
        | (Kind::Date, Value::Date(_))
        | (Kind::Time, Value::Time(_)) => true,
        // No text holds U+0000, and Postgres takes none in a question.
        (Kind::Text | Kind::Enum, Value::Text(text)) => !text.contains('\0'),
        (Kind::Decimal, Value::Decimal(number)) => number.rescale(field.scale).is_some(),
        _ => false,
    };
    if let Test::Has(item) = test {
        let held = field.as_item().filter(|held| held.kind.has_equality());
        // An item of a list is tested as a field of its kind would be.
        return match held.map(|held| fitting(&held, name, Test::Eq(item))).transpose()? {
            Some(Test::Eq(item)) => Ok(Test::Has(item)),
            _ => Err(wrong(name, "TYPE", format!("`{name}` is no list, or one of which no item is looked for"))),
        };
    }
    let all = match &test {
        Test::Eq(value) | Test::Ne(value) => field.kind.has_equality() && fits(value),
        Test::Lt(value) | Test::Lte(value) | Test::Gt(value) | Test::Gte(value) => {
            field.kind.is_ordered() && fits(value)
        }
        Test::In(values) | Test::Nin(values) => field.kind.has_equality() && values.iter().all(fits),
        Test::Between(low, high) => field.kind.is_ordered() && fits(low) && fits(high),
        Test::Contains(text) | Test::Icontains(text) | Test::StartsWith(text) | Test::EndsWith(text) => {
            field.kind == Kind::Text && !text.contains('\0')
        }
        Test::IsNull(_) => true,
        Test::Has(_) => false,
    };
    if all {
        return Ok(scaled(field, test));
    }
    let detail = format!("`{name}` is a field of kind {}, and the test is of another", field.kind.name());
    Err(wrong(name, "TYPE", detail))
}

/// Decimals at the scale of their column.
fn scaled(field: &SchemaField, test: Test) -> Test {
    let at = |value: Value| match value {
        Value::Decimal(number) => Value::Decimal(number.rescale(field.scale).unwrap_or(number)),
        value => value,
    };
    match test {
        Test::Eq(value) => Test::Eq(at(value)),
        Test::Ne(value) => Test::Ne(at(value)),
        Test::Lt(value) => Test::Lt(at(value)),
        Test::Lte(value) => Test::Lte(at(value)),
        Test::Gt(value) => Test::Gt(at(value)),
        Test::Gte(value) => Test::Gte(at(value)),
        Test::In(values) => Test::In(values.into_iter().map(at).collect()),
        Test::Nin(values) => Test::Nin(values.into_iter().map(at).collect()),
        Test::Between(low, high) => Test::Between(at(low), at(high)),
        other => other,
    }
}
