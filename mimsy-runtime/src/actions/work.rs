//! A write that is ready to run: authorised as far as that needs no row, its input completed and checked.
//!
//! Every write is a [`Work`] before it has a transaction, so that whatever holds for all of them has one place: to run it
//! alone, to run it [once](super::once).

use futures_util::future::BoxFuture;
use mimsy_schema::EntityId;

use super::Actions;
use super::output::Output;
use super::session::Session;
use super::write::Written;
use crate::error::Error;
use crate::store::Tx;
use crate::who::Who;

type Run<T> = Box<dyn for<'t, 'c> FnOnce(Session, &'t mut Tx<'c>) -> BoxFuture<'t, Result<T, Error>> + Send>;

/// A write that is ready to run, and answers `T`.
pub struct Work<T> {
    pub(super) session: Session,
    pub(super) entity: EntityId,
    deletes: bool,
    run: Run<T>,
}

impl<T: Send + 'static> Work<T> {
    /// A write to an entity.
    pub(super) fn new<F>(session: Session, entity: EntityId, run: F) -> Self
    where
        F: for<'t, 'c> FnOnce(Session, &'t mut Tx<'c>) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        Self { session, entity, deletes: false, run: Box::new(run) }
    }

    /// Rows of any entity may go with it.
    pub(super) fn deleting(mut self) -> Self {
        self.deletes = true;
        self
    }

    /// With something made of its answer, inside the transaction.
    #[must_use]
    pub fn map<U: Send + 'static>(self, make: impl FnOnce(T) -> U + Send + 'static) -> Work<U> {
        self.then(move |_, done| Ok(make(done)))
    }

    /// The same, where that may fail.
    pub(super) fn then<U: Send + 'static>(
        self,
        make: impl FnOnce(&Session, T) -> Result<U, Error> + Send + 'static,
    ) -> Work<U> {
        let run = self.run;
        let run: Run<U> = Box::new(move |session, tx| {
            Box::pin(async move {
                let own = session.clone();
                make(&own, run(session, tx).await?)
            })
        });
        Work { session: self.session, entity: self.entity, deletes: self.deletes, run }
    }

    /// With something done around it, inside its transaction.
    pub(super) fn around<U, F>(self, around: F) -> Work<U>
    where
        F: for<'t, 'c> FnOnce(Self, &'t mut Tx<'c>) -> BoxFuture<'t, Result<U, Error>> + Send + 'static,
        U: Send + 'static,
    {
        let (session, entity, deletes) = (self.session.clone(), self.entity, self.deletes);
        Work { session, entity, deletes, run: Box::new(move |_, tx| around(self, tx)) }
    }

    /// Inside another one's transaction.
    pub(super) async fn inside(self, tx: &mut Tx<'_>) -> Result<T, Error> {
        (self.run)(self.session, tx).await
    }
}

impl Work<Vec<Written>> {
    /// With its rows in an output, those that may not be read by their keys.
    #[must_use]
    pub fn given<O: Output>(self, mut output: O) -> Work<(O, Vec<Written>)> {
        let entity = self.entity;
        self.then(move |session, written| {
            written.iter().try_for_each(|one| one.give(session.model(entity), &mut output))?;
            Ok((output, written))
        })
    }

    /// A list of one, and what is made of its row.
    pub(super) fn one<U: Send + 'static>(
        self,
        make: impl FnOnce(&Session, Written) -> Result<U, Error> + Send + 'static,
    ) -> Work<U> {
        self.then(move |session, mut written| match written.pop() {
            Some(one) => make(session, one),
            None => Err(Error::internal("a write of one row gives one")),
        })
    }
}

impl Actions {
    /// Several writes to an entity in one transaction, each in a savepoint: one that fails leaves nothing of its own, and
    /// the others go on. What is no fault of a write's own (the database is out of reach, say) ends all of them.
    #[must_use]
    pub fn each<T: Send + 'static>(
        &self,
        who: &Who,
        entity: EntityId,
        works: Vec<Work<T>>,
    ) -> Work<Vec<Result<T, Error>>> {
        let deletes = works.iter().any(|work| work.deletes);
        let work = Work::new(self.session(who), entity, move |session, tx| {
            Box::pin(async move {
                let mut done = Vec::with_capacity(works.len());
                for work in works {
                    let later = work.session.later.clone();
                    match tx.savepoint(move |part| Box::pin(work.inside(part))).await {
                        Err(error) if !error.kind().is_own() => return Err(error),
                        own => {
                            // Of one that failed, nothing is left to tell.
                            let told = later.filter(|_| own.is_ok()).map(|later| later.take());
                            session.later.iter().zip(told).for_each(|(all, told)| all.extend(told));
                            done.push(own);
                        }
                    }
                }
                Ok(done)
            })
        });
        if deletes { work.deleting() } else { work }
    }

    /// Run a write in a transaction of its own, or in the open one; when it is committed, rows of actors are read again.
    ///
    /// # Errors
    /// What the write says; what the store says.
    pub async fn run<T: Send + 'static>(&self, work: Work<T>) -> Result<T, Error> {
        let (entity, deletes, later) = (work.entity, work.deletes, work.session.later.clone());
        let written = match &self.1 {
            Some(unit) => unit.transaction.write(move |tx| Box::pin(work.inside(tx))).await?,
            None => self.store().write(move |tx| Box::pin(work.inside(tx))).await?,
        };
        // Actors may have gone with a deleted row, over any number of references.
        if deletes {
            self.forget_actors();
        }
        self.wrote(entity);
        self.follow(later.as_ref());
        Ok(written)
    }
}
