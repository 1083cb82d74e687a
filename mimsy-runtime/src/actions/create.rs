//! Creating rows: one, or many in one transaction.

use mimsy_schema::{EntityId, Value};

use super::failed::Failed;
use super::item::Item;
use super::output::Output;
use super::session::is_never;
use super::work::Work;
use super::write::Written;
use super::{Actions, Created, Input, draft};
use crate::error::Error;
use crate::policy;
use crate::who::Who;

impl Actions {
    /// Create a row.
    ///
    /// # Errors
    /// `Forbidden` where a rule refuses; `Invalid` with all violations and unresolved references; `Duplicate`.
    pub async fn create<O: Output>(
        &self,
        who: &Who,
        entity: EntityId,
        input: Input,
        output: O,
    ) -> Result<Created<O>, Error> {
        self.run(self.creating(who, entity, input, output)?).await
    }

    /// The same, ready to run.
    ///
    /// # Errors
    /// `Forbidden` where no rule could ever allow it.
    pub fn creating<O: Output>(
        &self,
        who: &Who,
        entity: EntityId,
        input: Input,
        output: O,
    ) -> Result<Work<Created<O>>, Error> {
        let work = self.creation(who, entity, vec![input], Failed::alone)?;
        Ok(work.one(move |session, written| {
            let got = written.got(session.model(entity), output)?;
            Ok(Created { key: written.key, got })
        }))
    }

    /// Create many rows in one transaction; answers their keys.
    ///
    /// # Errors
    /// As [`Actions::create`]; the pointers of violations start with the position of the input.
    pub async fn create_many(&self, who: &Who, entity: EntityId, inputs: Vec<Input>) -> Result<Vec<Vec<Value>>, Error> {
        let written = self.run(self.creating_many(who, entity, inputs)?).await?;
        Ok(written.into_iter().map(|one| one.key).collect())
    }

    /// The same, ready to run; answers the rows.
    ///
    /// # Errors
    /// `Forbidden` where no rule could ever allow it.
    pub fn creating_many(&self, who: &Who, entity: EntityId, inputs: Vec<Input>) -> Result<Work<Vec<Written>>, Error> {
        self.creation(who, entity, inputs, Failed::listed)
    }

    fn creation(
        &self,
        who: &Who,
        entity: EntityId,
        inputs: Vec<Input>,
        tell: fn(Failed) -> Error,
    ) -> Result<Work<Vec<Written>>, Error> {
        let session = self.session(who);
        let model = session.model(entity);
        session.admit(model, "create")?;
        let decision = policy::residual(&session.decision(model, "create"), &session.known());
        if is_never(&policy::settled(&decision)) {
            return Err(session.closed(model, "create"));
        }
        let item =
            |input| Item::created(&session, model, draft::complete(&session, model, input).validated(&session, model)?);
        let items = inputs.into_iter().map(item).collect::<Result<Vec<Item>, Error>>()?;
        let actions = self.clone();
        Ok(Work::new(session, entity, move |session, tx| {
            Box::pin(async move {
                let model = session.model(entity);
                actions.write(tx, &session, model, "create", items).await.map_err(tell)
            })
        }))
    }
}
