//! Lists of the typed API: filters and sorts by field names, pages, cursors.

use std::marker::PhantomData;

use mimsy_schema::{Field as SchemaField, Kind, Model, Schema, Value, name};

use super::{Access, Rows, model};
use crate::actions::{Count, DEFAULT_LIMIT};
use crate::entity::Entity;
use crate::error::Error;
use crate::field::Field;
use crate::page;
use crate::query::{Condition, FieldPath, Position, Query, Sort, Start, Test, Way};
use crate::violation::Violation;

/// A page of rows.
#[derive(Debug)]
pub struct Page<E> {
    /// The rows.
    pub rows: Vec<E>,
    /// Where the next page starts, if there is one: give it to [`List::after`].
    pub next: Option<Cursor>,
    /// Where the page before ends, if there is one: give it to [`List::before`].
    pub prev: Option<Cursor>,
    /// How many rows there are in all, if it was asked for.
    pub count: Option<Count>,
}

/// Where a page ended or started, in one order under one filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    position: Position,
    bound: u128,
}

/// A list that is being asked for.
pub struct List<'a, E> {
    access: &'a Access,
    filter: Vec<(&'a str, Test)>,
    sort: Vec<&'a str>,
    query: Query,
    cursor: Option<(Way, Cursor)>,
    entity: PhantomData<fn() -> E>,
}

impl<'a, E: Entity> List<'a, E> {
    pub(super) fn new(access: &'a Access) -> Self {
        let (filter, sort) = (Vec::new(), Vec::new());
        Self { access, filter, sort, query: Query::default(), cursor: None, entity: PhantomData }
    }

    /// Keep the rows whose field passes a test. The field may be reached through to-one relations: `customer.name`.
    #[must_use]
    pub fn test(mut self, field: &'a str, test: Test) -> Self {
        self.filter.push((field, test));
        self
    }

    /// Keep the rows whose field has this value.
    #[must_use]
    pub fn eq(self, field: &'a str, value: impl Field) -> Self {
        self.test(field, Test::Eq(value.into_value()))
    }

    /// Order by a field; `-field` from the largest. NULL is the largest, unless `field:nulls_first` or
    /// `field:nulls_last` says where it stands. May be said more than once.
    #[must_use]
    pub fn sort(mut self, field: &'a str) -> Self {
        self.sort.push(field);
        self
    }

    /// At most so many rows: 50 if it is not said, and never more than 1000.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.query.limit = limit;
        self
    }

    /// Start after the page that gave this cursor. Filter and order have to be the same as they were.
    #[must_use]
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.cursor = Some((Way::Forwards, cursor));
        self
    }

    /// End before the page that gave this cursor. Filter and order have to be the same as they were.
    #[must_use]
    pub fn before(mut self, cursor: Cursor) -> Self {
        self.cursor = Some((Way::Backwards, cursor));
        self
    }

    /// Skip so many rows. All of them are read on the way: to go far, follow cursors.
    #[must_use]
    pub fn offset(mut self, rows: u32) -> Self {
        self.query.start = Start::Offset(rows);
        self
    }

    /// Also count all rows that the filter leaves.
    #[must_use]
    pub fn count(mut self) -> Self {
        self.query.count = true;
        self
    }

    /// Ask.
    ///
    /// # Errors
    /// `Invalid` where a field is not there; `Forbidden` where nothing may be read.
    pub async fn page(self) -> Result<Page<E>, Error> {
        let schema = self.access.actions.schema();
        let model = model::<E>(&schema)?;
        let mut query = self.query;
        if query.limit == 0 {
            query.limit = DEFAULT_LIMIT;
        }
        for (name, test) in self.filter {
            let (path, field) = path(&schema, model, name)?;
            query.filter.push(Condition::Field { path, test: fitting(field, name, test)? });
        }
        for name in self.sort {
            let (name, descending) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
            let (name, nulls) = name.split_once(':').map_or((name, None), |(name, nulls)| (name, Some(nulls)));
            let (path, field) = path(&schema, model, name)?;
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
        let bound = page::binding(&schema, model, &query);
        if let Some((way, cursor)) = self.cursor {
            let name = if way == Way::Forwards { "after" } else { "before" };
            if cursor.bound != bound.towards(way) {
                let detail = "the cursor belongs to a list with another filter or order, or leads the other way";
                return Err(wrong(name, "CURSOR_INVALID", detail.to_owned()));
            }
            if query.start != Start::First {
                let detail = "a list starts at a cursor or at an offset, and not at both".to_owned();
                return Err(wrong(name, "CONFLICTING_PARAMETERS", detail));
            }
            query.start = match way {
                Way::Forwards => Start::After(cursor.position),
                Way::Backwards => Start::Before(cursor.position),
            };
        }
        let listed = self.access.actions.list(&self.access.caller().await?, model.id, query, Rows::default()).await?;
        Ok(Page {
            rows: listed.output.all(model),
            next: listed.next.map(|position| Cursor { position, bound: bound.towards(Way::Forwards) }),
            prev: listed.prev.map(|position| Cursor { position, bound: bound.towards(Way::Backwards) }),
            count: listed.count,
        })
    }
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

fn wrong(name: &str, code: &'static str, detail: String) -> Error {
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
