//! Storing the rows of a write: as few statements as possible, and which row is to blame where the database refuses.

use std::collections::{BTreeMap, HashSet};

use mimsy_schema::{Expr, Indexed, Model, Root, Value};

use super::failed::Failed;
use super::item::Item;
use super::references::dangling;
use super::session::Session;
use crate::error::Error;
use crate::policy::{self, Known};
use crate::query::View;
use crate::sql::{BINDS, Dialect, Statement, ddl, write};
use crate::store::{StoreError, Tx};

/// A statement, and the item that it is about, where that is one.
pub(super) type Step = (Option<usize>, Statement);

/// What a database refused, and of which item, where that is known.
pub(super) struct Refused {
    pub(super) item: Option<usize>,
    pub(super) error: StoreError,
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self { item: None, error }
    }
}

/// Insert and update rows that were judged.
pub(super) async fn put(tx: &mut Tx<'_>, session: &Session, model: &Model, items: &[Item]) -> Result<(), Failed> {
    let mut steps = inserts(tx.dialect(), model, items);
    steps.extend(updates(tx.dialect(), model, items));
    match run(tx, steps, items.len() == 1).await {
        Ok(()) => Ok(()),
        Err(refused) => Err(blamed(tx, session, model, items, refused).await?),
    }
}

/// Run the statements of a write. Those of several rows have a savepoint, so that the database still answers when it is
/// asked which row was to blame.
pub(super) async fn run(tx: &mut Tx<'_>, steps: Vec<Step>, alone: bool) -> Result<(), Refused> {
    if alone {
        return execute(tx, steps).await.map_err(|refused| Refused { item: Some(0), ..refused });
    }
    match steps.is_empty() {
        true => Ok(()),
        false => tx.savepoint(move |part| Box::pin(execute(part, steps))).await,
    }
}

async fn execute(tx: &mut Tx<'_>, steps: Vec<Step>) -> Result<(), Refused> {
    for (item, statement) in steps {
        tx.execute(&statement).await.map_err(|error| Refused { item, error })?;
    }
    Ok(())
}

/// The new rows, many a statement.
fn inserts(dialect: &'static Dialect, model: &Model, items: &[Item]) -> Vec<Step> {
    let new: Vec<&[_]> = items.iter().filter(|item| item.old.is_none()).map(|item| item.written.as_slice()).collect();
    let chunks = new.chunks((BINDS / model.fields().len()).max(1));
    chunks.map(|chunk| (None, write::insert_many(dialect, model, chunk))).collect()
}

/// The changed rows: those that change the same fields in one statement.
fn updates(dialect: &'static Dialect, model: &Model, items: &[Item]) -> Vec<Step> {
    let changed = || items.iter().enumerate().filter(|(_, item)| item.old.is_some() && item.is_touched());
    if in_turn(model, items) {
        let step = |(at, item): (usize, &Item)| (Some(at), write::update(dialect, model, &item.key, &item.written));
        return changed().map(step).collect();
    }
    let mut alike: BTreeMap<Vec<usize>, Vec<write::Changed<'_>>> = BTreeMap::new();
    for (_, item) in changed() {
        let fields = item.written.iter().map(|(field, _)| *field).collect();
        alike.entry(fields).or_default().push((&item.key, &item.written));
    }
    let statements = alike.iter().flat_map(|(fields, rows)| {
        let chunks = rows.chunks((BINDS / (fields.len() + model.key.len())).max(1));
        chunks.map(|chunk| (None, write::update_many(dialect, model, chunk)))
    });
    statements.collect()
}

/// Whether a row takes a unique value that another one gives up: then they change one after the other, as they stand in
/// the list, and not in whatever order the database likes.
fn in_turn(model: &Model, items: &[Item]) -> bool {
    // Which rows an index of some rows holds may change with any field.
    let of_some = || model.indexes.iter().any(|index| index.unique);
    items.len() > 1 && (of_some() || takes_over(model, items))
}

fn takes_over(model: &Model, items: &[Item]) -> bool {
    model.uniques.iter().any(|unique| {
        let values = |row: &[Value]| unique.iter().map(|field| row[*field].clone()).collect::<Vec<Value>>();
        let moved = items.iter().filter_map(|item| {
            let (old, new) = (values(&item.old.as_ref()?.0), values(&item.new));
            (old != new).then_some((old, new))
        });
        let (given_up, taken): (HashSet<_>, HashSet<_>) = moved.unzip();
        !given_up.is_disjoint(&taken)
    })
}

/// What the refusal of an INSERT or UPDATE means, and for which rows.
async fn blamed(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    items: &[Item],
    Refused { item, error }: Refused,
) -> Result<Failed, Error> {
    let meaning = refused_write(model, &error);
    let Some(meaning) = meaning else { return Ok(Failed::Whole(error.into())) };
    if let Some(at) = item {
        return Ok(Failed::Items(vec![(at, meaning)]));
    }
    let found = match &error {
        StoreError::Unique { index, columns, .. } => {
            let (unique, condition) = violated(model, index.as_deref(), columns);
            duplicates(tx, session, model, items, &unique, condition).await?
        }
        _ => dangling(tx, session, model, items).await?,
    };
    // It may be gone again by now, what they ran into.
    Ok(if found.is_empty() { Failed::Whole(meaning) } else { Failed::Items(found) })
}

/// The rows whose unique values an earlier one of the list has, or a row that is there.
async fn duplicates(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    items: &[Item],
    unique: &[usize],
    condition: Option<&Expr>,
) -> Result<Vec<(usize, Error)>, Error> {
    let values = |row: &[Value]| unique.iter().map(|field| row[*field].clone()).collect::<Vec<Value>>();
    let moved = |item: &Item| item.old.as_ref().is_none_or(|(old, _)| values(old) != values(&item.new));
    let taken: Vec<(usize, Vec<Value>)> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| moved(item) || condition.is_some())
        .filter(|(_, item)| condition.is_none_or(|condition| meets(model, condition, &item.new)))
        .map(|(at, item)| (at, values(&item.new)))
        .filter(|(_, values)| !values.iter().any(Value::is_null))
        .collect();
    let wanted: Vec<&[Value]> = taken.iter().map(|(_, values)| values.as_slice()).collect();
    // Whatever may be read of it: the database refused, and what is told is the caller's own.
    let rows = std::sync::Arc::new(condition.cloned().unwrap_or(Expr::bool(true)));
    let scope = |_| std::sync::Arc::clone(&rows);
    let reader = session.reader(tx.dialect(), &scope);
    let mut there: HashSet<Vec<Value>> = HashSet::new();
    for wanted in wanted.chunks(BINDS / unique.len().max(1)) {
        let select = reader.to_one(model, unique, wanted, unique, &View::default());
        tx.rows(&select.statement, &mut |row| {
            there.insert((0..unique.len()).map(|at| Ok(row.cell(at)?.to_value())).collect::<Result<_, _>>()?);
            Ok(())
        })
        .await?;
    }
    let blamed = taken.into_iter().filter(|(_, values)| !there.insert(values.clone()));
    Ok(blamed.map(|(at, _)| (at, Error::duplicate(named(model, unique)))).collect())
}

/// What a database's refusal of an INSERT or UPDATE means; `None` where it is not about the rows.
fn refused_write(model: &Model, error: &StoreError) -> Option<Error> {
    match error {
        StoreError::Unique { index, columns, .. } => {
            Some(Error::duplicate(named(model, &violated(model, index.as_deref(), columns).0)))
        }
        StoreError::ForeignKey => Some(Error::dangling()),
        _ => None,
    }
}

/// The fields of the unique that was violated, which is the key if it is none of the others; and which rows it is of.
fn violated<'m>(model: &'m Model, index: Option<&str>, columns: &[String]) -> (Vec<usize>, Option<&'m Expr>) {
    let names = |fields: &[usize]| fields.iter().map(|field| model.fields()[*field].column.to_string()).collect();
    let total = model.uniques.iter().find(|unique| {
        let own: Vec<String> = names(unique);
        let parts: Vec<&str> = own.iter().map(String::as_str).collect();
        own == columns || index == Some(&ddl::constraint("uq", &model.entity.table, &parts))
    });
    if let Some(total) = total {
        return (total.clone(), None);
    }
    let fields = |one: &Indexed| one.fields.iter().map(|(field, _)| *field).collect::<Vec<_>>();
    let mut of_some = model.indexes.iter().filter(|one| one.unique);
    let hit = of_some.find(|one| {
        let own: Vec<String> = names(&fields(one));
        own == columns || index == Some(&ddl::index_name(model, one))
    });
    hit.map_or_else(|| (model.key.clone(), None), |one| (fields(one), one.condition.as_ref()))
}

/// Whether the condition of an index holds of a row.
fn meets(model: &Model, condition: &Expr, row: &[Value]) -> bool {
    let known = Known { new: Some((model, row)), ..Known::default() };
    policy::constant(&policy::residual(&condition.rooted(Root::Row, Root::New), &known)) == Some(Value::Bool(true))
}

/// The names of its fields, without the tenant's, which the caller never gave.
pub(super) fn named(model: &Model, unique: &[usize]) -> Vec<String> {
    let fields = unique.iter().filter(|field| Some(**field) != model.tenant);
    fields.map(|field| model.fields()[*field].name.to_string()).collect()
}
