//! The rows of included relations: one statement a relation and level, whatever the number of rows; each under its own
//! policy.
//!
//! Rows that several others include are read and kept once, but an answer holds them as often as they are included. What
//! counts against [`MOST_INCLUDED`] is therefore what the answer would hold.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use mimsy_schema::{Cardinality, Link, Model, Value};

use super::output::{Included, Reached, Record};
use super::read::{MAX_LIMIT, owned, shown};
use super::session::Session;
use crate::error::{Error, ErrorKind};
use crate::query::{Include, Query};
use crate::sql::Select;
use crate::store::Tx;

/// How many rows of a to-many relation are included when none is asked for.
pub const DEFAULT_INCLUDED: u32 = 50;

/// How many included rows an answer holds at most; one with more is refused.
pub const MOST_INCLUDED: usize = 10_000;

/// How many values a statement looks for at most: databases limit the parameters of one.
const MOST_SOUGHT: usize = 10_000;

/// What one row includes.
#[derive(Clone, Default)]
pub(super) struct Brought {
    pub(super) included: Vec<Included>,
    /// How many rows that is in all.
    rows: usize,
}

/// A row that is included, and how many rows it brings, itself among them.
#[derive(Clone)]
struct Counted {
    record: Arc<Record>,
    rows: usize,
}

/// What a relation reached, and how many rows that is in all.
type Weighed = (Reached, usize);

/// What one relation is loaded with.
struct Loading<'a> {
    session: &'a Session,
    link: &'a Link,
    target: &'a Model,
    fields: Vec<usize>,
    query: Query,
}

/// Load the included relations of some rows: for each row its own, in the order of `includes`.
pub(super) fn include<'a>(
    tx: &'a mut Tx<'_>,
    session: &'a Session,
    model: &'a Model,
    select: &'a Select,
    rows: &'a [Vec<Value>],
    includes: &'a [Include],
) -> BoxFuture<'a, Result<Vec<Brought>, Error>> {
    Box::pin(async move {
        let mut brought = vec![Brought::default(); rows.len()];
        for one in includes {
            let Some(link) = model.link(one.field) else { continue };
            let target = session.model(link.target);
            let limit = if one.query.limit == 0 { DEFAULT_INCLUDED } else { one.query.limit.min(MAX_LIMIT) };
            let fields = shown(target, &one.query.view);
            let loading = Loading { session, link, target, fields, query: Query { limit, ..one.query.clone() } };
            let reached = loading.load(tx, &columns(rows, select, link)).await?;
            for (row, (reached, rows)) in brought.iter_mut().zip(reached) {
                row.included.push(Included { field: one.field, reached });
                row.rows = row.rows.saturating_add(rows);
            }
            within(brought.iter().fold(0, |sum, row| sum.saturating_add(row.rows)))?;
        }
        Ok(brought)
    })
}

fn within(rows: usize) -> Result<(), Error> {
    if rows > MOST_INCLUDED { Err(Error::new(ErrorKind::TooMuch)) } else { Ok(()) }
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

impl Loading<'_> {
    /// What each of some rows reaches, by the values that it joins by.
    async fn load(&self, tx: &mut Tx<'_>, keys: &[Option<Vec<Value>>]) -> Result<Vec<Weighed>, Error> {
        let mut found: HashMap<Vec<Value>, Vec<Counted>> = HashMap::new();
        let wanted = distinct(keys);
        let parts = wanted.first().map_or(1, Vec::len).max(1);
        let (mut rows, mut select) = (Vec::new(), None);
        for some in wanted.chunks(MOST_SOUGHT / parts) {
            let select = select.insert(self.select(tx, some));
            let columns = select.statement.columns.len();
            tx.rows(&select.statement, &mut |row| {
                rows.push(owned(row, columns)?);
                Ok(())
            })
            .await?;
            // The one row more of each parent only says that more follow.
            within(rows.len().saturating_sub(wanted.len()))?;
        }
        if let Some(select) = select {
            let nested = include(tx, self.session, self.target, &select, &rows, &self.query.view.include).await?;
            for (row, nested) in rows.into_iter().zip(nested) {
                let parent = select.parent.iter().map(|at| row[*at].clone()).collect();
                found.entry(parent).or_default().push(self.counted(&select, row, nested));
            }
        }
        let reached = |key: &Option<Vec<Value>>| {
            let found = key.as_ref().map(|key| found.get(key).map_or(&[][..], Vec::as_slice));
            match self.link.cardinality {
                Cardinality::Many => self.many(found.unwrap_or_default()),
                Cardinality::One => self.one(found),
            }
        };
        Ok(keys.iter().map(reached).collect())
    }

    fn select(&self, tx: &Tx<'_>, keys: &[Vec<Value>]) -> Select {
        let Self { session, link, target, fields, query } = self;
        let scope = |entity| session.scope(entity);
        let reader = session.reader(tx.dialect(), &scope);
        match link.cardinality {
            Cardinality::Many => reader.to_many(link, keys, fields, query, MOST_INCLUDED + keys.len() + 1),
            Cardinality::One => {
                let far: Vec<usize> = link.on().iter().map(|(_, far)| *far).collect();
                reader.to_one(target, &far, keys, fields, &query.view)
            }
        }
    }

    fn counted(&self, select: &Select, mut row: Vec<Value>, nested: Brought) -> Counted {
        let version = match row[select.version] {
            Value::Int(version) => version,
            _ => 0,
        };
        row.truncate(select.shown);
        let fields = select.columns[..select.shown].to_vec();
        let record = Record { entity: self.target.id, fields, values: row, version, included: nested.included };
        Counted { record: Arc::new(record), rows: nested.rows.saturating_add(1) }
    }

    /// `found`: what there is at the row's reference; `None` where that is NULL.
    fn one(&self, found: Option<&[Counted]>) -> Weighed {
        match found {
            None => (Reached::Nothing, 0),
            Some([one, ..]) => (Reached::One(Arc::clone(&one.record)), one.rows),
            // A reference leads to a row; an inverse may lead to none, and which it is is nobody's business.
            Some([]) if self.link.holds => (Reached::Masked, 0),
            Some([]) => (Reached::Nothing, 0),
        }
    }

    fn many(&self, found: &[Counted]) -> Weighed {
        let limit = self.query.limit;
        let first = &found[..found.len().min(limit as usize)];
        let rows = first.iter().fold(0, |sum: usize, one| sum.saturating_add(one.rows));
        let records = first.iter().map(|one| Arc::clone(&one.record)).collect();
        (Reached::Many { records, limit, more: found.len() > first.len() }, rows)
    }
}
