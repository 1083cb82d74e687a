//! A policy as a condition in SQL.

use super::{Access, model};
use crate::entity::Entity;
use crate::error::Error;
use crate::sql::{Bind, Statement};

/// The rows of an entity that somebody may read, as a condition in SQL: what stands behind `WHERE`.
///
/// ```ignore
/// let scope = app.scope::<Invoice>(&ada, "i", 2).await?;
/// let sql = format!("SELECT count(*) FROM invoices i WHERE i.total > $1 AND {}", scope.sql());
/// let mut arguments = PgArguments::default();
/// arguments.add(100)?;
/// store::own::add(&mut arguments, scope.binds())?;
/// let count: i64 = sqlx::query_scalar_with(&sql, arguments).fetch_one(&pool).await?;
/// ```
///
/// It holds for the moment: a role that changes afterwards is not in it. Every other table of the statement needs a scope
/// of its own.
#[derive(Clone, Debug)]
pub struct Scope(Statement);

impl Scope {
    /// The condition, in parentheses where it needs them.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.0.text
    }

    /// The values of its parameters, in order; [`own`](crate::store::own) gives them to a driver.
    #[must_use]
    pub fn binds(&self) -> &[Bind] {
        &self.0.binds
    }
}

impl Access {
    /// The rows of an entity that may be read, as a condition for a statement of the program's own: on the `alias` that
    /// the table has there, with parameters numbered from `first`.
    ///
    /// # Errors
    /// Where the alias is no plain identifier.
    pub async fn scope<E: Entity>(&self, alias: &str, first: usize) -> Result<Scope, Error> {
        let schema = self.actions.schema();
        let entity = model::<E>(&schema)?.id;
        self.actions.scope(&self.caller().await?, entity, alias, first).map(Scope)
    }
}
