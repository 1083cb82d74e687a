//! Creating rows: one, or many in one transaction. Everything is judged inside the transaction of the write.

use mimsy_schema::{EntityId, Model, Value};

use super::change::Change;
use super::draft;
use super::judge::{judge, require};
use super::output::Output;
use super::session::{Session, is_never};
use super::work::Work;
use super::write::{give, references, refused_write};
use super::{Actions, Created, Got, Input};
use crate::error::Error;
use crate::policy::{self, Known};
use crate::sql::write;
use crate::store::Tx;
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
        mut output: O,
    ) -> Result<Work<Created<O>>, Error> {
        let session = self.session(who);
        let model = session.model(entity);
        session.admit(model, "create")?;
        let decision = policy::residual(&session.decision(model, "create"), &session.known());
        if is_never(&policy::settled(&decision)) {
            return Err(session.closed(model, "create"));
        }
        let mut row = draft::complete(&session, model, input);
        row.violations.extend(session.checked.validator.validate(model, &mut row.values));
        let actions = self.clone();
        Ok(Work::new(session, entity, move |session, tx| {
            Box::pin(async move {
                let (key, values, readable) = actions.insert(tx, &session, entity, row).await?;
                if !readable {
                    return Ok(Created { key, got: None });
                }
                give(session.model(entity), &values, 1, &mut output)?;
                Ok(Created { key, got: Some(Got { output, version: 1 }) })
            })
        }))
    }

    /// Create many rows in one transaction; answers their keys.
    ///
    /// # Errors
    /// As [`Actions::create`]; the pointers of violations start with the position of the input.
    pub async fn create_many(&self, who: &Who, entity: EntityId, inputs: Vec<Input>) -> Result<Vec<Vec<Value>>, Error> {
        let session = self.session(who);
        session.admit(session.model(entity), "create")?;
        let actions = self.clone();
        // Nothing is judged one by one for the system, so its rows can go in together.
        let together = matches!(session.who, Who::System(_)) && !self.has_sinks();
        let work = Work::new(session, entity, move |session, tx| {
            Box::pin(async move {
                let model = session.model(entity);
                let mut rows = Vec::with_capacity(inputs.len());
                for input in inputs {
                    let mut row = draft::complete(&session, model, input);
                    row.violations.extend(session.checked.validator.validate(model, &mut row.values));
                    rows.push(row);
                }
                if together {
                    return insert_all(tx, model, rows).await;
                }
                let mut keys = Vec::with_capacity(rows.len());
                for (at, row) in rows.into_iter().enumerate() {
                    let inserted = actions.insert(tx, &session, entity, row).await;
                    keys.push(inserted.map_err(|error| error.at(at))?.0);
                }
                Ok(keys)
            })
        });
        self.run(work).await
    }

    /// Insert a completed row, judge it, and tell the sinks. Answers its key, its values, and whether `who` may read it.
    async fn insert(
        &self,
        tx: &mut Tx<'_>,
        session: &Session,
        entity: EntityId,
        mut row: draft::Complete,
    ) -> Result<(Vec<Value>, Vec<Value>, bool), Error> {
        let model = session.model(entity);
        let mut values = draft::row(model, row.values.clone());
        references(tx, session, model, &values, |_| true, row.own_tenant, &mut row.violations).await?;
        if !row.violations.is_empty() {
            return Err(Error::invalid(row.violations));
        }
        if let Some(counted) = model.counted().filter(|counted| values[*counted].is_null()) {
            draft::number(tx, model, std::slice::from_mut(&mut row)).await?;
            values[counted] = row.values.last().map_or(Value::Null, |(_, number)| number.clone());
        }
        let key: Vec<Value> = model.key.iter().map(|field| values[*field].clone()).collect();
        let known = Known { new: Some((model, &values)), ..session.known() };
        // Before the write, so that a caller who may not write never learns of a duplicate.
        let decided = require(tx, session, model, "create", &known).await?;
        let statement = write::insert(tx.dialect(), model, &row.values);
        tx.execute(&statement).await.map_err(|error| refused_write(model, error))?;
        if !decided {
            require(tx, session, model, "create", &known).await?;
        }
        let readable = judge(tx, session, model, &session.scope(entity), &known).await? == Value::Bool(true);
        if self.has_sinks() {
            let after = Some(values.clone());
            let change = Change {
                schema: session.shared(),
                entity,
                key: key.clone(),
                before: None,
                after,
                who: session.who.clone(),
            };
            self.emit(tx, change).await?;
        }
        Ok((key, values, readable))
    }
}

/// How many values one INSERT carries at most; databases have limits of 32,766 and more.
const BINDS: usize = 2000;

/// Insert completed rows, many a statement; answers their keys.
async fn insert_all(tx: &mut Tx<'_>, model: &Model, mut rows: Vec<draft::Complete>) -> Result<Vec<Vec<Value>>, Error> {
    if let Some((at, row)) = rows.iter().enumerate().find(|(_, row)| !row.violations.is_empty()) {
        return Err(Error::invalid(row.violations.clone()).at(at));
    }
    draft::number(tx, model, &mut rows).await?;
    let values: Vec<&[(usize, Value)]> = rows.iter().map(|row| row.values.as_slice()).collect();
    for chunk in values.chunks((BINDS / model.fields().len()).max(1)) {
        let statement = write::insert_many(tx.dialect(), model, chunk);
        tx.execute(&statement).await.map_err(|error| refused_write(model, error))?;
    }
    let key = |row: draft::Complete| {
        let values = draft::row(model, row.values);
        model.key.iter().map(|field| values[*field].clone()).collect()
    };
    Ok(rows.into_iter().map(key).collect())
}
