//! The stages of a write at which hooks of the program's are asked.

use mimsy_schema::{Model, Value};

use super::Input;
use super::draft::{merged, row};
use super::failed::Failed;
use super::item::known;
use super::session::Session;
use crate::error::Error;
use crate::hook::{Fate, Hook, Rows, Run};
use crate::violation::Violation;

/// A row, before and after, and its position in the list of the write.
pub(super) type Fated<'a> = (usize, Option<&'a [Value]>, Option<&'a [Value]>);

/// Before values are validated that make a row, new or with some of its columns changed: hooks may change further ones, in
/// their order, each seeing what the last one left. Of what makes no row, for want of a value or by a wrong one, no hook is
/// asked, nor of a change that changes nothing.
pub(super) fn before_validate(
    session: &Session,
    model: &Model,
    old: Option<&[Value]>,
    values: &mut Input,
    violations: &mut Vec<Violation>,
) -> Result<(), Error> {
    let fate = if old.is_some() { Fate::Update } else { Fate::Create };
    for hook in hooks(session, model, fate) {
        let Run::BeforeValidate(run) = hook.run else { continue };
        if !violations.is_empty() || old.is_some_and(|old| values.iter().all(|(field, value)| old[*field] == *value)) {
            return Ok(());
        }
        let Some(fitted) = session.checked.validator.fitted(model, values) else { return Ok(()) };
        let new = match old {
            Some(old) => changed(old, fitted),
            None => known(model, &row(model, fitted)),
        };
        match hook.caught(model, || run(&Rows { model, old, new: Some(&new), who: &session.who }))? {
            Ok(more) => amend(model, &new, values, more.0)?,
            Err(wrong) => violations.extend(wrong.0),
        }
    }
    Ok(())
}

fn changed(old: &[Value], values: Input) -> Vec<Value> {
    let mut new = old.to_vec();
    values.into_iter().for_each(|(field, value)| new[field] = value);
    new
}

/// A patch has no setter for what the server owns, so all that it says is the program's to say.
fn amend(model: &Model, new: &[Value], values: &mut Input, more: Vec<(&'static str, Value)>) -> Result<(), Error> {
    for (name, value) in more {
        let unknown = || Error::internal(format!("`{}` has no field `{name}`", model.name()));
        let field = model.field_index(name).ok_or_else(unknown)?;
        let value = merged(&new[field], value);
        match values.iter_mut().find(|(known, _)| *known == field) {
            Some(slot) => slot.1 = value,
            None => values.push((field, value)),
        }
    }
    Ok(())
}

/// Before rows are stored that are valid and allowed: a hook may refuse each. The first objection to a row is told.
pub(super) fn before_store<'a>(
    session: &Session,
    model: &Model,
    rows: impl IntoIterator<Item = Fated<'a>>,
) -> Result<(), Failed> {
    if session.checked.hooks.of(model).is_empty() {
        return Ok(());
    }
    let mut refused = Vec::new();
    for (at, old, new) in rows {
        match asked(session, Rows { model, old, new, who: &session.who }) {
            Ok(()) => {}
            Err(error) if error.kind().is_own() => refused.push((at, error)),
            Err(error) => return Err(Failed::Whole(error)),
        }
    }
    Failed::unless_empty(refused)
}

fn asked(session: &Session, rows: Rows<'_>) -> Result<(), Error> {
    hooks(session, rows.model, rows.fate()).try_for_each(|hook| match hook.run {
        Run::BeforeStore(run) => hook.caught(rows.model, || run(&rows))?,
        Run::BeforeValidate(_) | Run::AfterCommit(_) => Ok(()),
    })
}

fn hooks(session: &Session, model: &Model, fate: Fate) -> impl Iterator<Item = &'static Hook> {
    session.checked.hooks.of(model).iter().filter(move |hook| hook.fates.contains(&fate))
}
