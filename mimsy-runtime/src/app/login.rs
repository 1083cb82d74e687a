//! From a login to a token.

use std::time::Duration;

use mimsy_schema::{Timestamp, Value, name};

use super::ConnectedApp;
use crate::actions::{Found, Output};
use crate::error::Error;
use crate::http::subject;
use crate::query::{Condition, Query, Test};
use crate::row::BadCell;
use crate::token::Claims;
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
    pub async fn find_login(&self, login: &str) -> Result<Vec<Value>, LoginError> {
        let schema = self.schema();
        let model = schema.actor().ok_or(LoginError::NoActor)?;
        let field = model.fields().iter().position(|field| field.login);
        let field = field.ok_or_else(|| LoginError::NoLogin(model.name().to_owned()))?;
        let who = Who::System("look up a login".into());
        let test = Test::Eq(Value::Text(login.to_owned()));
        let query = Query { filter: vec![Condition::Field { path: vec![field], test }], ..Query::default() };
        let wanted = Columns { fields: model.key.clone(), rows: Vec::new() };
        let mut found = self.actions.list(&who, model.id, query, wanted).await?.output.rows;
        match (found.pop(), found.len()) {
            (Some(key), 0) => Ok(key),
            (Some(_), more) => Err(LoginError::Several(more + 1)),
            (None, _) => {
                let all = Columns { fields: vec![field], rows: Vec::new() };
                let known = self.actions.list(&who, model.id, Query::default(), all).await?.output.rows;
                let names = known.iter().flatten();
                let names = names.filter_map(|value| if let Value::Text(name) = value { Some(name) } else { None });
                let near = name::nearest(login, names.map(String::as_str));
                let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                Err(LoginError::Nobody { login: login.to_owned(), hint })
            }
        }
    }

    /// A bearer token for the actor with a key, valid for a while from now: signed by EdDSA where there is a key for it, else
    /// by HS256.
    #[must_use]
    pub fn token(&self, actor: &[Value], valid: Duration) -> String {
        let now = Timestamp::now();
        let claims = Claims {
            sub: subject(actor),
            exp: now.saturating_add(valid).as_seconds(),
            iat: Some(now.as_seconds()),
            nbf: None,
            iss: self.rules.as_ref().and_then(|rules| rules.issuer.clone()),
            aud: self.rules.as_ref().and_then(|rules| rules.audience.clone()),
        };
        self.tokens.mint(&claims)
    }
}

/// The values of some fields.
struct Columns {
    fields: Vec<usize>,
    rows: Vec<Vec<Value>>,
}

impl Output for Columns {
    fn row(&mut self, found: &Found<'_>) -> Result<(), BadCell> {
        let place = |field: &usize| found.fields.iter().position(|one| one == field);
        let cells = self.fields.iter().filter_map(place).map(|at| Ok(found.row.cell(at)?.to_value()));
        self.rows.push(cells.collect::<Result<_, BadCell>>()?);
        Ok(())
    }
}
