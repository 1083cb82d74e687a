//! What a delete does to the rows that point to the deleted one, by their `on_delete`.
//!
//! A cascade is a delete of each row that goes with it, and `set_null` an update: each is judged by the rules of its own
//! entity, each is a change that sinks hear of, and each change raises its row's version. Where a rule refuses, the
//! delete as a whole is refused as if that row said `restrict`, which tells nothing of it. (An entity without a policy
//! is no business of anybody's, and goes with its parent.)

use std::collections::{HashMap, HashSet};

use futures_util::future::BoxFuture;
use mimsy_schema::{EntityId, Link, Model, OnDelete, Value};

use super::change::Change;
use super::failed::Failed;
use super::find::whole;
use super::hooks::Fated;
use super::item::{Pair, key_of};
use super::judge::judge;
use super::session::Session;
use super::{Actions, draft, hooks};
use crate::error::{Error, ErrorKind};
use crate::sql::{BINDS, write};
use crate::store::{StoreError, Tx};

/// The rows that are already on their way out: references may run in circles.
pub(super) type Gone = HashSet<(EntityId, Vec<Value>)>;

/// A row, and the position of the one in the list of a delete with which it goes.
type Going = (usize, Vec<Value>);

/// Let go of the rows that point to `rows`, before those are deleted. The database deletes those that go with them.
pub(super) fn release<'a>(
    actions: &'a Actions,
    tx: &'a mut Tx<'_>,
    session: &'a Session,
    model: &'a Model,
    rows: &'a [Going],
    gone: &'a mut Gone,
) -> BoxFuture<'a, Result<(), Failed>> {
    Box::pin(async move {
        for child in own(session) {
            for (link, on_delete) in references(child, model.id) {
                if on_delete == OnDelete::Restrict {
                    continue;
                }
                let mut found = pointing(tx, session, child, link, rows).await?;
                found.retain(|(_, row)| !gone.contains(&(child.id, key_of(child, row))));
                match on_delete {
                    _ if found.is_empty() => {}
                    OnDelete::SetNull => set_null(actions, tx, session, child, link, found).await?,
                    _ => cascade(actions, tx, session, (model, child), found, gone).await?,
                }
            }
        }
        Ok(())
    })
}

/// The positions of those among `rows` that others keep from going.
pub(super) async fn holding(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    rows: &[Going],
    gone: &Gone,
) -> Result<Vec<usize>, Error> {
    let mut held = Vec::new();
    for child in own(session) {
        for (link, _) in references(child, model.id).into_iter().filter(|(_, what)| *what == OnDelete::Restrict) {
            let found = pointing(tx, session, child, link, rows).await?;
            let stays = found.into_iter().filter(|(_, row)| !gone.contains(&(child.id, key_of(child, row))));
            held.extend(stays.map(|(at, _)| at));
        }
    }
    held.sort_unstable();
    held.dedup();
    Ok(held)
}

/// The entities whose references are kept here. Those of a table of others are kept by the database, or by nobody.
fn own(session: &Session) -> impl Iterator<Item = &Model> {
    session.schema().models().iter().filter(|model| !model.entity.external)
}

/// The references of an entity to another, with what they do when it goes.
fn references(child: &Model, target: EntityId) -> Vec<(&Link, OnDelete)> {
    let there = child.references().filter(|(_, link)| link.target == target);
    there.filter_map(|(field, link)| Some((link, child.fields()[field].relation.as_ref()?.on_delete))).collect()
}

/// The rows of an entity that point to one of `rows`.
async fn pointing(
    tx: &mut Tx<'_>,
    session: &Session,
    child: &Model,
    link: &Link,
    rows: &[Going],
) -> Result<Vec<Going>, Error> {
    let scope = |entity| session.scope(entity);
    let reader = session.reader(tx.dialect(), &scope);
    let far = |row: &Vec<Value>| link.on().iter().map(|(_, far)| row[*far].clone()).collect::<Vec<Value>>();
    let positions: HashMap<Vec<Value>, usize> = rows.iter().map(|(at, row)| (far(row), *at)).collect();
    let targets: Vec<&[Value]> = rows.iter().map(|(_, row)| row.as_slice()).collect();
    let mut found = Vec::new();
    for targets in targets.chunks(BINDS / link.on().len().max(1)) {
        let select = reader.pointing(child, link, targets);
        tx.rows(&select.statement, &mut |row| {
            let row = whole(child, &select, row)?.0;
            let near: Vec<Value> = link.near().map(|near| row[near].clone()).collect();
            if let Some(at) = positions.get(&near) {
                found.push((*at, row));
            }
            Ok(())
        })
        .await?;
    }
    Ok(found)
}

async fn cascade(
    actions: &Actions,
    tx: &mut Tx<'_>,
    session: &Session,
    (parent, child): (&Model, &Model),
    rows: Vec<Going>,
    gone: &mut Gone,
) -> Result<(), Failed> {
    gone.extend(rows.iter().map(|(_, row)| (child.id, key_of(child, row))));
    let pairs: Vec<_> = rows.iter().map(|(at, row)| (*at, Pair { old: None, new: row })).collect();
    allow(tx, session, child, "delete", &pairs).await?;
    unhindered(session, child, rows.iter().map(|(at, row)| (*at, Some(row.as_slice()), None)))?;
    release(actions, tx, session, child, &rows, gone).await?;
    if parent.entity.external {
        // No foreign key of ours leads to a table of others, so nothing takes them along.
        let keys: Vec<Vec<Value>> = rows.iter().map(|(_, row)| key_of(child, row)).collect();
        let keys: Vec<&[Value]> = keys.iter().map(Vec::as_slice).collect();
        for keys in keys.chunks(BINDS / child.key.len().max(1)) {
            match tx.execute(&write::delete_many(tx.dialect(), child, keys)).await {
                Err(StoreError::ForeignKey) => return restricted(rows.iter().map(|(at, _)| *at).collect()),
                done => done?,
            };
        }
    }
    Ok(actions.emit_gone(tx, session, child, rows.into_iter().map(|(_, row)| row).collect()).await?)
}

async fn set_null(
    actions: &Actions,
    tx: &mut Tx<'_>,
    session: &Session,
    child: &Model,
    link: &Link,
    rows: Vec<Going>,
) -> Result<(), Failed> {
    let nullable = link.near().filter(|near| child.fields()[*near].nullable);
    let mut changed: Vec<(usize, Value)> = nullable.map(|near| (near, Value::Null)).collect();
    draft::touch(session, child, &mut changed);
    let new = |old: &Vec<Value>| {
        let mut new = old.clone();
        changed.iter().for_each(|(field, value)| new[*field] = value.clone());
        new
    };
    let new: Vec<Vec<Value>> = rows.iter().map(|(_, old)| new(old)).collect();
    // What a row would break without its reference, holds the reference.
    let mut held = Vec::new();
    for ((at, _), new) in rows.iter().zip(&new) {
        let found = session.checked.validator.row(child, || new.clone()).map_err(Error::internal)?;
        held.extend((!found.is_empty()).then_some(*at));
    }
    restricted(held)?;
    let pairs = rows.iter().zip(&new).map(|((at, old), new)| (*at, Pair { old: Some(old), new }));
    allow(tx, session, child, "update", &pairs.collect::<Vec<_>>()).await?;
    let fated = rows.iter().zip(&new).map(|((at, old), new)| (*at, Some(old.as_slice()), Some(new.as_slice())));
    unhindered(session, child, fated)?;
    let keys: Vec<Vec<Value>> = rows.iter().map(|(_, old)| key_of(child, old)).collect();
    let all: Vec<&[Value]> = keys.iter().map(Vec::as_slice).collect();
    for keys in all.chunks(BINDS / child.key.len().max(1)) {
        tx.execute(&write::update_alike(tx.dialect(), child, keys, &changed)).await?;
    }
    for (((_, before), after), key) in rows.into_iter().zip(new).zip(keys) {
        let (before, after, who) = (Some(before), Some(after), session.who.clone());
        actions
            .emit(tx, session, Change { schema: session.shared(), entity: child.id, key, before, after, who })
            .await?;
    }
    Ok(())
}

/// Require the rules of dependants, and say no more than `restrict` would.
async fn allow(
    tx: &mut Tx<'_>,
    session: &Session,
    child: &Model,
    verb: &str,
    rows: &[(usize, Pair<'_>)],
) -> Result<(), Failed> {
    if child.policy.is_none() {
        return Ok(());
    }
    let pairs: Vec<Pair<'_>> = rows.iter().map(|(_, pair)| *pair).collect();
    let verdicts = judge(tx, session, child, &session.decision(child, verb), &pairs).await?;
    restricted(rows.iter().zip(verdicts).filter(|(_, verdict)| !verdict.is_yes()).map(|((at, _), _)| *at).collect())
}

/// Ask the hooks of dependants, and say no more than `restrict` would where one refuses.
fn unhindered<'a>(session: &Session, child: &Model, rows: impl IntoIterator<Item = Fated<'a>>) -> Result<(), Failed> {
    match hooks::before_store(session, child, rows) {
        Err(Failed::Items(refused)) => restricted(refused.into_iter().map(|(at, _)| at).collect()),
        asked => asked,
    }
}

/// The refusal of a delete at these positions of its list.
fn restricted(mut held: Vec<usize>) -> Result<(), Failed> {
    held.sort_unstable();
    held.dedup();
    Failed::unless_empty(held.into_iter().map(|at| (at, Error::new(ErrorKind::Restricted))).collect())
}
