//! The connection under a unit of work, wherever it is.

use super::lease::Remote;
use super::link::Link;
use super::readers::Loan;
use crate::row::{BadCell, Row};
use crate::sql::Statement;
use crate::store::{Catalog, StoreError};

/// The connection of a unit.
pub(in crate::store) enum Lane<'c> {
    /// On this thread, which is the writer's: every method is ready at once.
    Here(&'c mut Link),
    /// On this thread, which is any: it only reads. What takes long goes elsewhere meanwhile.
    Reading(&'c mut Loan),
    /// On the writer's, lent.
    Lent(&'c mut Remote),
}

impl Lane<'_> {
    /// The same connection, for a part of the unit.
    pub(in crate::store) fn part(&mut self) -> Lane<'_> {
        match self {
            Self::Here(link) => Lane::Here(link),
            Self::Reading(loan) => Lane::Reading(loan),
            Self::Lent(remote) => Lane::Lent(remote),
        }
    }

    /// Run a statement and hand on its rows.
    pub(in crate::store) async fn rows(
        &mut self,
        statement: &Statement,
        each: &mut (dyn FnMut(&dyn Row) -> Result<(), BadCell> + Send),
    ) -> Result<(), StoreError> {
        match self {
            Self::Here(link) => link.rows(statement, each),
            Self::Reading(loan) => loan.rows(statement, each).await,
            Self::Lent(remote) => remote.rows(statement, each).await,
        }
    }

    /// Run a statement that returns nothing; answers how many rows it touched.
    pub(in crate::store) async fn execute(&mut self, statement: &Statement) -> Result<u64, StoreError> {
        match self {
            Self::Here(link) => link.execute(statement),
            Self::Reading(loan) => loan.link()?.execute(statement),
            Self::Lent(remote) => {
                let statement = statement.clone();
                remote.call(move |link| link.execute(&statement)).await
            }
        }
    }

    /// Run a statement of our own that stays prepared: it begins or ends something.
    pub(in crate::store) async fn run(&mut self, text: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Here(link) => link.run(text),
            Self::Reading(loan) => loan.link()?.run(text),
            Self::Lent(remote) => remote.call(move |link| link.run(text)).await,
        }
    }

    /// Run SQL text without parameters.
    pub(in crate::store) async fn define(&mut self, text: &str) -> Result<(), StoreError> {
        match self {
            Self::Here(link) => link.define(text),
            Self::Reading(loan) => loan.link()?.define(text),
            Self::Lent(remote) => {
                let text = text.to_owned();
                remote.call(move |link| link.define(&text)).await
            }
        }
    }

    /// What the file holds.
    pub(in crate::store) async fn catalog(&mut self) -> Result<Catalog, StoreError> {
        match self {
            Self::Here(link) => link.catalog(),
            Self::Reading(loan) => loan.link()?.catalog(),
            Self::Lent(remote) => remote.call(Link::catalog).await,
        }
    }
}
