//! Putting a row under a key of the caller's choice: it is created, or replaced as a whole.
//!
//! The rules of `upsert` decide, and no others: on a row that is created they judge the new row, on one that is replaced the
//! old row and the new one. What the server owns stays as it is.

use mimsy_schema::{Duty, EntityId, Model, Value};

use super::draft::{self, Complete};
use super::failed::{Failed, all};
use super::find::find;
use super::item::{Item, Old};
use super::output::Output;
use super::put::named;
use super::session::{Session, is_never};
use super::work::Work;
use super::write::Written;
use super::{Actions, Edit, Expected, Got, Input};
use crate::error::{Error, ErrorKind};
use crate::policy::{self, Over};
use crate::store::Tx;
use crate::violation::Violation;
use crate::who::Who;

/// A row that was put.
#[derive(Debug)]
pub struct Upserted<O> {
    /// Its key.
    pub key: Vec<Value>,
    /// Where the row went; `None` when its creator may not read it.
    pub got: Option<Got<O>>,
    /// Whether it was not there before.
    pub created: bool,
}

impl Actions {
    /// Put a row under a key, ready to run.
    ///
    /// # Errors
    /// `Forbidden` where no rule could ever allow it. Those of the work: `Forbidden`; `Stale` and `Exists` where the row is
    /// not what was expected; `Invalid`; `Duplicate`; and `NotFound` where a row has the key that may not be read.
    pub fn upserting<O: Output>(
        &self,
        who: &Who,
        entity: EntityId,
        edit: Edit,
        output: O,
    ) -> Result<Work<Upserted<O>>, Error> {
        let session = self.session(who);
        let model = session.model(entity);
        session.admit(model, "upsert")?;
        let never = |over| {
            let decision = policy::residual(&session.decision_over(model, "upsert", over), &session.known());
            is_never(&policy::settled(&decision))
        };
        if never(Over::Row) && never(Over::Change) {
            return Err(session.closed(model, "upsert"));
        }
        let Edit { key, input, expected } = edit;
        let (given, strange) = keyed(model, &key, input);
        let mut row = draft::complete(&session, model, given);
        row.violations.splice(..0, strange);
        let actions = self.clone();
        let work = Work::new(session, entity, move |session, tx| {
            Box::pin(async move {
                let put = actions.upsert(tx, &session, entity, key, row, &expected).await;
                put.map_err(Failed::alone)
            })
        });
        Ok(work.one(move |session, written| {
            let got = written.got(session.model(entity), output)?;
            Ok(Upserted { key: written.key, got, created: written.created })
        }))
    }

    async fn upsert(
        &self,
        tx: &mut Tx<'_>,
        session: &Session,
        entity: EntityId,
        key: Vec<Value>,
        row: Complete,
        expected: &Expected,
    ) -> Result<Vec<Written>, Failed> {
        let model = session.model(entity);
        let wanted = [(key, Expected::Any)];
        let old = match look(tx, session, model, &wanted).await? {
            Some(old) => old,
            None => match self.put_new(tx, session, entity, row.clone(), expected).await {
                Err(Failed::Items(failed)) if is_there(model, &failed) => {
                    // Somebody put it there a moment ago; or it is none that may be read, as any path of it says.
                    let found = look(tx, session, model, &wanted).await?;
                    found.ok_or_else(|| Error::new(ErrorKind::NotFound))?
                }
                done => return done,
            },
        };
        expected.check(old.1)?;
        let changes = draft::revised(session, model, &old.0, replacement(model, row))?;
        let item = Item::changed(session, model, old, changes)?;
        self.write(tx, session, model, "upsert", vec![item]).await
    }

    /// Create the row, in a savepoint: it may be there after all.
    async fn put_new(
        &self,
        tx: &mut Tx<'_>,
        session: &Session,
        entity: EntityId,
        row: Complete,
        expected: &Expected,
    ) -> Result<Vec<Written>, Failed> {
        if matches!(expected, Expected::Versions(_)) {
            return Err(Error::new(ErrorKind::Stale).into());
        }
        let (actions, session) = (self.clone(), session.clone());
        tx.savepoint(move |part| {
            Box::pin(async move {
                let model = session.model(entity);
                let item = Item::created(&session, model, row.validated(&session, model)?)?;
                actions.write(part, &session, model, "upsert", vec![item]).await
            })
        })
        .await
    }
}

/// The row of the key, if it is there and may be read.
async fn look(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    wanted: &[(Vec<Value>, Expected)],
) -> Result<Option<Old>, Failed> {
    match all(find(tx, session, model, "upsert", Over::Change, wanted).await?) {
        Ok(mut found) => Ok(found.pop()),
        Err(Failed::Items(failed)) if failed.iter().all(|(_, error)| error.kind() == ErrorKind::NotFound) => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// Whether a row has the key already.
fn is_there(model: &Model, failed: &[(usize, Error)]) -> bool {
    let key = named(model, &model.key);
    failed.iter().all(|(_, error)| error.kind() == ErrorKind::Duplicate && error.fields() == key)
}

/// The input with the key, which it may repeat; and where it names another one.
fn keyed(model: &Model, key: &[Value], input: Input) -> (Input, Vec<Violation>) {
    let mut strange = Vec::new();
    let mut given: Input = model.key.iter().copied().zip(key.iter().cloned()).collect();
    for (field, value) in input {
        match model.key.iter().position(|part| *part == field) {
            None => given.push((field, value)),
            Some(part) if key[part] == value => {}
            Some(_) => {
                let detail = "is another key than that of the path; leave it out";
                strange.push(Violation::field(&model.fields()[field].name, "KEY_MISMATCH", detail));
            }
        }
    }
    (given, strange)
}

/// The columns of a row that replaces another one: all but its key, and what the server owns.
fn replacement(model: &Model, row: Complete) -> (Input, Vec<Violation>) {
    let mut values = row.values;
    values.retain(|(field, _)| !model.key.contains(field) && model.fields()[*field].duty == Duty::Data);
    (values, row.violations)
}
