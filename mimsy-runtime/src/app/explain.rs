//! Why somebody may do something, or may not: from a login and a path to an explanation.

use mimsy_schema::{Model, Schema, name};

use super::{ConnectedApp, LoginError};
use crate::actions::Explained;
use crate::error::Error;
use crate::http::path;
use crate::who::Who;

/// Why nothing can be explained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// The path names no entity.
    #[error("there are no `{path}`{hint}")]
    NoEntity {
        /// The path.
        path: String,
        /// The nearest one.
        hint: String,
    },
    /// No rule and no route speaks of it.
    #[error("nothing is said of `{verb}` here{hint}")]
    NoVerb {
        /// The verb.
        verb: String,
        /// The nearest one.
        hint: String,
    },
    /// No row has such a key.
    #[error("`{0}` is no key: write it as it stands in a path")]
    BadKey(String),
    /// There is no such row.
    #[error("there is no row `{0}`")]
    NoRow(String),
    /// Who asks is not known.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The look-up failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl ConnectedApp {
    /// Explain what the actor with a login, or nobody, may do with `invoices/7`; or with which of the `invoices` they may not,
    /// at most `limit` of them. `verb` is an action or a verb of the policies: `list`, `read`, `delete`.
    ///
    /// It tells of rows that they may not read: it is for operators.
    ///
    /// # Errors
    /// What is not known of the words; what the store says.
    pub async fn explain(
        &self,
        login: Option<&str>,
        verb: &str,
        target: &str,
        limit: u32,
    ) -> Result<Explained, ExplainError> {
        let schema = self.schema();
        let (entity, row) = match target.split_once('/') {
            Some((entity, row)) => (entity, Some(row)),
            None => (target, None),
        };
        let model = schema.by_path(entity).ok_or_else(|| no_entity(&schema, entity))?;
        let verb = known(model, verb)?;
        let key = match row {
            Some(row) => Some(path::key(model, row).ok_or_else(|| ExplainError::BadKey(row.to_owned()))?),
            None => None,
        };
        let who = match login {
            None => Who::Nobody,
            Some(login) => {
                let key = self.find_login(login).await?;
                let nobody = || LoginError::Nobody { login: login.to_owned(), hint: String::new() };
                Who::Actor(self.actions.actor(key).await?.ok_or_else(nobody)?)
            }
        };
        let (single, viewer) = (key.is_some(), Who::System("an explanation".into()));
        let explained = self.actions.explain(&viewer, &who, &verb, model.id, key, limit).await?;
        match single && explained.rows.is_empty() {
            true => Err(ExplainError::NoRow(target.to_owned())),
            false => Ok(explained),
        }
    }
}

fn no_entity(schema: &Schema, path: &str) -> ExplainError {
    let paths = schema.models().iter().filter_map(|model| Some(model.routes.as_ref()?.path.as_str()));
    ExplainError::NoEntity { path: path.to_owned(), hint: hint(path, paths) }
}

/// The verb that policies know an action by.
fn known(model: &Model, verb: &str) -> Result<String, ExplainError> {
    let (verbs, asked) = (model.spoken(), mimsy_schema::routes::verb(verb));
    match verbs.contains(&asked) {
        true => Ok(asked.to_owned()),
        false => Err(ExplainError::NoVerb { verb: verb.to_owned(), hint: hint(verb, verbs) }),
    }
}

fn hint<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    name::nearest(word, words).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
