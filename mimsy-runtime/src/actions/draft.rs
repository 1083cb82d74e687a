//! Completing the input of a write: what the server sets, what has a default, what belongs to the tenant.

use mimsy_schema::{Document, Duty, Kind, Model, Value};
use uuid::Uuid;

use super::item::{Item, key_of};
use super::session::Session;
use super::{Input, hooks};
use crate::error::Error;
use crate::sql::counter;
use crate::store::Tx;
use crate::violation::Violation;
use crate::who::Who;

/// A row about to be created.
#[derive(Clone)]
pub(super) struct Complete {
    /// Every column, but a key that the database counts.
    pub(super) values: Input,
    /// What is wrong so far.
    pub(super) violations: Vec<Violation>,
    /// The tenant's field, if the server set it from the actor: that reference needs no look.
    pub(super) own_tenant: Option<usize>,
}

/// Complete the input of a create to a value for every column.
pub(super) fn complete(session: &Session, model: &Model, input: Input) -> Complete {
    let mut given: Vec<Option<Value>> = vec![None; model.fields().len()];
    for (field, value) in input {
        given[field] = Some(value);
    }
    let mut complete = Complete { values: Vec::with_capacity(given.len()), violations: Vec::new(), own_tenant: None };
    let now = session.now;
    for field in model.columns() {
        let described = &model.fields()[field];
        let value = match (described.duty, given[field].take()) {
            (Duty::Key, None) if described.kind == Kind::Uuid => Value::Uuid(Uuid::now_v7()),
            // The database is asked for it when nothing else is wrong; see `number`.
            (Duty::Key, None) if described.is_counted() => continue,
            (Duty::Created | Duty::Updated, _) => Value::Timestamp(now),
            (_, given) if model.tenant == Some(field) => match tenant(session, model, field, given) {
                Ok((value, own)) => {
                    complete.own_tenant = own.then_some(field);
                    value
                }
                Err(violation) => {
                    complete.violations.push(violation);
                    continue;
                }
            },
            (_, Some(value)) => value,
            (_, None) => match &described.default {
                Some(default) => default.value().of_kind(described.kind),
                None if described.nullable => Value::Null,
                None => {
                    complete.violations.push(Violation::field(&described.name, "REQUIRED", "is required"));
                    continue;
                }
            },
        };
        complete.values.push((field, value));
    }
    complete
}

impl Complete {
    /// With what hooks make of it, and validated.
    ///
    /// # Errors
    /// Where a function of the program's panics.
    pub(super) fn validated(mut self, session: &Session, model: &Model) -> Result<Self, Error> {
        hooks::before_validate(session, model, None, &mut self.values, &mut self.violations)?;
        let found = session.checked.validator.validate(model, &mut self.values).map_err(Error::internal)?;
        self.violations.extend(found);
        Ok(self)
    }
}

/// Give new rows the next numbers as their keys, where the database counts them. Their rules see the whole row, so this
/// comes before they are judged; and after all other checks, since a number that was asked for is gone.
pub(super) async fn number(tx: &mut Tx<'_>, model: &Model, items: &mut [Item]) -> Result<(), Error> {
    let Some(field) = model.counted() else { return Ok(()) };
    let rows: Vec<&mut Item> =
        items.iter_mut().filter(|item| item.old.is_none() && item.new[field].is_null()).collect();
    let Some(statement) = counter::next(tx.dialect(), model, rows.len()).filter(|_| !rows.is_empty()) else {
        return Ok(());
    };
    let mut numbers = Vec::with_capacity(rows.len());
    tx.rows(&statement, &mut |row| {
        numbers.push(row.cell(0)?.to_value());
        Ok(())
    })
    .await?;
    let (_, most) = model.fields()[field].int_range();
    let fits = |number: &Value| matches!(number, Value::Int(number) if *number <= most);
    if numbers.len() != rows.len() || !numbers.iter().all(fits) {
        let message = format!("the database has no number left for the key of another {}", model.name());
        return Err(Error::internal(message));
    }
    for (item, number) in rows.into_iter().zip(numbers) {
        item.new[field] = number.clone();
        item.written.push((field, number));
        item.key = key_of(model, &item.new);
    }
    Ok(())
}

/// The tenant's key: the actor's own. The same may be said; another one is refused; the system has to say.
fn tenant(session: &Session, model: &Model, field: usize, given: Option<Value>) -> Result<(Value, bool), Violation> {
    let name = &model.fields()[field].name;
    match (own_tenant(session), given) {
        (Some(own), None) => Ok((own, true)),
        (Some(own), Some(given)) if own == given => Ok((own, true)),
        (Some(_), Some(_)) => Err(Violation::field(name, "TENANT", "is set by the server, to your own")),
        (None, Some(given)) => Ok((given, false)),
        (None, None) => Err(Violation::field(name, "REQUIRED", "is required")),
    }
}

/// The tenant of the actor, if it has one of its own.
fn own_tenant(session: &Session) -> Option<Value> {
    let Who::Actor(actor) = &session.who else { return None };
    actor.tenant.clone()
}

/// The input of an update as changes to columns, and what is wrong with them.
///
/// # Errors
/// Where a function of the program's panics.
pub(super) fn changes(
    session: &Session,
    model: &Model,
    old: &[Value],
    input: Input,
) -> Result<(Input, Vec<Violation>), Error> {
    let mut violations = Vec::new();
    let mut changed = Vec::with_capacity(input.len());
    for (field, value) in input {
        let is_tenant = model.tenant == Some(field) && !matches!(session.who, Who::System(_));
        if is_tenant && old[field] != value {
            let name = &model.fields()[field].name;
            violations.push(Violation::field(name, "TENANT", "is set by the server, and does not change"));
            continue;
        }
        if model.key.contains(&field) && old[field] != value {
            let name = &model.fields()[field].name;
            violations.push(Violation::field(name, "NOT_WRITABLE", "a key never changes"));
            continue;
        }
        changed.push((field, merged(&old[field], value)));
    }
    revised(session, model, old, (changed, violations))
}

/// Changes to columns, with what hooks make of them, and validated.
///
/// # Errors
/// Where a function of the program's panics.
pub(super) fn revised(
    session: &Session,
    model: &Model,
    old: &[Value],
    (mut changed, mut violations): (Input, Vec<Violation>),
) -> Result<(Input, Vec<Violation>), Error> {
    hooks::before_validate(session, model, Some(old), &mut changed, &mut violations)?;
    violations.extend(session.checked.validator.validate(model, &mut changed).map_err(Error::internal)?);
    Ok((changed, violations))
}

/// The value that a patch makes of the old one.
pub(super) fn merged(old: &Value, value: Value) -> Value {
    match (old, value) {
        (Value::Json(old), Value::Merge(patch)) => Value::Json(old.merged(&patch)),
        (_, Value::Merge(patch)) => Value::Json(Document::null().merged(&patch)),
        (_, value) => value,
    }
}

/// Set the moments of the change.
pub(super) fn touch(session: &Session, model: &Model, changed: &mut Input) {
    let now = session.now;
    for (index, field) in model.fields().iter().enumerate() {
        if field.duty == Duty::Updated {
            changed.push((index, Value::Timestamp(now)));
        }
    }
}

/// Values as a row, one a field.
pub(super) fn row(model: &Model, values: Input) -> Vec<Value> {
    let mut row = vec![Value::Null; model.fields().len()];
    for (field, value) in values {
        row[field] = value;
    }
    row
}
