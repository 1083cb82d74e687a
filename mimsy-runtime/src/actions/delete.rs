//! Deleting rows: one, or many in one transaction. What points to them goes first, by its `on_delete`.

use std::collections::HashSet;

use mimsy_schema::{EntityId, Model, OnDelete, Value};

use super::dependants::{Gone, holding, release};
use super::failed::{Failed, all};
use super::find::find;
use super::item::key_of;
use super::put::{Refused, Step, run};
use super::session::{Session, is_never};
use super::update::once_each;
use super::work::Work;
use super::{Actions, Expected, hooks};
use crate::error::{Error, ErrorKind};
use crate::policy::Over;
use crate::sql::{BINDS, Dialect, write};
use crate::store::{StoreError, Tx};
use crate::who::Who;

impl Actions {
    /// Delete a row.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`; `Restricted` where other rows still point to it.
    pub async fn delete(&self, who: &Who, entity: EntityId, key: Vec<Value>, expected: Expected) -> Result<(), Error> {
        self.run(self.deleting(who, entity, key, expected)?).await
    }

    /// The same, ready to run.
    ///
    /// # Errors
    /// `NotFound` where no row could be read.
    pub fn deleting(
        &self,
        who: &Who,
        entity: EntityId,
        key: Vec<Value>,
        expected: Expected,
    ) -> Result<Work<()>, Error> {
        self.deletion(who, entity, vec![(key, expected)], Failed::alone)
    }

    /// Delete many rows in one transaction: all of them or none. Ready to run.
    ///
    /// # Errors
    /// `NotFound` where no row could be read, and a key that is there twice. Those of the work are as of [`Actions::delete`]; the pointers of violations
    /// start with the position of the key.
    pub fn deleting_many(&self, who: &Who, entity: EntityId, keys: Vec<Vec<Value>>) -> Result<Work<()>, Error> {
        once_each(keys.iter())?;
        let wanted = keys.into_iter().map(|key| (key, Expected::Any)).collect();
        self.deletion(who, entity, wanted, Failed::listed)
    }

    fn deletion(
        &self,
        who: &Who,
        entity: EntityId,
        wanted: Vec<(Vec<Value>, Expected)>,
        tell: fn(Failed) -> Error,
    ) -> Result<Work<()>, Error> {
        let session = self.session(who);
        session.admit(session.model(entity), "delete")?;
        if is_never(&session.scope(entity)) {
            return Err(Error::new(ErrorKind::NotFound));
        }
        let actions = self.clone();
        let work = Work::new(session, entity, move |session, tx| {
            Box::pin(async move {
                let model = session.model(entity);
                let found = find(tx, &session, model, "delete", Over::Row, &wanted).await?;
                let rows = all(found).map_err(tell)?.into_iter().map(|(row, _)| row).enumerate().collect();
                actions.remove(tx, &session, model, rows).await.map_err(tell)
            })
        });
        Ok(work.deleting())
    }

    /// Delete rows that were judged: what points to them is let go, sinks hear of each.
    async fn remove(
        &self,
        tx: &mut Tx<'_>,
        session: &Session,
        model: &Model,
        rows: Vec<(usize, Vec<Value>)>,
    ) -> Result<(), Failed> {
        let mut gone: Gone = rows.iter().map(|(_, row)| (model.id, key_of(model, row))).collect();
        hooks::before_store(session, model, rows.iter().map(|(at, row)| (*at, Some(row.as_slice()), None)))?;
        release(self, tx, session, model, &rows, &mut gone).await?;
        if model.entity.external {
            // No foreign key of ours leads to a table of others.
            let held = holding(tx, session, model, &rows, &gone).await?;
            Failed::unless_empty(held.into_iter().map(|at| (at, Error::new(ErrorKind::Restricted))).collect())?;
        }
        let steps = deletes(tx.dialect(), model, &rows);
        match run(tx, steps, rows.len() == 1).await {
            Ok(()) => {}
            Err(Refused { item: None, error: StoreError::ForeignKey }) => {
                let held = holding(tx, session, model, &rows, &gone).await?;
                let error = |at| (at, Error::new(ErrorKind::Restricted));
                Failed::unless_empty(held.into_iter().map(error).collect())?;
                return Err(Failed::Whole(Error::new(ErrorKind::Restricted)));
            }
            Err(Refused { item: Some(at), error: StoreError::ForeignKey }) => {
                return Err(Failed::Items(vec![(at, Error::new(ErrorKind::Restricted))]));
            }
            Err(Refused { error, .. }) => return Err(error.into()),
        }
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        Ok(self.emit_gone(tx, session, model, rows).await?)
    }
}

/// The statements that delete rows: one for all or, where one of them holds another, one after the other.
fn deletes(dialect: &'static Dialect, model: &Model, rows: &[(usize, Vec<Value>)]) -> Vec<Step> {
    let keys: Vec<Vec<Value>> = rows.iter().map(|(_, row)| key_of(model, row)).collect();
    if in_turn(model, rows, &keys) {
        let step = |(at, key): (usize, &Vec<Value>)| (Some(at), write::delete(dialect, model, key));
        return keys.iter().enumerate().map(step).collect();
    }
    let keys: Vec<&[Value]> = keys.iter().map(Vec::as_slice).collect();
    let chunks = keys.chunks(BINDS / model.key.len().max(1));
    chunks.map(|chunk| (None, write::delete_many(dialect, model, chunk))).collect()
}

/// Whether a row of the list keeps another one of it from going.
fn in_turn(model: &Model, rows: &[(usize, Vec<Value>)], keys: &[Vec<Value>]) -> bool {
    let keys: HashSet<&Vec<Value>> = keys.iter().collect();
    rows.len() > 1
        && model.references().any(|(field, link)| {
            let relation = model.fields()[field].relation.as_ref();
            let restricts = relation.is_some_and(|relation| relation.on_delete == OnDelete::Restrict);
            let key = |row: &Vec<Value>| link.near().map(|near| row[near].clone()).collect::<Vec<Value>>();
            restricts && link.target == model.id && rows.iter().any(|(_, row)| keys.contains(&key(row)))
        })
}
