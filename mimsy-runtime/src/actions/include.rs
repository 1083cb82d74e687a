//! The rows of included relations: one statement a relation, whatever the number of rows; each under its own policy.

use std::collections::HashMap;

use mimsy_schema::{Cardinality, Model, Value};

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
        let target = session.model(link.target);
        let reached = match (link.cardinality, link.inverse) {
            (Cardinality::Many, Some(inverse)) => {
                let keys = column(rows, select.position(model.key[0]));
                to_many(tx, session, target, inverse, &keys, one).await?
            }
            _ => {
                let keys = column(rows, select.position(one.field));
                to_one(tx, session, target, &keys, one).await?
            }
        };
        for (row, reached) in included.iter_mut().zip(reached) {
            row.push(Included { field: one.field, reached });
        }
    }
    Ok(included)
}

fn column(rows: &[Vec<Value>], position: Option<usize>) -> Vec<Value> {
    rows.iter().map(|row| position.map_or(Value::Null, |at| row[at].clone())).collect()
}

async fn to_one(
    tx: &mut Tx<'_>,
    session: &Session,
    target: &Model,
    keys: &[Value],
    include: &Include,
) -> Result<Vec<Reached>, Error> {
    let mut distinct: Vec<Value> = keys.iter().filter(|key| !key.is_null()).cloned().collect();
    distinct.sort_by_key(|key| format!("{key:?}"));
    distinct.dedup();
    let mut found: HashMap<Value, Record> = HashMap::with_capacity(distinct.len());
    if !distinct.is_empty() {
        let scope = |entity| session.scope(entity);
        let fields = shown(target, &include.query.view);
        let select = session.reader(tx.dialect(), &scope).to_one(target, &distinct, &fields);
        for row in load(tx, &select).await? {
            let key = select.position(target.key[0]).map_or(Value::Null, |at| row[at].clone());
            found.insert(key, record(target, &select, row));
        }
    }
    Ok(keys
        .iter()
        .map(|key| match (key, found.get(key)) {
            (Value::Null, _) => Reached::Nothing,
            (_, Some(record)) => Reached::One(record.clone()),
            (_, None) => Reached::Masked,
        })
        .collect())
}

async fn to_many(
    tx: &mut Tx<'_>,
    session: &Session,
    target: &Model,
    inverse: usize,
    parents: &[Value],
    include: &Include,
) -> Result<Vec<Reached>, Error> {
    let limit = if include.query.limit == 0 { DEFAULT_INCLUDED } else { include.query.limit };
    let mut found: HashMap<Value, Vec<Record>> = HashMap::with_capacity(parents.len());
    if !parents.is_empty() {
        let scope = |entity| session.scope(entity);
        let fields = shown(target, &include.query.view);
        let select = session.reader(tx.dialect(), &scope).to_many(target, inverse, parents, &fields, limit);
        for row in load(tx, &select).await? {
            let parent = select.position(inverse).map_or(Value::Null, |at| row[at].clone());
            found.entry(parent).or_default().push(record(target, &select, row));
        }
    }
    Ok(parents
        .iter()
        .map(|parent| {
            let mut records = found.remove(parent).unwrap_or_default();
            let more = records.len() > limit as usize;
            records.truncate(limit as usize);
            Reached::Many { records, limit, more }
        })
        .collect())
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
