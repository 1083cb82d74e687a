//! API keys: made, listed and revoked by the actor whose they are, and looked up for each request that brings one.
//!
//! A key stands for its actor's row as it is at the moment, narrowed down to what the key was made for; so it ends with
//! the row, and a role that is taken away is taken from the key, too.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mimsy_schema::{Model, Timestamp, Value};
use uuid::Uuid;

use super::Actions;
use super::item::key_of;
use super::once::json;
use super::session::Scopes;
use crate::error::{Error, ErrorKind, Refusal};
use crate::grants::Grants;
use crate::internal::keys::{ACTIONS, ACTOR, CREATED, DIGEST, EXPIRES, ID, NAME, USED, model};
use crate::internal::tables;
use crate::query::{Condition, Query, Sort, Test};
use crate::row::{BadCell, Row};
use crate::sql::{BINDS, write};
use crate::store::Tx;
use crate::token::api_key::ApiKey;
use crate::violation::Violation;
use crate::who::{ActorRow, Who};

/// At most how many keys an actor has.
pub const MOST_KEYS: usize = 100;

/// A name has at most this many characters.
const LONGEST_NAME: usize = 80;

/// That a key was used is written down this often.
const USE: Duration = Duration::from_secs(3600);

/// What a key is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewKey {
    /// What its owner calls it: 1 to 80 characters.
    pub name: String,
    /// What it may do: `invoices:read`, `*:read`, `*:*`.
    pub actions: Vec<String>,
    /// Until when it is valid; for ever, if nothing is said.
    pub expires_at: Option<Timestamp>,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyInfo {
    /// Its id.
    pub id: Uuid,
    /// Whose it is: the key of the actor's row.
    pub actor: Vec<Value>,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub actions: Vec<String>,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// Until when it is valid; for ever, if nothing is said.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the hour.
    pub used_at: Option<Timestamp>,
}

/// Somebody who asks by a key.
#[derive(Debug)]
pub(crate) struct Keyed {
    pub(crate) who: Who,
    /// The id of the key, where it is time to write down that it was used.
    pub(crate) note: Option<Uuid>,
}

/// A key as it is kept in memory.
#[derive(Debug)]
pub(super) struct Entry {
    info: KeyInfo,
    /// When it was used last, in microseconds, as far as that was written down.
    used: AtomicI64,
    /// The actor's row, and the same narrowed.
    narrowed: Mutex<Option<(Arc<ActorRow>, Arc<ActorRow>)>>,
}

impl Entry {
    fn new(info: KeyInfo) -> Self {
        let used = AtomicI64::new(info.used_at.map_or(i64::MIN, Timestamp::as_micros));
        Self { info, used, narrowed: Mutex::default() }
    }

    /// The actor's row, narrowed; the same one as long as the actor's is the same, so that what follows from it is kept.
    fn narrow(&self, row: &Arc<ActorRow>, actions: &Actions) -> Arc<ActorRow> {
        let mut narrowed = self.narrowed.lock().unwrap_or_else(PoisonError::into_inner);
        match &*narrowed {
            Some((of, narrowed)) if Arc::ptr_eq(of, row) => Arc::clone(narrowed),
            _ => {
                let grants = Some(Grants::read(&Grants::list(&self.info.actions)));
                let ActorRow { values, key, tenant, .. } = &**row;
                let (values, key, tenant) = (values.clone(), key.clone(), tenant.clone());
                let scopes = Scopes::new(&actions.schema());
                let made = Arc::new(ActorRow { values, key, tenant, scopes, grants });
                *narrowed = Some((Arc::clone(row), Arc::clone(&made)));
                made
            }
        }
    }

    /// The id, where the last use that was written down is long ago; once, however many ask.
    fn note(&self, now: Timestamp) -> Option<Uuid> {
        let used = self.used.load(Ordering::Relaxed);
        let due = now.as_micros().saturating_sub(used) >= i64::try_from(USE.as_micros()).unwrap_or(i64::MAX);
        let first = || self.used.compare_exchange(used, now.as_micros(), Ordering::Relaxed, Ordering::Relaxed).is_ok();
        (due && first()).then_some(self.info.id)
    }
}

impl Actions {
    /// Make a key for `who`. Answers the key itself, too, which nobody can ask for later.
    ///
    /// # Errors
    /// `Invalid` with what is wrong with it; `Unauthenticated` for nobody; `Forbidden` for somebody who asks by a key.
    pub async fn create_key(&self, who: &Who, new: NewKey) -> Result<(KeyInfo, ApiKey), Error> {
        let actor = owner(who)?.to_vec();
        let now = Timestamp::now();
        let violations = wrong(&self.schema(), &new, now);
        if !violations.is_empty() {
            return Err(Error::invalid(violations));
        }
        let mut entropy = [0; 32];
        getrandom::fill(&mut entropy).map_err(|error| Error::internal(error.to_string()))?;
        let key = ApiKey::from_entropy(&entropy);
        let NewKey { name, actions, expires_at } = new;
        let info = KeyInfo { id: Uuid::now_v7(), actor, name, actions, created_at: now, expires_at, used_at: None };
        let (digest, kept) = (key.digest().text(), info.clone());
        self.store()
            .write(move |tx| {
                Box::pin(async move {
                    if keys(tx, Some(&kept.actor)).await?.len() >= MOST_KEYS {
                        let detail = format!("you have {MOST_KEYS} keys, and more are not allowed: revoke one");
                        let violation = Violation::field("", "TOO_MANY_KEYS", detail);
                        return Err(Error::invalid(vec![Violation { pointer: String::new(), ..violation }]));
                    }
                    let moment = |at: Option<Timestamp>| at.map_or(Value::Null, Value::Timestamp);
                    let row = [
                        (ID, Value::Uuid(kept.id)),
                        (ACTOR, Value::Text(json(&kept.actor)?)),
                        (NAME, Value::Text(kept.name)),
                        (DIGEST, Value::Text(digest)),
                        (ACTIONS, Value::Text(Grants::list(&kept.actions))),
                        (CREATED, Value::Timestamp(kept.created_at)),
                        (EXPIRES, moment(kept.expires_at)),
                        (USED, Value::Null),
                    ];
                    tx.execute(&write::insert(tx.dialect(), model(), &row)).await?;
                    Ok(())
                })
            })
            .await?;
        Ok((info, key))
    }

    /// The keys of `who`, the oldest first; of everybody, for the system.
    ///
    /// # Errors
    /// `Unauthenticated` for nobody; `Forbidden` for somebody who asks by a key.
    pub async fn keys(&self, who: &Who) -> Result<Vec<KeyInfo>, Error> {
        let actor = whose(who)?;
        self.store().read(move |tx| Box::pin(async move { keys(tx, actor.as_deref()).await })).await
    }

    /// Revoke a key of `who`; of anybody, for the system. It is refused from now on, by other processes within a second.
    ///
    /// # Errors
    /// `NotFound` where they have no such key; `Unauthenticated` and `Forbidden` as in [`Actions::keys`].
    pub async fn revoke_key(&self, who: &Who, id: Uuid) -> Result<(), Error> {
        let actor = whose(who)?;
        let touched = self.store().write(move |tx| {
            Box::pin(async move {
                let mut which = vec![Condition::Field { path: vec![ID], test: Test::Eq(Value::Uuid(id)) }];
                which.extend(actor.as_deref().map(of).transpose()?);
                let statement = write::delete_where(&tables().reader(tx.dialect()), model(), &which);
                Ok::<u64, Error>(tx.execute(&statement).await?)
            })
        });
        let touched = touched.await?;
        self.0.keys.forget();
        if touched == 0 { Err(Error::new(ErrorKind::NotFound)) } else { Ok(()) }
    }

    /// Who asks by a key; `None` where it is unknown, expired or revoked, or its actor is gone, which is all the same to
    /// the caller.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn by_key(&self, key: &ApiKey) -> Result<Option<Keyed>, Error> {
        let digest = key.digest();
        let entry = match self.0.keys.get(&digest) {
            Some(entry) => entry,
            None => {
                let (read, epoch) = (Instant::now(), self.0.keys.epoch());
                let wanted = Value::Text(digest.text());
                let found = self.store().read(move |tx| Box::pin(async move { find(tx, wanted).await })).await?;
                let Some(info) = found else { return Ok(None) };
                let entry = Arc::new(Entry::new(info));
                self.0.keys.keep(digest, Arc::clone(&entry), read, epoch);
                entry
            }
        };
        let now = Timestamp::now();
        if entry.info.expires_at.is_some_and(|expires| expires <= now) {
            return Ok(None);
        }
        let Some(row) = self.actor(entry.info.actor.clone()).await? else { return Ok(None) };
        Ok(Some(Keyed { who: Who::Actor(entry.narrow(&row, self)), note: entry.note(now) }))
    }

    /// Write down that a key was used.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn key_used(&self, id: Uuid) -> Result<(), Error> {
        self.store()
            .write(move |tx| {
                Box::pin(async move {
                    let used = [(USED, Value::Timestamp(Timestamp::now()))];
                    tx.execute(&write::update(tx.dialect(), model(), &[Value::Uuid(id)], &used)).await?;
                    Ok::<(), Error>(())
                })
            })
            .await
    }

    /// A row was deleted: if it is an actor's, their keys end with it. Another row may come to have its key.
    pub(super) async fn end_keys(&self, tx: &mut Tx<'_>, model_of: &Model, rows: &[Vec<Value>]) -> Result<(), Error> {
        let is_actor = self.0.checked.load().schema.actor().is_some_and(|actor| actor.id == model_of.id);
        if !is_actor {
            return Ok(());
        }
        let actors = rows.iter().map(|row| Ok(Value::Text(json(&key_of(model_of, row))?)));
        let actors = actors.collect::<Result<Vec<Value>, Error>>()?;
        for actors in actors.chunks(BINDS) {
            let theirs = Condition::Field { path: vec![ACTOR], test: Test::In(actors.to_vec()) };
            tx.execute(&write::delete_where(&tables().reader(tx.dialect()), model(), &[theirs])).await?;
        }
        Ok(())
    }
}

/// The actor who makes a key.
fn owner(who: &Who) -> Result<&[Value], Error> {
    match who {
        Who::Actor(row) if row.grants.is_none() => Ok(&row.key),
        Who::Actor(_) => {
            let reason = "An API key neither makes nor shows nor revokes keys; ask as yourself.".to_owned();
            Err(Error::forbidden(Refusal { rule: None, reason }))
        }
        Who::Nobody => Err(Error::new(ErrorKind::Unauthenticated)),
        Who::System(_) => Err(Error::internal("a key belongs to an actor: the system has none of its own")),
    }
}

/// Whose keys somebody sees: `None`, everybody's.
fn whose(who: &Who) -> Result<Option<Vec<Value>>, Error> {
    match who {
        Who::System(_) => Ok(None),
        who => Ok(Some(owner(who)?.to_vec())),
    }
}

fn of(actor: &[Value]) -> Result<Condition, Error> {
    Ok(Condition::Field { path: vec![ACTOR], test: Test::Eq(Value::Text(json(&actor)?)) })
}

/// What is wrong with a new key.
fn wrong(schema: &mimsy_schema::Schema, new: &NewKey, now: Timestamp) -> Vec<Violation> {
    let mut violations = Vec::new();
    let length = new.name.chars().count();
    if new.name.trim().is_empty() {
        violations.push(Violation::field("name", "REQUIRED", "say what the key is for, such as `ci`"));
    } else if length > LONGEST_NAME || new.name.contains('\0') {
        let detail = format!("must have at most {LONGEST_NAME} characters, U+0000 not among them");
        violations.push(Violation::field("name", "LEN", detail).with("max", LONGEST_NAME));
    }
    violations.extend(Grants::check(schema, &new.actions));
    if new.expires_at.is_some_and(|expires| expires <= now) {
        violations.push(Violation::field("expires_at", "MIN", "must lie ahead"));
    }
    violations
}

const FIELDS: [usize; 7] = [ID, ACTOR, NAME, ACTIONS, CREATED, EXPIRES, USED];

async fn keys(tx: &mut Tx<'_>, actor: Option<&[Value]>) -> Result<Vec<KeyInfo>, Error> {
    let filter = actor.map(of).transpose()?.into_iter().collect();
    select(tx, filter, u32::MAX - 1).await
}

async fn find(tx: &mut Tx<'_>, digest: Value) -> Result<Option<KeyInfo>, Error> {
    let filter = vec![Condition::Field { path: vec![DIGEST], test: Test::Eq(digest) }];
    Ok(select(tx, filter, 1).await?.pop())
}

async fn select(tx: &mut Tx<'_>, filter: Vec<Condition>, limit: u32) -> Result<Vec<KeyInfo>, Error> {
    // Ids are of version 7, so this is the order in which they were made.
    let query = Query { filter, sort: vec![Sort::ascending(vec![ID])], ..Query::default() };
    let select = tables().reader(tx.dialect()).list(model(), &query, &FIELDS, limit);
    let mut found = Vec::new();
    tx.rows(&select.statement, &mut |row| {
        found.push(cells(row)?);
        Ok(())
    })
    .await?;
    found.into_iter().map(info).collect()
}

fn cells(row: &dyn Row) -> Result<Vec<Value>, BadCell> {
    (0..FIELDS.len()).map(|at| Ok(row.cell(at)?.to_value())).collect()
}

fn info(cells: Vec<Value>) -> Result<KeyInfo, Error> {
    let Ok(
        [
            Value::Uuid(id),
            Value::Text(actor),
            Value::Text(name),
            Value::Text(actions),
            Value::Timestamp(created_at),
            expires_at,
            used_at,
        ],
    ) = <[Value; 7]>::try_from(cells)
    else {
        return Err(Error::internal("a key's row is not whole"));
    };
    let moment = |value| if let Value::Timestamp(at) = value { Some(at) } else { None };
    let (expires_at, used_at) = (moment(expires_at), moment(used_at));
    let actor = serde_json::from_str(&actor).map_err(Error::internal)?;
    let actions = actions.split(' ').map(str::to_owned).collect();
    Ok(KeyInfo { id, actor, name, actions, created_at, expires_at, used_at })
}
