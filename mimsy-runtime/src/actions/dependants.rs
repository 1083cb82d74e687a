//! What a delete does to the rows that point to the deleted one, by their `on_delete`.
//!
//! A cascade is a delete of each row that goes with it, and `set_null` an update: each is judged by the rules of its own
//! entity, each is a change that sinks hear of, and each change raises its row's version. Where a rule refuses, the
//! delete as a whole is refused as if that row said `restrict`, which tells nothing of it. (An entity without a policy
//! is no business of anybody's, and goes with its parent.)

use std::collections::HashSet;

use futures_util::future::BoxFuture;
use mimsy_schema::{EntityId, Link, Model, OnDelete, Value};

use super::change::Change;
use super::judge::judge;
use super::session::Session;
use super::write::whole;
use super::{Actions, draft};
use crate::error::{Error, ErrorKind};
use crate::policy::Known;
use crate::sql::write;
use crate::store::Tx;

/// The rows that are already on their way out: references may run in circles.
pub(super) type Gone = HashSet<(EntityId, Vec<Value>)>;

/// Let go of the rows that point to `row`, before it is deleted. The database deletes those that go with it.
pub(super) fn release<'a>(
    actions: &'a Actions,
    tx: &'a mut Tx<'_>,
    session: &'a Session,
    model: &'a Model,
    row: &'a [Value],
    gone: &'a mut Gone,
) -> BoxFuture<'a, Result<(), Error>> {
    Box::pin(async move {
        let key = key_of(model, row);
        if !gone.insert((model.id, key.clone())) {
            return Ok(());
        }
        for child in session.schema().models() {
            for (link, on_delete) in references(child, model.id) {
                for old in pointing(tx, session, child, link, row).await? {
                    match on_delete {
                        OnDelete::Restrict => {}
                        OnDelete::Cascade => cascade(actions, tx, session, child, old, gone).await?,
                        OnDelete::SetNull => set_null(actions, tx, session, child, link, old, gone).await?,
                    }
                }
            }
        }
        Ok(())
    })
}

/// The references of an entity to another that follow a delete.
fn references(child: &Model, target: EntityId) -> Vec<(&Link, OnDelete)> {
    let there = child.references().filter(|(_, link)| link.target == target);
    there
        .filter_map(|(field, link)| Some((link, child.fields()[field].relation.as_ref()?.on_delete)))
        .filter(|(_, on_delete)| *on_delete != OnDelete::Restrict)
        .collect()
}

async fn pointing(
    tx: &mut Tx<'_>,
    session: &Session,
    child: &Model,
    link: &Link,
    row: &[Value],
) -> Result<Vec<Vec<Value>>, Error> {
    let scope = |entity| session.scope(entity);
    let select = session.reader(tx.dialect(), &scope).pointing(child, link, row);
    let mut found = Vec::new();
    tx.rows(&select.statement, &mut |row| {
        found.push(whole(child, &select, row)?.0);
        Ok(())
    })
    .await?;
    Ok(found)
}

async fn cascade(
    actions: &Actions,
    tx: &mut Tx<'_>,
    session: &Session,
    child: &Model,
    old: Vec<Value>,
    gone: &mut Gone,
) -> Result<(), Error> {
    let key = key_of(child, &old);
    if gone.contains(&(child.id, key.clone())) {
        return Ok(());
    }
    let known = Known { new: Some((child, &old)), ..session.known() };
    allow(tx, session, child, "delete", &known).await?;
    release(actions, tx, session, child, &old, gone).await?;
    let who = session.who.clone();
    actions
        .emit(tx, Change { schema: session.shared(), entity: child.id, key, before: Some(old), after: None, who })
        .await
}

async fn set_null(
    actions: &Actions,
    tx: &mut Tx<'_>,
    session: &Session,
    child: &Model,
    link: &Link,
    old: Vec<Value>,
    gone: &Gone,
) -> Result<(), Error> {
    let key = key_of(child, &old);
    if gone.contains(&(child.id, key.clone())) {
        return Ok(());
    }
    let nullable = link.near().filter(|near| child.fields()[*near].nullable);
    let mut changed: Vec<(usize, Value)> = nullable.map(|near| (near, Value::Null)).collect();
    draft::touch(session, child, &mut changed);
    let mut new = old.clone();
    for (field, value) in &changed {
        new[*field] = value.clone();
    }
    let known = Known { old: Some((child, &old)), new: Some((child, &new)), ..session.known() };
    allow(tx, session, child, "update", &known).await?;
    tx.execute(&write::update(tx.dialect(), child, &key, &changed)).await?;
    let who = session.who.clone();
    actions
        .emit(tx, Change { schema: session.shared(), entity: child.id, key, before: Some(old), after: Some(new), who })
        .await
}

/// Require the rules of a dependant, and say no more than `restrict` would.
async fn allow(tx: &mut Tx<'_>, session: &Session, child: &Model, verb: &str, known: &Known<'_>) -> Result<(), Error> {
    if child.policy.is_none() {
        return Ok(());
    }
    match judge(tx, session, child, &session.decision(child, verb), known).await? {
        Value::Bool(true) => Ok(()),
        _ => Err(Error::new(ErrorKind::Restricted)),
    }
}

fn key_of(model: &Model, row: &[Value]) -> Vec<Value> {
    model.key.iter().map(|field| row[*field].clone()).collect()
}
