//! A write that is done once, however often it is asked for.
//!
//! What was answered is kept in the transaction of the write, so either both are there or neither. The same request later
//! gets the same answer, if its actor may still see what it shows. One at a time: in this process by a set of names, and
//! where several processes write at once by a lock of the database.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mimsy_schema::{EntityId, Expr, Timestamp, Value};

use super::Actions;
use super::session::Session;
use super::work::Work;
use crate::digest::Digest;
use crate::error::{Error, ErrorKind};
use crate::internal::idempotency::{ANSWER, EXPIRES, NAME, REQUEST, RIGHTS, SHOWS, model};
use crate::internal::tables;
use crate::query::{Condition, Query, Sort, Test};
use crate::row::Cell;
use crate::sql::{BINDS, lock, write};
use crate::store::{StoreError, Tx};
use crate::who::Who;

/// Which request is done once.
#[derive(Clone, Debug)]
pub struct Once {
    /// What tells it from the other requests of its actor; another actor's of the same name is another one.
    pub name: Vec<String>,
    /// What it asks for: another one under the same name is refused.
    pub request: Digest,
    /// How long its answer is kept.
    pub keep: Duration,
}

/// What is kept of a write.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The answer, in the words of its door.
    pub answer: String,
    /// The rows that it shows.
    pub shows: Vec<(EntityId, Vec<Value>)>,
}

/// When the write was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done<T> {
    /// Just now.
    Now(T),
    /// Before; what was kept of its answer.
    Before(String),
}

/// The names that are being worked on, and when what has expired was thrown away last.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    names: Mutex<HashSet<Digest>>,
    purged: AtomicI64,
}

/// A name that is being worked on, until it is dropped.
struct Place<'a> {
    under_way: &'a UnderWay,
    name: Digest,
}

impl UnderWay {
    fn enter(&self, name: Digest) -> Option<Place<'_>> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        // Not `then_some`: a place that is made is given back when it is dropped.
        names.insert(name).then(|| Place { under_way: self, name })
    }

    /// Whether it is time to throw away what has expired; `true` once a while.
    fn due(&self, now: Timestamp) -> bool {
        let last = self.purged.load(Ordering::Relaxed);
        let due = now.as_micros().saturating_sub(last) >= i64::try_from(PURGE.as_micros()).unwrap_or(i64::MAX);
        due && self.purged.compare_exchange(last, now.as_micros(), Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// It is time again with the next write.
    fn hurry(&self) {
        self.purged.store(0, Ordering::Relaxed);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.under_way.names.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// How often what has expired is thrown away.
const PURGE: Duration = Duration::from_secs(60);

/// At most about how many answers are thrown away at once, since writes wait for it.
const PURGED: u32 = 500;

impl Actions {
    /// Run a write once: the second time, what was kept of the first.
    ///
    /// `keep` is asked inside the transaction. Only a write that succeeds is kept.
    ///
    /// # Errors
    /// What the write says; `UnderWay` while the same request is worked on, `NameTaken` for another request under its
    /// name, `Outdated` where the actor may not see any more what they were shown; `Unauthenticated` without an actor,
    /// whose names these are.
    pub async fn once<T: Send + 'static>(
        &self,
        once: Once,
        work: Work<T>,
        keep: impl FnOnce(&T) -> Kept + Send + 'static,
    ) -> Result<Done<T>, Error> {
        let Who::Actor(actor) = &work.session.who else { return Err(Error::new(ErrorKind::Unauthenticated)) };
        let actor = json(&actor.key)?;
        let name = Digest::of([actor].iter().chain(&once.name));
        let _place = self.0.under_way.enter(name).ok_or_else(|| Error::new(ErrorKind::UnderWay))?;
        let done = self.run(work.around(move |work, tx| Box::pin(repeat(tx, work, once, name, keep)))).await?;
        if self.0.under_way.due(Timestamp::now()) {
            match self.purge_answers().await {
                Ok(rest) if rest => self.0.under_way.hurry(),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "kept answers that have expired could not be thrown away"),
            }
        }
        Ok(done)
    }

    /// Throw away answers that have expired; whether more have.
    async fn purge_answers(&self) -> Result<bool, Error> {
        self.store()
            .write(move |tx| {
                Box::pin(async move {
                    let expired =
                        Condition::Field { path: vec![EXPIRES], test: Test::Lte(Value::Timestamp(Timestamp::now())) };
                    let oldest = Query {
                        filter: vec![expired.clone()],
                        sort: vec![Sort::ascending(vec![EXPIRES])],
                        ..Query::default()
                    };
                    let reader = tables().reader(tx.dialect());
                    let select = reader.list(model(), &oldest, &[EXPIRES], PURGED);
                    let mut found = Vec::new();
                    tx.rows(&select.statement, &mut |row| {
                        found.push(row.cell(0)?.to_value());
                        Ok(())
                    })
                    .await?;
                    let rest = found.len() > PURGED as usize;
                    let Some(last) = found.pop() else { return Ok(false) };
                    let upto = Condition::Field { path: vec![EXPIRES], test: Test::Lte(last) };
                    tx.execute(&write::delete_where(&reader, model(), &[upto])).await?;
                    Ok(rest)
                })
            })
            .await
    }
}

/// The write, or what was kept of it.
async fn repeat<T: Send + 'static>(
    tx: &mut Tx<'_>,
    work: Work<T>,
    once: Once,
    name: Digest,
    keep: impl FnOnce(&T) -> Kept + Send,
) -> Result<Done<T>, Error> {
    if !free(tx, name).await? {
        return Err(Error::new(ErrorKind::UnderWay));
    }
    let session = work.session.clone();
    let rights = rights(&session, work.entity);
    let key = Value::Text(name.text());
    let now = Timestamp::now();
    if let Some(found) = find(tx, &key).await? {
        if found.expires > now {
            if found.request != once.request.text() {
                return Err(Error::new(ErrorKind::NameTaken));
            }
            if found.rights != rights || !visible(tx, &session, &found.shows).await? {
                return Err(Error::new(ErrorKind::Outdated));
            }
            return Ok(Done::Before(found.answer));
        }
        tx.execute(&write::delete(tx.dialect(), model(), std::slice::from_ref(&key))).await?;
    }
    let done = work.inside(tx).await?;
    let Kept { answer, shows } = keep(&done);
    let named: Vec<(&str, Vec<Value>)> =
        shows.into_iter().map(|(entity, key)| (session.model(entity).name(), key)).collect();
    let row = [
        (NAME, key),
        (REQUEST, Value::Text(once.request.text())),
        (RIGHTS, Value::Text(rights)),
        (ANSWER, Value::Text(answer)),
        (SHOWS, Value::Text(json(&named)?)),
        (EXPIRES, Value::Timestamp(now.saturating_add(once.keep))),
    ];
    match tx.execute(&write::insert(tx.dialect(), model(), &row)).await {
        // Another process was faster, where its lock could not be seen.
        Err(StoreError::Unique { .. }) => Err(Error::new(ErrorKind::UnderWay)),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(Done::Now(done)),
    }
}

/// Lock the name against other processes, where the database lets them write at the same time.
async fn free(tx: &mut Tx<'_>, name: Digest) -> Result<bool, Error> {
    let Some(statement) = lock::attempt(tx.dialect(), name.number()) else { return Ok(true) };
    let mut free = false;
    tx.rows(&statement, &mut |row| {
        free = row.cell(0)? == Cell::Bool(true);
        Ok(())
    })
    .await?;
    Ok(free)
}

/// What was kept.
struct Found {
    request: String,
    rights: String,
    answer: String,
    shows: Vec<(String, Vec<Value>)>,
    expires: Timestamp,
}

async fn find(tx: &mut Tx<'_>, key: &Value) -> Result<Option<Found>, Error> {
    let fields = [REQUEST, RIGHTS, ANSWER, SHOWS, EXPIRES];
    let reader = tables().reader(tx.dialect());
    let select = reader.row(model(), std::slice::from_ref(key), &fields, &Expr::bool(true), &[], false);
    let mut cells = None;
    tx.rows(&select.statement, &mut |row| {
        let cells_of = (0..fields.len()).map(|at| Ok(row.cell(at)?.to_value()));
        cells = Some(cells_of.collect::<Result<Vec<Value>, _>>()?);
        Ok(())
    })
    .await?;
    let Some(cells) = cells else { return Ok(None) };
    let Ok(
        [Value::Text(request), Value::Text(rights), Value::Text(answer), Value::Text(shows), Value::Timestamp(expires)],
    ) = <[Value; 5]>::try_from(cells)
    else {
        return Err(Error::internal("a kept answer is not whole"));
    };
    let shows = serde_json::from_str(&shows).map_err(Error::internal)?;
    Ok(Some(Found { request, rights, answer, shows, expires }))
}

/// Whether the actor may still read the rows that were shown. One that is gone and one that may not be read any more are
/// told alike.
async fn visible(tx: &mut Tx<'_>, session: &Session, shows: &[(String, Vec<Value>)]) -> Result<bool, Error> {
    let mut shown: HashMap<&str, HashSet<&[Value]>> = HashMap::new();
    for (entity, key) in shows {
        shown.entry(entity).or_default().insert(key);
    }
    for (entity, keys) in shown {
        let Some(model) = session.schema().by_name(entity) else { return Ok(false) };
        let scope = |entity| session.scope(entity);
        let reader = session.reader(tx.dialect(), &scope);
        let keys: Vec<&[Value]> = keys.into_iter().collect();
        for keys in keys.chunks(BINDS / model.key.len().max(1)) {
            let select = reader.rows(model, keys, &model.key, &session.scope(model.id), &[], false);
            let mut there = 0;
            tx.rows(&select.statement, &mut |_| {
                there += 1;
                Ok(())
            })
            .await?;
            if there < keys.len() {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// What the actor may read of an entity, and the schema that says what it means.
fn rights(session: &Session, entity: EntityId) -> String {
    format!("{:032x}{:032x}", session.schema().hash(), session.readable(entity).hash)
}

/// A value as it stands in a column of text.
pub(super) fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::internal)
}
