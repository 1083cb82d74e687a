//! The only road to data: authorise, validate, store, emit.
//!
//! Every door (HTTP, the typed Rust API, later the admin and the others) passes through [`Actions`], so none can skip a
//! policy. The order of checks is the same for all: read scope (not found), verb (forbidden), version (stale), values
//! and references (invalid), the write itself (duplicate, restricted), the new row (forbidden).

pub mod change;
mod create;
mod delete;
mod dependants;
mod draft;
mod explain;
mod failed;
mod find;
mod hooks;
mod include;
mod item;
mod judge;
mod keys;
mod later;
mod once;
pub mod output;
mod put;
mod read;
mod recent;
mod references;
mod scope;
mod session;
mod transaction;
mod update;
mod upsert;
mod work;
mod write;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use arc_swap::ArcSwap;
use mimsy_schema::{EntityId, Expr, Model, Root, Schema, Timestamp, Value};

use crate::digest::Digest;
use crate::error::{Error, ErrorKind};
use crate::hook::{Hook, Hooked};
use crate::policy::Known;
use crate::query::Position;
use crate::sql::Reader;
use crate::store::{Store, Trouble, Tx};
use crate::validate::Validator;
use crate::who::{ActorRow, Who};
pub use change::{Change, Sink};
pub use explain::{Explained, Missing, Reasons, Ruled};
pub use futures_util::future::BoxFuture;
pub use include::{DEFAULT_INCLUDED, MOST_INCLUDED};
pub(crate) use keys::Keyed;
pub use keys::{KeyInfo, MOST_KEYS, NewKey};
pub use later::Follower;
use later::Later;
pub use once::{Done, Kept, Once};
pub use output::{Found, Included, Output, Reached, Record};
pub use read::{DEFAULT_LIMIT, MAX_LIMIT};
use recent::Recent;
pub use scope::Scope;
pub use session::Scopes;
use session::{Checked, Session};
use transaction::Unit;
pub use update::Edit;
pub use upsert::Upserted;
pub use work::Work;
pub use write::Written;

/// The values of a write: positions of fields, and values of their kinds.
pub type Input = Vec<(usize, Value)>;

/// A listed page.
#[derive(Debug)]
pub struct Listed<O> {
    /// Where the rows went.
    pub output: O,
    /// How many there were.
    pub rows: usize,
    /// If more follow: where they start.
    pub next: Option<Position>,
    /// If some stand before it: where those end.
    pub prev: Option<Position>,
    /// If it was asked for: how many rows there are in all.
    pub count: Option<Count>,
}

/// How many rows there are: exact up to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The number.
    pub value: u64,
    /// Whether there may be more.
    pub at_least: bool,
}

/// One row.
#[derive(Debug)]
pub struct Got<O> {
    /// Where the row went.
    pub output: O,
    /// Its version.
    pub version: i64,
}

/// A created row.
#[derive(Debug)]
pub struct Created<O> {
    /// Its key.
    pub key: Vec<Value>,
    /// Where the row went; `None` when its creator may not read it.
    pub got: Option<Got<O>>,
}

/// Which version of a row a write expects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Any.
    #[default]
    Any,
    /// One of these; none listed: any version of a row that is there.
    Versions(Vec<i64>),
    /// None: there is no row yet.
    Nothing,
}

impl Expected {
    /// Whether a row of this version is what was expected; else `Stale`.
    pub(crate) fn check(&self, version: i64) -> Result<(), Error> {
        match self {
            Self::Versions(versions) if !versions.is_empty() && !versions.contains(&version) => {
                Err(Error::stale(version))
            }
            Self::Nothing => Err(Error::new(ErrorKind::Exists)),
            _ => Ok(()),
        }
    }
}

/// The actions of a schema on a store: each in a unit of its own, or all in one open [transaction](Actions::transaction).
#[derive(Clone)]
pub struct Actions(Arc<Inner>, Option<Arc<Unit>>);

/// The rows of actors, by their keys; `None` is the knowledge that there is none.
type Actors = Recent<Vec<Value>, Option<Arc<ActorRow>>>;

struct Inner {
    checked: ArcSwap<Checked>,
    store: Store,
    actors: Actors,
    keys: Recent<Digest, Arc<keys::Entry>>,
    under_way: once::UnderWay,
    sinks: Vec<Arc<dyn Sink>>,
    follower: Option<Follower>,
}

impl Actions {
    /// Put a schema on a store. Changes that hooks follow go to `follower` after their commit.
    #[must_use]
    pub fn new(
        schema: Schema,
        validator: Validator,
        hooks: Hooked,
        store: Store,
        sinks: Vec<Arc<dyn Sink>>,
        follower: Option<Follower>,
    ) -> Self {
        let checked = ArcSwap::from_pointee(Checked::new(schema, validator, hooks));
        let (actors, keys, under_way) = (Actors::default(), Recent::default(), once::UnderWay::default());
        Self(Arc::new(Inner { checked, store, actors, keys, under_way, sinks, follower }), None)
    }

    /// The schema as it is now.
    #[must_use]
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.0.checked.load().schema)
    }

    /// A hash of what `who` may read of an entity: part of an ETag.
    #[must_use]
    pub fn scope_hash(&self, who: &Who, entity: EntityId) -> u128 {
        self.session(who).readable(entity).hash
    }

    /// Whether some rule of `verb` could hold for nobody.
    #[must_use]
    pub fn open_to_nobody(&self, entity: EntityId, verb: &str) -> bool {
        crate::policy::open_to_nobody(self.0.checked.load().schema.model(entity), verb)
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> bool {
        self.store().ping().await.is_ok()
    }

    /// Why nothing could be written of late, if it was so. Reads go on meanwhile.
    #[must_use]
    pub fn trouble(&self) -> Option<Error> {
        Some(Error::new(match self.store().load().trouble? {
            Trouble::Full => ErrorKind::Full,
            Trouble::ReadOnly => ErrorKind::ReadOnly,
        }))
    }

    /// How busy the store is.
    #[must_use]
    pub fn load(&self) -> crate::store::Load {
        self.store().load()
    }

    /// Whether there is no row of any entity.
    ///
    /// # Errors
    /// What the store says.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        let session = self.session(&Who::System("is there anything".into()));
        self.store()
            .read(move |tx| {
                Box::pin(async move {
                    let scope = |entity| session.scope(entity);
                    for model in session.schema().models() {
                        let query = crate::query::Query::default();
                        let select = session.reader(tx.dialect(), &scope).list(model, &query, &model.key, 0);
                        let mut any = false;
                        tx.rows(&select.statement, &mut |_| {
                            any = true;
                            Ok(())
                        })
                        .await?;
                        if any {
                            return Ok(false);
                        }
                    }
                    Ok::<bool, Error>(true)
                })
            })
            .await
    }

    /// The row of an actor, at most a second old; `None` where there is none.
    ///
    /// # Errors
    /// What the store says.
    pub async fn actor(&self, key: Vec<Value>) -> Result<Option<Arc<ActorRow>>, Error> {
        let actors = self.actors();
        if let Some(row) = actors.get(&key) {
            return Ok(row);
        }
        let (read, epoch) = (Instant::now(), actors.epoch());
        let session = self.session(&Who::System("the actor's own row".into()));
        let wanted = key.clone();
        let row = self
            .reading(false, move |tx| {
                Box::pin(async move {
                    let Some(model) = session.schema().actor() else { return Ok(None) };
                    actor_row(tx, &session, model, wanted).await
                })
            })
            .await?;
        actors.keep(key, row.clone(), read, epoch);
        Ok(row)
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    fn session(&self, who: &Who) -> Session {
        let later = self.0.follower.as_ref().map(|_| Later::default());
        Session { checked: self.0.checked.load_full(), who: who.clone(), now: Timestamp::now(), later }
    }

    /// The hooks of an entity.
    pub(crate) fn hooks(&self, model: &Model) -> &'static [Hook] {
        self.0.checked.load().hooks.of(model)
    }

    /// Whether anybody hears of changes to an entity.
    fn is_heard(&self, session: &Session, model: &Model) -> bool {
        !self.0.sinks.is_empty() || session.is_followed(model)
    }

    /// What was deleted: with actors end their keys, and every sink hears of each row. Every delete passes here.
    async fn emit_gone(
        &self,
        tx: &mut Tx<'_>,
        session: &Session,
        model: &Model,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), Error> {
        self.end_keys(tx, model, &rows).await?;
        for row in rows {
            let (key, before, who) = (item::key_of(model, &row), Some(row), session.who.clone());
            self.emit(
                tx,
                session,
                Change { schema: session.shared(), entity: model.id, key, before, after: None, who },
            )
            .await?;
        }
        Ok(())
    }

    /// Hand a change to every sink, inside its transaction; and to hooks, if it is committed.
    async fn emit(&self, tx: &mut Tx<'_>, session: &Session, change: Change) -> Result<(), Error> {
        for sink in &self.0.sinks {
            sink.change(&change, tx).await?;
        }
        if let Some(later) = session.later.as_ref().filter(|_| session.is_followed(change.model())) {
            later.push(change);
        }
        Ok(())
    }

    /// After a commit: rows of actors are read again, if it wrote one.
    fn wrote(&self, entity: EntityId) {
        if self.0.checked.load().schema.actor().is_some_and(|actor| actor.id == entity) {
            self.forget_actors();
        }
    }

    /// Rows of actors as these actions see them.
    fn actors(&self) -> &Actors {
        self.1.as_ref().map_or(&self.0.actors, |unit| &unit.actors)
    }

    /// Rows of actors are read again, and the keys that may have ended with them; by others, when the transaction is
    /// committed.
    fn forget_actors(&self) {
        match &self.1 {
            Some(unit) => unit.touched_actors.store(true, Ordering::Release),
            None => self.0.keys.forget(),
        }
        self.actors().forget();
    }
}

async fn actor_row(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    key: Vec<Value>,
) -> Result<Option<Arc<ActorRow>>, Error> {
    let fields: Vec<usize> = model.columns().collect();
    let scope = |entity| session.scope(entity);
    let select = session.reader(tx.dialect(), &scope).row(model, &key, &fields, &Expr::bool(true), &[], false);
    let mut found = None;
    tx.rows(&select.statement, &mut |row| {
        found = Some(find::whole(model, &select, row)?.0);
        Ok(())
    })
    .await?;
    let Some(values) = found else { return Ok(None) };
    let tenant = actor_tenant(tx, session, model, &values).await?;
    Ok(Some(Arc::new(ActorRow { values, key, tenant, scopes: Scopes::new(session.schema()), grants: None })))
}

/// The key of an actor's tenant; it may lie behind a relation.
async fn actor_tenant(
    tx: &mut Tx<'_>,
    session: &Session,
    model: &Model,
    values: &[Value],
) -> Result<Option<Value>, Error> {
    let Some(tenant) = &model.entity.tenant else { return Ok(None) };
    if let [own] = &tenant.path[..] {
        return Ok(model.field_index(own).map(|field| values[field].clone()));
    }
    let Some(last) = session.schema().walk(model, &tenant.path).ok().and_then(|steps| steps.last().copied()) else {
        return Ok(None);
    };
    let scope = |entity| session.scope(entity);
    let known = Known { actor: Some((model, values)), ..Known::default() };
    let reader = Reader { known, ..session.reader(tx.dialect(), &scope) };
    let path = Expr::path(Root::Actor, tenant.path.iter().cloned());
    let mut found = None;
    tx.rows(&reader.value(model, &path, last.field().kind, false), &mut |row| {
        found = Some(row.cell(0)?.to_value());
        Ok(())
    })
    .await?;
    Ok(found)
}
