//! The typed Rust API: rows as structs, under the policies of an actor or, with a reason, past them.

mod include;
mod list;
mod order;
mod plan;
mod rows;
mod scope;

use std::future::Future;
use std::time::Duration;

use mimsy_schema::document::item;
use mimsy_schema::{Document, Field, Kind, Model, Schema, Value};

use crate::actions::{Actions, Edit, Expected, Found, Input, Output};
use crate::entity::{Draft, Entity, Input as _, Patch, RowReader, Values};
use crate::error::{Error, ErrorKind};
use crate::key::{IntoKey, Key};
use crate::query::View;
use crate::row::BadCell;
use crate::who::Who;
pub use include::{Include, Including};
pub use list::{Cursor, List, Page, Pages};
pub use order::{Sorted, Sorting};
pub use rows::{Included, Leads, Part, Row, Wider};

/// Data as somebody may see and change it.
///
/// Made by `app.as_actor(&user)` or `app.system("why")`. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    actions: Actions,
    caller: Caller,
}

#[derive(Clone)]
enum Caller {
    /// The key of an actor's row; the row itself is looked up for every action, so a changed role takes effect.
    Actor(Vec<Value>),
    Who(Who),
}

/// A created row.
#[derive(Debug)]
pub struct Created<E: Entity> {
    /// Its key.
    pub key: E::Key,
    /// The row; `None` when its creator may not read it.
    pub row: Option<E>,
}

/// A row that was put under a key.
#[derive(Debug)]
pub struct Upserted<E: Entity> {
    /// Its key.
    pub key: E::Key,
    /// The row; `None` when its creator may not read it.
    pub row: Option<E>,
    /// Whether it was not there before.
    pub created: bool,
}

impl Access {
    pub(crate) fn actor(actions: Actions, key: Vec<Value>) -> Self {
        Self { actions, caller: Caller::Actor(key) }
    }

    pub(crate) fn who(actions: Actions, who: Who) -> Self {
        Self { actions, caller: Caller::Who(who) }
    }

    async fn caller(&self) -> Result<Who, Error> {
        match &self.caller {
            Caller::Who(who) => Ok(who.clone()),
            Caller::Actor(key) => match self.actions.actor(key.clone()).await? {
                Some(row) => Ok(Who::Actor(row)),
                None => Err(Error::new(ErrorKind::Unauthenticated)),
            },
        }
    }

    /// Several actions in one transaction: all of them are kept where the work gives `Ok`, and none where it gives an error,
    /// panics, is dropped, or takes longer than the options of the store allow (5 seconds, if they do not say).
    ///
    /// The work gets an access of its own, and whatever it does with it belongs to the transaction; reads see what was
    /// written. An action that fails leaves nothing of its own, and the work may go on or give the error back. What goes
    /// past that access is not part of it; on SQLite, where the transaction has the one writer to itself, such a write
    /// waits until it is over.
    ///
    /// ```text
    /// let invoice = app.as_actor(&ada).transaction(async |tx| {
    ///     let invoice = tx.create(Invoice::draft().number(number)).await?;
    ///     let receipt = bank.charge(invoice.key).await?;
    ///     tx.update::<Invoice>(invoice.key, Invoice::patch().receipt(receipt)).await
    /// }).await?;
    /// ```
    ///
    /// # Errors
    /// Those of the work, whose error has to know ours; `TimedOut`.
    pub async fn transaction<T, E, F, Fut>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(Self) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        self.actions.transaction(None, |actions| work(Self { actions, caller: self.caller.clone() })).await
    }

    /// The same within a time of its own.
    ///
    /// # Errors
    /// As [`Access::transaction`].
    pub async fn transaction_within<T, E, F, Fut>(&self, limit: Duration, work: F) -> Result<T, E>
    where
        F: FnOnce(Self) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        self.actions.transaction(Some(limit), |actions| work(Self { actions, caller: self.caller.clone() })).await
    }

    /// List rows: `access.list::<Invoice>().test("status", Test::Eq(…)).sort("-total").limit(20).page().await?`.
    pub fn list<E: Entity>(&self) -> List<'_, E> {
        List::new(self)
    }

    /// Get one row.
    ///
    /// # Errors
    /// `NotFound` where there is no such row, or it may not be read.
    pub async fn get<E: Entity>(&self, key: impl IntoKey<E::Key>) -> Result<E, Error> {
        let schema = self.actions.schema();
        let model = model::<E>(&schema)?;
        let key = key.into_key().into_values();
        let got = self.actions.get(&self.caller().await?, model.id, key, View::default(), Rows::default()).await?;
        got.output.one(model)
    }

    /// Create a row.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid` or `Duplicate`; see [`ErrorKind`].
    pub async fn create<E: Entity>(&self, draft: Draft<E>) -> Result<Created<E>, Error> {
        let schema = self.actions.schema();
        let model = model::<E>(&schema)?;
        let input = input(model, draft.into_values())?;
        let created = self.actions.create(&self.caller().await?, model.id, input, Rows::default()).await?;
        let row = created.got.map(|got| got.output.one(model)).transpose()?;
        Ok(Created { key: key::<E>(created.key), row })
    }

    /// Create many rows in one transaction: all of them or none. Answers their keys, in the order of the drafts.
    ///
    /// # Errors
    /// As [`Access::create`]; the pointers of violations start with the position of the draft.
    pub async fn create_many<E: Entity>(&self, drafts: Vec<Draft<E>>) -> Result<Vec<E::Key>, Error> {
        let schema = self.actions.schema();
        let model = model::<E>(&schema)?;
        let inputs = drafts.into_iter().map(|draft| input(model, draft.into_values())).collect::<Result<_, _>>()?;
        let keys = self.actions.create_many(&self.caller().await?, model.id, inputs).await?;
        Ok(keys.into_iter().map(key::<E>).collect())
    }

    /// Change a row; answers it as it is now.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Invalid` or `Duplicate`; see [`ErrorKind`].
    pub async fn update<E: Entity>(&self, key: impl IntoKey<E::Key>, patch: Patch<E>) -> Result<E, Error> {
        let schema = self.actions.schema();
        let model = model::<E>(&schema)?;
        let key = key.into_key().into_values();
        let input = input(model, patch.into_values())?;
        let caller = self.caller().await?;
        let got = self.actions.update(&caller, model.id, key, input, Expected::Any, Rows::default()).await?;
        got.output.one(model)
    }

    /// Change many rows in one transaction: all of them or none. Answers them as they are now, in the order of the patches.
    ///
    /// # Errors
    /// As [`Access::update`]; the pointers of violations start with the position of the patch. `Invalid` where a key is
    /// there twice.
    pub async fn update_many<E: Entity>(
        &self,
        patches: impl IntoIterator<Item = (impl IntoKey<E::Key>, Patch<E>)>,
    ) -> Result<Vec<E>, Error> {
        let schema = self.actions.schema();
        let model = model::<E>(&schema)?;
        let edit = |(key, patch): (_, Patch<E>)| {
            let key = IntoKey::<E::Key>::into_key(key).into_values();
            Ok(Edit { key, input: input(model, patch.into_values())?, expected: Expected::Any })
        };
        let edits = patches.into_iter().map(edit).collect::<Result<Vec<Edit>, Error>>()?;
        let work = self.actions.updating_many(&self.caller().await?, model.id, edits)?;
        let mut rows = Rows::default();
        for written in self.actions.run(work).await? {
            written.give(model, &mut rows)?;
        }
        Ok(rows.all(model))
    }

    /// Put a row under a key: it is created where there is none, and otherwise replaced as a whole, but for what the server
    /// owns. The rules of `upsert` decide.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid` or `Duplicate`; `NotFound` where a row has the key that may not be read.
    pub async fn upsert<E: Entity>(&self, key: impl IntoKey<E::Key>, draft: Draft<E>) -> Result<Upserted<E>, Error> {
        let schema = self.actions.schema();
        let model = model::<E>(&schema)?;
        let key = key.into_key().into_values();
        let edit = Edit { key, input: input(model, draft.into_values())?, expected: Expected::Any };
        let work = self.actions.upserting(&self.caller().await?, model.id, edit, Rows::default())?;
        let put = self.actions.run(work).await?;
        let row = put.got.map(|got| got.output.one(model)).transpose()?;
        Ok(Upserted { key: self::key::<E>(put.key), row, created: put.created })
    }

    /// Delete a row.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, or `Restricted` where other rows still point to it.
    pub async fn delete<E: Entity>(&self, key: impl IntoKey<E::Key>) -> Result<(), Error> {
        let schema = self.actions.schema();
        let model = model::<E>(&schema)?;
        let key = key.into_key().into_values();
        self.actions.delete(&self.caller().await?, model.id, key, Expected::Any).await
    }

    /// Delete many rows in one transaction: all of them or none.
    ///
    /// # Errors
    /// As [`Access::delete`]; the pointers of violations start with the position of the key. `Invalid` where a key is there
    /// twice.
    pub async fn delete_many<E: Entity>(
        &self,
        keys: impl IntoIterator<Item = impl IntoKey<E::Key>>,
    ) -> Result<(), Error> {
        let schema = self.actions.schema();
        let model = model::<E>(&schema)?;
        let keys = keys.into_iter().map(|key| key.into_key().into_values()).collect();
        let work = self.actions.deleting_many(&self.caller().await?, model.id, keys)?;
        self.actions.run(work).await
    }
}

/// Rows in memory, one value a field.
#[derive(Default)]
struct Rows(Vec<Vec<Value>>);

impl Rows {
    fn all<E: Entity>(self, model: &Model) -> Vec<E> {
        self.0.into_iter().map(|values| E::read(&mut RowReader::new(model, values))).collect()
    }

    fn one<E: Entity>(self, model: &Model) -> Result<E, Error> {
        self.all(model).pop().ok_or_else(|| Error::new(ErrorKind::NotFound))
    }
}

impl Output for Rows {
    fn row(&mut self, found: &Found<'_>) -> Result<(), BadCell> {
        let mut values = vec![Value::Null; found.model.fields().len()];
        for (at, field) in found.fields.iter().enumerate() {
            let value = found.row.cell(at)?.to_value();
            check(found.model, *field, at, &value)?;
            values[*field] = value;
        }
        self.0.push(values);
        Ok(())
    }
}

/// What a typed field cannot hold: NULL in a required column, a name that is no variant, an integer of more bits.
fn check(model: &Model, field: usize, index: usize, value: &Value) -> Result<(), BadCell> {
    let field = &model.fields()[field];
    let found = match value {
        Value::Null if !field.nullable => "NULL",
        Value::Text(name) if field.kind == Kind::Enum && !field.values.iter().any(|one| one == name.as_str()) => {
            "a text that is no variant"
        }
        Value::Int(number) if field.kind == Kind::Int && !fits(*number, field.bits) => "an integer of more bits",
        Value::Json(document) if field.form.check(document).is_err() => {
            let flaw = field.form.check(document).err();
            let place = flaw.map(|flaw| flaw.pointer).unwrap_or_default();
            let found = format!("JSON that its type cannot be read from, at `{}{place}`", field.name);
            return Err(BadCell { index, expected: field.kind.name(), found });
        }
        Value::Json(list) if field.kind == Kind::List && !holds(field, list) => "a list of something else",
        _ => return Ok(()),
    };
    Err(BadCell { index, expected: field.kind.name(), found: found.to_owned() })
}

/// Whether a document is a list of the field's items.
fn holds(field: &Field, list: &Document) -> bool {
    let of = |token: &str| match item(field.item?, token)? {
        Value::Int(number) => fits(number, field.bits).then_some(()),
        Value::Text(name) if field.item == Some(Kind::Enum) => {
            field.values.iter().find(|one| **one == *name).map(|_| ())
        }
        _ => Some(()),
    };
    list.is_array() && list.items().into_iter().all(|token| of(token).is_some())
}

fn fits(number: i64, bits: u8) -> bool {
    match bits {
        16 => i16::try_from(number).is_ok(),
        32 => i32::try_from(number).is_ok(),
        _ => true,
    }
}

fn model<E: Entity>(schema: &Schema) -> Result<&Model, Error> {
    schema
        .by_name(E::NAME)
        .ok_or_else(|| Error::internal(format!("the schema does not hold `{}`: add it to `schema!`", E::NAME)))
}

fn input(model: &Model, values: Values) -> Result<Input, Error> {
    let position = |name: &str| {
        model.field_index(name).ok_or_else(|| Error::internal(format!("`{}` has no field `{name}`", model.name())))
    };
    values.0.into_iter().map(|(name, value)| Ok((position(name)?, value))).collect()
}

fn key<E: Entity>(key: Vec<Value>) -> E::Key {
    E::Key::from_values(&mut key.into_iter())
}
