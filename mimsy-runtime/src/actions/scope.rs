//! A policy as SQL, for statements of the program's own.

use mimsy_schema::EntityId;

use super::Actions;
use crate::error::Error;
use crate::sql::{Statement, predicate};
use crate::who::Who;

impl Actions {
    /// The rows of an entity that `who` may read, as a condition on the table's `alias`; its parameters are numbered from
    /// `first`.
    ///
    /// # Errors
    /// Where the alias cannot stand in a statement beside those that the condition itself uses.
    pub fn scope(&self, who: &Who, entity: EntityId, alias: &str, first: usize) -> Result<Statement, Error> {
        if !is_alias(alias) || first == 0 {
            return Err(Error::internal(format!(
                "`{alias}` from parameter {first} is no place for a scope: an alias is made of letters, digits and `_`, and \
                 is none of `r1`, `r2` and so on; parameters are counted from 1"
            )));
        }
        let session = self.session(who);
        let scope = |entity| session.scope(entity);
        let reader = session.reader(self.store().dialect(), &scope);
        Ok(predicate(&reader, session.model(entity), alias, &session.scope(entity), first))
    }
}

/// Whether a text is a plain identifier, and not one that subqueries of a condition take for themselves.
fn is_alias(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let own =
        text.strip_prefix('r').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    plain && !own && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}
