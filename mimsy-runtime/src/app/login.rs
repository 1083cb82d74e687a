//! From a login to a token.

use std::time::Duration;

use mimsy_schema::{Timestamp, Value, name};

use super::ConnectedApp;
use crate::actions::{Found, Output};
use crate::error::Error;
use crate::query::{Condition, Query, Test};
use crate::row::BadCell;
use crate::token::{Claims, Tokens};
use crate::who::Who;

/// Why a login leads to no actor.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// No policy of the schema names an actor.
    #[error("the schema has no actor: say `#[policy(actor = …)]`")]
    NoActor,
    /// The actor has no field to look up.
    #[error("`{0}` has no login: mark the field that names its people by `#[field(login)]`")]
    NoLogin(String),
    /// Nobody has this login.
    #[error("nobody has the login `{login}`{hint}")]
    Nobody {
        /// The login.
        login: String,
        /// The nearest one.
        hint: String,
    },
    /// Several have it.
    #[error("{0} rows have this login: a token needs one")]
    Several(usize),
    /// The look-up failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl ConnectedApp {
    /// The key of the actor with a login: the value of the field marked `#[field(login)]`.
    ///
    /// # Errors
    /// Where nobody has it, or several have.
    pub async fn find_login(&self, login: &str) -> Result<Value, LoginError> {
        let schema = self.schema();
        let model = schema.actor().ok_or(LoginError::NoActor)?;
        let field = model.fields().iter().position(|field| field.login);
        let field = field.ok_or_else(|| LoginError::NoLogin(model.name().to_owned()))?;
        let who = Who::System("look up a login".into());
        let test = Test::Eq(Value::Text(login.to_owned()));
        let query = Query { filter: vec![Condition::Field { path: vec![field], test }], ..Query::default() };
        let wanted = Column { field: model.key[0], values: Vec::new() };
        let mut found = self.actions.list(&who, model.id, query, wanted).await?.output.values;
        match (found.pop(), found.len()) {
            (Some(key), 0) => Ok(key),
            (Some(_), more) => Err(LoginError::Several(more + 1)),
            (None, _) => {
                let all = Column { field, values: Vec::new() };
                let known = self.actions.list(&who, model.id, Query::default(), all).await?.output.values;
                let names =
                    known.iter().filter_map(|value| if let Value::Text(name) = value { Some(name) } else { None });
                let near = name::nearest(login, names.map(String::as_str));
                let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                Err(LoginError::Nobody { login: login.to_owned(), hint })
            }
        }
    }

    /// A bearer token for an actor, valid for a while from now.
    #[must_use]
    pub fn token(&self, actor: &Value, valid: Duration) -> String {
        let subject = match actor {
            Value::Uuid(uuid) => uuid.to_string(),
            Value::Int(int) => int.to_string(),
            Value::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        let now = Timestamp::now();
        let claims = Claims {
            sub: subject,
            exp: now.saturating_add(valid).as_seconds(),
            iat: Some(now.as_seconds()),
            nbf: None,
            iss: self.rules.as_ref().and_then(|rules| rules.issuer.clone()),
            aud: self.rules.as_ref().and_then(|rules| rules.audience.clone()),
        };
        Tokens::new(self.secret.token_key()).mint(&claims)
    }
}

/// The values of one field.
struct Column {
    field: usize,
    values: Vec<Value>,
}

impl Output for Column {
    fn row(&mut self, found: &Found<'_>) -> Result<(), BadCell> {
        if let Some(at) = found.fields.iter().position(|field| *field == self.field) {
            self.values.push(found.row.cell(at)?.to_value());
        }
        Ok(())
    }
}
