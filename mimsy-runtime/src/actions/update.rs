//! Changing rows: one, or many in one transaction.

use std::collections::HashSet;

use mimsy_schema::{EntityId, Value};

use super::failed::{Failed, all};
use super::find::find;
use super::item::{Item, Old};
use super::output::Output;
use super::session::is_never;
use super::work::Work;
use super::write::Written;
use super::{Actions, Expected, Got, Input, draft};
use crate::error::{Error, ErrorKind};
use crate::policy::Over;
use crate::violation::Violation;
use crate::who::Who;

/// A change that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The key of the row.
    pub key: Vec<Value>,
    /// Its new values.
    pub input: Input,
    /// The version that it is expected to have.
    pub expected: Expected,
}

impl Actions {
    /// Change a row.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`, `Invalid`, `Duplicate`, in this order.
    pub async fn update<O: Output>(
        &self,
        who: &Who,
        entity: EntityId,
        key: Vec<Value>,
        input: Input,
        expected: Expected,
        output: O,
    ) -> Result<Got<O>, Error> {
        self.run(self.updating(who, entity, Edit { key, input, expected }, output)?).await
    }

    /// The same, ready to run.
    ///
    /// # Errors
    /// `NotFound` where no row could be read.
    pub fn updating<O: Output>(
        &self,
        who: &Who,
        entity: EntityId,
        edit: Edit,
        output: O,
    ) -> Result<Work<Got<O>>, Error> {
        let work = self.revision(who, entity, vec![edit], Failed::alone)?;
        Ok(work.one(move |session, written| {
            written.got(session.model(entity), output)?.ok_or_else(|| Error::new(ErrorKind::NotFound))
        }))
    }

    /// Change many rows in one transaction, each once: all of them or none. Ready to run; answers the rows.
    ///
    /// # Errors
    /// `NotFound` where no row could be read, and a key that is there twice. Those of the work are as of
    /// [`Actions::update`]; the pointers of violations start with the position of the edit.
    pub fn updating_many(&self, who: &Who, entity: EntityId, edits: Vec<Edit>) -> Result<Work<Vec<Written>>, Error> {
        once_each(edits.iter().map(|edit| &edit.key))?;
        self.revision(who, entity, edits, Failed::listed)
    }

    fn revision(
        &self,
        who: &Who,
        entity: EntityId,
        edits: Vec<Edit>,
        tell: fn(Failed) -> Error,
    ) -> Result<Work<Vec<Written>>, Error> {
        let session = self.session(who);
        session.admit(session.model(entity), "update")?;
        if is_never(&session.scope(entity)) {
            return Err(Error::new(ErrorKind::NotFound));
        }
        let actions = self.clone();
        Ok(Work::new(session, entity, move |session, tx| {
            Box::pin(async move {
                let model = session.model(entity);
                let (wanted, inputs): (Vec<_>, Vec<_>) =
                    edits.into_iter().map(|edit| ((edit.key, edit.expected), edit.input)).unzip();
                let found = find(tx, &session, model, "update", Over::Change, &wanted).await?;
                let old = all(found).map_err(tell)?;
                let item = |(old, input): (Old, Input)| {
                    let changes = draft::changes(&session, model, &old.0, input)?;
                    Item::changed(&session, model, old, changes)
                };
                let items = old.into_iter().zip(inputs).map(item).collect::<Result<_, Error>>()?;
                actions.write(tx, &session, model, "update", items).await.map_err(tell)
            })
        }))
    }
}

/// Each key once: what a second change of a row starts from would be anybody's guess.
pub(super) fn once_each<'k>(keys: impl Iterator<Item = &'k Vec<Value>>) -> Result<(), Error> {
    let mut known = HashSet::new();
    let twice = keys.enumerate().filter(|(_, key)| !known.insert(*key));
    let error = |(at, _)| {
        let detail = "the same row stands in the list twice".to_owned();
        (at, Error::invalid(vec![Violation { pointer: String::new(), ..Violation::field("", "DUPLICATE_ID", detail) }]))
    };
    Failed::unless_empty(twice.map(error).collect()).map_err(Failed::listed)
}
