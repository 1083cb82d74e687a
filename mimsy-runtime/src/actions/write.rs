//! The road of every row that is created or changed, one or many: its stages, in their order.
//!
//! complete, hooks, validate ([`draft`](super::draft), [`Item`]) → references → judge → hooks → put → judge again → emit. A write of
//! one row is a list of one, so that there is no second road with other checks. The stage in which some rows fail is the
//! last, and tells of all of them.

use mimsy_schema::{Expr, Model, Node, Root, Value};

use super::change::Change;
use super::failed::Failed;
use super::item::{Item, Pair};
use super::judge::{judge, require};
use super::output::{Found, Output};
use super::put::put;
use super::references::{again, references};
use super::session::Session;
use super::{Actions, Got, draft, hooks};
use crate::error::{Error, Refusal};
use crate::row::{BadCell, Cell, Row};
use crate::store::{StoreError, Tx};
use crate::who::Who;

/// What became of a row that was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Its key.
    pub key: Vec<Value>,
    /// The row, one value a field; `None` where its creator may not read it.
    pub row: Option<Vec<Value>>,
    /// Its version.
    pub version: i64,
    /// Whether it was not there before.
    pub created: bool,
}

impl Written {
    /// Hand the row to an output; where it may not be read, its key alone.
    ///
    /// # Errors
    /// Passes on what the output says.
    pub fn give<O: Output>(&self, model: &Model, output: &mut O) -> Result<(), Error> {
        let fields: Vec<usize> = if self.row.is_some() { model.columns().collect() } else { model.key.clone() };
        let row: &dyn Row = match &self.row {
            Some(values) => &Columns { values, fields: &fields },
            None => &self.key,
        };
        let found = Found { model, fields: &fields, row, version: self.version, included: &[] };
        output.row(&found).map_err(|error| StoreError::from(error).into())
    }

    /// The row in an output of its own, if it may be read.
    pub(super) fn got<O: Output>(&self, model: &Model, mut output: O) -> Result<Option<Got<O>>, Error> {
        if self.row.is_none() {
            return Ok(None);
        }
        self.give(model, &mut output)?;
        Ok(Some(Got { output, version: self.version }))
    }
}

/// The values of a row at the positions of some fields.
struct Columns<'a> {
    values: &'a [Value],
    fields: &'a [usize],
}

impl Row for Columns<'_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>, BadCell> {
        Ok(Cell::of(&self.values[self.fields[index]]))
    }
}

impl Actions {
    /// Write rows that are completed and validated: judged by the rules of `verb`, stored, told to the sinks.
    pub(super) async fn write(
        &self,
        tx: &mut Tx<'_>,
        session: &Session,
        model: &Model,
        verb: &str,
        mut items: Vec<Item>,
    ) -> Result<Vec<Written>, Failed> {
        let later = references(tx, session, model, &mut items).await?;
        valid(&mut items)?;
        draft::number(tx, model, &mut items).await?;
        own_roles(session, model, verb, &items)?;
        // Before anything is stored, so that a caller who may not write never learns of a duplicate.
        let every: Vec<usize> = (0..items.len()).collect();
        let mut open = require(tx, session, model, verb, &items, &every).await?;
        let touched = items.iter().enumerate().filter(|(_, item)| item.is_touched());
        hooks::before_store(session, model, touched.map(|(at, item)| item.fated(at)))?;
        put(tx, session, model, &items).await?;
        again(tx, session, model, &mut items, later).await?;
        valid(&mut items)?;
        open.retain(|at| items[*at].is_touched());
        require(tx, session, model, verb, &items, &open).await?;
        let readable = in_sight(tx, session, model, &items).await?;
        self.tell(tx, session, model, &mut items).await?;
        let written = |(item, readable): (Item, bool)| Written {
            version: item.version(model),
            created: item.old.is_none(),
            row: readable.then_some(item.new),
            key: item.key,
        };
        Ok(items.into_iter().zip(readable).map(written).collect())
    }

    /// Tell the sinks, and hooks, what was stored.
    async fn tell(&self, tx: &mut Tx<'_>, session: &Session, model: &Model, items: &mut [Item]) -> Result<(), Error> {
        if !self.is_heard(session, model) {
            return Ok(());
        }
        for item in items.iter().filter(|item| item.is_touched()) {
            let before = item.old.as_ref().map(|(row, _)| row.clone());
            let (key, after) = (item.key.clone(), Some(item.new.clone()));
            let who = session.who.clone();
            self.emit(tx, session, Change { schema: session.shared(), entity: model.id, key, before, after, who })
                .await?;
        }
        Ok(())
    }
}

/// All that is wrong with the values of all rows.
fn valid(items: &mut [Item]) -> Result<(), Failed> {
    let wrong = items.iter_mut().enumerate().filter(|(_, item)| !item.violations.is_empty());
    let error = |(at, item): (usize, &mut Item)| (at, Error::invalid(std::mem::take(&mut item.violations)));
    Failed::unless_empty(wrong.map(error).collect())
}

/// Whether each row may be read. A creator may make what they may not read; a change that moves a row out of its reader's
/// sight is refused.
async fn in_sight(tx: &mut Tx<'_>, session: &Session, model: &Model, items: &[Item]) -> Result<Vec<bool>, Failed> {
    let pairs: Vec<Pair<'_>> = items.iter().map(Item::pair).collect();
    let verdicts = judge(tx, session, model, &session.scope(model.id), &pairs).await?;
    let readable: Vec<bool> = verdicts.iter().map(super::judge::Verdict::is_yes).collect();
    let lost =
        items.iter().zip(&readable).enumerate().filter(|(_, (item, readable))| item.old.is_some() && !**readable);
    let error = |(at, _)| {
        let reason = "The change would move the row out of your sight.".to_owned();
        (at, Error::forbidden(Refusal { rule: None, reason }))
    };
    Failed::unless_empty(lost.map(error).collect()).map(|()| readable)
}

/// An actor's own role is not theirs to change, unless a rule speaks of it.
fn own_roles(session: &Session, model: &Model, verb: &str, items: &[Item]) -> Result<(), Failed> {
    let Who::Actor(actor) = &session.who else { return Ok(()) };
    let is_actor = session.schema().actor().is_some_and(|one| one.id == model.id);
    let Some(role) = model.fields().iter().position(|field| field.role).filter(|_| is_actor) else { return Ok(()) };
    let name = &model.fields()[role].name;
    let speaks = |body: &Expr| [Root::Row, Root::Old, Root::New].iter().any(|root| names(body, *root, name));
    if model.rules(verb).any(|rule| speaks(&rule.body)) {
        return Ok(());
    }
    let changes =
        |item: &Item| item.key == actor.key && item.old.as_ref().is_some_and(|(old, _)| old[role] != item.new[role]);
    let error = |at| {
        let reason = "Nobody changes their own role.".to_owned();
        (at, Error::forbidden(Refusal { rule: Some("own_role".to_owned()), reason }))
    };
    let own = items.iter().enumerate().filter(|(_, item)| changes(item)).map(|(at, _)| error(at));
    Failed::unless_empty(own.collect())
}

fn names(expr: &Expr, root: Root, field: &str) -> bool {
    expr.any(&mut |node| match node {
        Node::Path(path) => path.root == root && path.fields.first().is_some_and(|first| first == field),
        _ => false,
    })
}
