//! The rows of included relations: one statement a relation, whatever the number of rows; each under its own policy.

use std::collections::{HashMap, HashSet};

use mimsy_schema::{Cardinality, Link, Model, Value};

use super::output::{Included, Reached, Record};
use super::read::{owned, shown};
use super::session::Session;
use crate::error::Error;
use crate::query::Include;
use crate::sql::Select;
use crate::store::Tx;

/// How many rows of a to-many relation are included when none is asked for.
pub const DEFAULT_INCLUDED: u32 = 50;

/// Load the included relations of some rows: for each row its own, in the order of `includes`.
pub(super) async fn include(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    select: &Select,
    rows: &[Vec<Value>],
    includes: &[Include],
) -> Result<Vec<Vec<Included>>, Error> {
    let mut included: Vec<Vec<Included>> = rows.iter().map(|_| Vec::with_capacity(includes.len())).collect();
    for one in includes {
        let Some(link) = model.link(one.field) else { continue };
        let keys = columns(rows, select, link);
        let reached = match link.cardinality {
            Cardinality::Many => to_many(tx, session, link, &keys, one).await?,
            Cardinality::One => to_one(tx, session, link, &keys, one).await?,
        };
        for (row, reached) in included.iter_mut().zip(reached) {
            row.push(Included { field: one.field, reached });
        }
    }
    Ok(included)
}

/// What each row has in the fields that a link joins; `None` where one of them is NULL.
fn columns(rows: &[Vec<Value>], select: &Select, link: &Link) -> Vec<Option<Vec<Value>>> {
    let places: Vec<Option<usize>> = link.near().map(|field| select.position(field)).collect();
    let values = |row: &Vec<Value>| {
        let value = |place: &Option<usize>| row.get((*place)?).filter(|value| !value.is_null()).cloned();
        places.iter().map(value).collect()
    };
    rows.iter().map(values).collect()
}

/// Each set of values once.
fn distinct(keys: &[Option<Vec<Value>>]) -> Vec<Vec<Value>> {
    let mut seen = HashSet::new();
    keys.iter().flatten().filter(|key| seen.insert(*key)).cloned().collect()
}

async fn to_one(
    tx: &mut Tx<'_>,
    session: &Session,
    link: &Link,
    keys: &[Option<Vec<Value>>],
    include: &Include,
) -> Result<Vec<Reached>, Error> {
    let target = session.model(link.target);
    let wanted = distinct(keys);
    let mut found: HashMap<Vec<Value>, Record> = HashMap::with_capacity(wanted.len());
    if !wanted.is_empty() {
        let scope = |entity| session.scope(entity);
        let fields = shown(target, &include.query.view);
        let far: Vec<usize> = link.on().iter().map(|(_, far)| *far).collect();
        let select = session.reader(tx.dialect(), &scope).to_one(target, &far, &wanted, &fields);
        for row in load(tx, &select).await? {
            found.insert(parent(&select, &row), record(target, &select, row));
        }
    }
    let reached = |key: &Option<Vec<Value>>| match key.as_ref().map(|key| found.get(key)) {
        None => Reached::Nothing,
        Some(Some(record)) => Reached::One(record.clone()),
        // A reference leads to a row; an inverse may lead to none, and which it is is nobody's business.
        Some(None) if link.holds => Reached::Masked,
        Some(None) => Reached::Nothing,
    };
    Ok(keys.iter().map(reached).collect())
}

async fn to_many(
    tx: &mut Tx<'_>,
    session: &Session,
    link: &Link,
    parents: &[Option<Vec<Value>>],
    include: &Include,
) -> Result<Vec<Reached>, Error> {
    let target = session.model(link.target);
    let limit = if include.query.limit == 0 { DEFAULT_INCLUDED } else { include.query.limit };
    let wanted = distinct(parents);
    let mut found: HashMap<Vec<Value>, Vec<Record>> = HashMap::with_capacity(wanted.len());
    if !wanted.is_empty() {
        let scope = |entity| session.scope(entity);
        let fields = shown(target, &include.query.view);
        let select = session.reader(tx.dialect(), &scope).to_many(link, &wanted, &fields, limit);
        for row in load(tx, &select).await? {
            found.entry(parent(&select, &row)).or_default().push(record(target, &select, row));
        }
    }
    let reached = |parent: &Option<Vec<Value>>| {
        // Two rows may have one parent: a join may read other fields than the key.
        let mut records = parent.as_ref().and_then(|parent| found.get(parent)).cloned().unwrap_or_default();
        let more = records.len() > limit as usize;
        records.truncate(limit as usize);
        Reached::Many { records, limit, more }
    };
    Ok(parents.iter().map(reached).collect())
}

/// Whose row it is.
fn parent(select: &Select, row: &[Value]) -> Vec<Value> {
    select.parent.iter().map(|at| row[*at].clone()).collect()
}

async fn load(tx: &mut Tx<'_>, select: &Select) -> Result<Vec<Vec<Value>>, Error> {
    let mut rows = Vec::new();
    tx.rows(&select.statement, &mut |row| {
        rows.push(owned(row, select.statement.columns.len())?);
        Ok(())
    })
    .await?;
    Ok(rows)
}

fn record(target: &Model, select: &Select, mut row: Vec<Value>) -> Record {
    let version = match row[select.version] {
        Value::Int(version) => version,
        _ => 0,
    };
    row.truncate(select.shown);
    let fields = select.columns[..select.shown].to_vec();
    Record { entity: target.id, fields, values: row, version, included: Vec::new() }
}
