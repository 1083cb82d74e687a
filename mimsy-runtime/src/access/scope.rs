//! A policy as a condition in SQL.

use super::{Access, model};
use crate::actions::Scope;
use crate::entity::Entity;
use crate::error::Error;

impl Access {
    /// The rows of an entity that may be read, as a condition for a statement of the program's own: on the `alias` that
    /// the table has there, with parameters numbered from `first`.
    ///
    /// # Errors
    /// Where the alias is no plain identifier.
    pub async fn scope<E: Entity>(&self, alias: &str, first: usize) -> Result<Scope, Error> {
        let schema = self.actions.schema();
        let entity = model::<E>(&schema)?.id;
        self.actions.scope(&self.caller().await?, entity, alias, first)
    }
}
