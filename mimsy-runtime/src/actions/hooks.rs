//! The stages of a write at which hooks of the program's are asked.

use super::failed::Failed;
use super::session::Session;
use crate::error::Error;
use crate::hook::{Rows, Run};
use mimsy_schema::{Model, Value};

/// A row, before and after, and its position in the list of the write.
pub(super) type Fated<'a> = (usize, Option<&'a [Value]>, Option<&'a [Value]>);

/// Before rows are stored that are valid and allowed: a hook may refuse each. The first objection to a row is told.
pub(super) fn before_store<'a>(
    session: &Session,
    model: &Model,
    rows: impl IntoIterator<Item = Fated<'a>>,
) -> Result<(), Failed> {
    let hooks = session.checked.hooks.of(model);
    if hooks.is_empty() {
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
    let fate = rows.fate();
    let hooks = session.checked.hooks.of(rows.model).iter().filter(|hook| hook.fates.contains(&fate));
    hooks.into_iter().try_for_each(|hook| match hook.run {
        Run::BeforeStore(run) => hook.caught(rows.model, || run(&rows)),
    })
}
