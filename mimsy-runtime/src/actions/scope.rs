//! A policy as SQL, for statements of the program's own.

use mimsy_schema::EntityId;

use super::Actions;
use crate::error::Error;
use crate::sql::{Bind, Statement, predicate};
use crate::who::Who;

/// The rows of an entity that somebody may read, as a condition in SQL: what stands behind `WHERE`.
///
/// ```text
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

impl Actions {
    /// The rows of an entity that `who` may read, as a condition on the table's `alias`; its parameters are numbered from
    /// `first`.
    ///
    /// # Errors
    /// Where the alias cannot stand in a statement beside those that the condition itself uses.
    pub fn scope(&self, who: &Who, entity: EntityId, alias: &str, first: usize) -> Result<Scope, Error> {
        if !is_alias(alias) || first == 0 {
            return Err(Error::internal(format!(
                "`{alias}` from parameter {first} is no place for a scope: an alias is made of letters, digits and `_`, and \
                 is none of `r1`, `r2` and so on; parameters are counted from 1"
            )));
        }
        let session = self.session(who);
        let scope = |entity| session.scope(entity);
        let reader = session.reader(self.store().dialect(), &scope);
        Ok(Scope(predicate(&reader, session.model(entity), alias, &session.scope(entity), first)))
    }
}

/// Whether a text is a plain identifier, and not one that subqueries of a condition take for themselves.
fn is_alias(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let own =
        text.strip_prefix('r').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    plain && !own && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}
