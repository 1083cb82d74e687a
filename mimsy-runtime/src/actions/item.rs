//! A row on its way through a write.

use mimsy_schema::{Model, Value};

use super::draft::Complete;
use super::hooks::Fated;
use super::session::Session;
use super::{Input, draft};
use crate::error::Error;
use crate::policy::{Known, Over};
use crate::violation::Violation;

/// A row that is there: one value a field, and its version.
pub(super) type Old = (Vec<Value>, i64);

/// A row on its way through a write, from its input to what is stored.
pub(super) struct Item {
    /// Its key.
    pub(super) key: Vec<Value>,
    /// The row before; `None` for one that is created.
    pub(super) old: Option<Old>,
    /// The row after, one value a field.
    pub(super) new: Vec<Value>,
    /// What is written: every column of a new row, of another those that change.
    pub(super) written: Input,
    /// What is wrong so far.
    pub(super) violations: Vec<Violation>,
    /// The tenant's field, if the server set it from the actor: that reference needs no look.
    pub(super) own_tenant: Option<usize>,
}

impl Item {
    /// A new row.
    pub(super) fn created(session: &Session, model: &Model, row: Complete) -> Result<Self, Error> {
        let Complete { values: written, violations, own_tenant } = row;
        let new = draft::row(model, written.clone());
        Self { key: key_of(model, &new), old: None, new, written, violations, own_tenant }.checked(session, model)
    }

    /// A row that is there, with some of its columns changed: what stays as it is counts as untouched.
    pub(super) fn changed(
        session: &Session,
        model: &Model,
        old: Old,
        (mut written, violations): (Input, Vec<Violation>),
    ) -> Result<Self, Error> {
        written.retain(|(field, value)| old.0[*field] != *value);
        if !written.is_empty() {
            draft::touch(session, model, &mut written);
        }
        let mut new = old.0.clone();
        for (field, value) in &written {
            new[*field] = value.clone();
        }
        Self { key: key_of(model, &new), old: Some(old), new, written, violations, own_tenant: None }
            .checked(session, model)
    }

    /// With what the program's own checks of rows say, if its values keep their rules.
    fn checked(mut self, session: &Session, model: &Model) -> Result<Self, Error> {
        if self.is_touched() && self.violations.is_empty() {
            let found = session.checked.validator.row(model, || known(model, &self.new)).map_err(Error::internal)?;
            self.violations = found;
        }
        Ok(self)
    }

    /// Whether there is anything to store.
    pub(super) fn is_touched(&self) -> bool {
        self.old.is_none() || !self.written.is_empty()
    }

    /// Its version, when it is stored.
    pub(super) fn version(&self, model: &Model) -> i64 {
        if model.entity.external {
            return 0;
        }
        self.old.as_ref().map_or(1, |(_, version)| version + i64::from(self.is_touched()))
    }

    /// What its verb is judged on.
    pub(super) fn over(&self) -> Over {
        if self.old.is_some() { Over::Change } else { Over::Row }
    }

    /// What becomes of it, as hooks see it.
    pub(super) fn fated(&self, at: usize) -> Fated<'_> {
        (at, self.old.as_ref().map(|(row, _)| row.as_slice()), Some(&self.new))
    }

    /// What a rule sees of it.
    pub(super) fn pair(&self) -> Pair<'_> {
        Pair { old: self.old.as_ref().map(|(row, _)| row.as_slice()), new: &self.new }
    }
}

/// What a rule sees: a row, before a change and after it.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) old: Option<&'a [Value]>,
    pub(super) new: &'a [Value],
}

impl<'a> Pair<'a> {
    /// A row that is not changed.
    pub(super) fn unchanged(row: &'a [Value]) -> Self {
        Self { old: Some(row), new: row }
    }

    /// The rows in memory.
    pub(super) fn known(&self, session: &'a Session, model: &'a Model) -> Known<'a> {
        let old = self.old.map(|old| (model, old));
        Known { old, new: Some((model, self.new)), now: Some(session.now), ..session.known() }
    }
}

/// A row as functions of the program's see it: its key is 0 until the database has counted it.
pub(super) fn known(model: &Model, row: &[Value]) -> Vec<Value> {
    let mut known = row.to_vec();
    if let Some(counted) = model.counted().filter(|counted| known[*counted].is_null()) {
        known[counted] = Value::Int(0);
    }
    known
}

/// The key of a row.
pub(super) fn key_of(model: &Model, row: &[Value]) -> Vec<Value> {
    model.key.iter().map(|field| row[*field].clone()).collect()
}
