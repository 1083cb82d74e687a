//! From a request to who asks.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::request::Parts;
use mimsy_schema::{Timestamp, Value};

use super::door::Door;
use super::path;
use super::problem::Problem;
use crate::actions::Keyed;
use crate::token::TokenRules;
use crate::token::api_key::{self, ApiKey};
use crate::who::Who;

/// How somebody says who they are.
#[derive(Clone)]
pub enum Authenticate {
    /// By a bearer token of ours; its `sub` is the key of the actor's row.
    Bearer(TokenRules),
    /// By the application's own function; see [`Authenticate::own`].
    Own(Arc<OwnActor>),
}

/// A function of the application's own: the key of the actor's row, nobody, or a refusal.
pub type OwnActor = dyn for<'a> Fn(&'a Parts) -> BoxFuture<'a, Result<Option<Vec<Value>>, Refused>> + Send + Sync;

/// The credentials are wrong; the reason goes to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

impl Authenticate {
    /// By a function of the application's own.
    pub fn own<F>(function: F) -> Self
    where
        F: for<'a> Fn(&'a Parts) -> BoxFuture<'a, Result<Option<Vec<Value>>, Refused>> + Send + Sync + 'static,
    {
        Self::Own(Arc::new(function))
    }

    /// Who asks. Wrong credentials are a problem, none are nobody.
    pub(crate) async fn who(&self, door: &Door, parts: &Parts) -> Result<Who, Problem> {
        // What is an API key beyond doubt is taken as one, in whichever way callers are told apart otherwise.
        if let Some(key) = api_key(parts) {
            return keyed(door, &key).await;
        }
        let key = match self {
            Self::Bearer(rules) => bearer(door, rules, parts)?,
            Self::Own(function) => function(parts).await.map_err(|Refused(reason)| Problem::invalid_token(reason))?,
        };
        let Some(key) = key else { return Ok(Who::Nobody) };
        match door.actions().actor(key).await? {
            Some(row) => Ok(Who::Actor(row)),
            None => Err(Problem::invalid_token("The actor that the credentials name does not exist.")),
        }
    }
}

impl Default for Authenticate {
    fn default() -> Self {
        Self::Bearer(TokenRules::default())
    }
}

impl fmt::Debug for Authenticate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bearer(rules) => f.debug_tuple("Bearer").field(rules).finish(),
            Self::Own(_) => f.write_str("Own(…)"),
        }
    }
}

/// The API key that a request brings as its only credentials.
fn api_key(parts: &Parts) -> Option<ApiKey> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let only = values.next().filter(|_| values.next().is_none())?;
    ApiKey::parse(after_bearer(only.to_str().ok()?)?)
}

/// Who asks by a key. One that is unknown, one that has expired and one that was revoked are told alike.
async fn keyed(door: &Door, key: &ApiKey) -> Result<Who, Problem> {
    let Some(Keyed { who, note }) = door.actions().by_key(key).await? else {
        return Err(Problem::invalid_token("The API key is not valid, or not any more."));
    };
    if let Some(id) = note {
        // Nobody waits for it, and nothing depends on it.
        let actions = door.actions().clone();
        tokio::spawn(async move {
            if let Err(error) = actions.key_used(id).await {
                tracing::warn!(%error, key = %id, "the use of an API key could not be written down");
            }
        });
    }
    Ok(who)
}

fn bearer(door: &Door, rules: &TokenRules, parts: &Parts) -> Result<Option<Vec<Value>>, Problem> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::invalid_token("There are two `Authorization` headers."));
    }
    let token = value.to_str().ok().and_then(after_bearer);
    let token = token.ok_or_else(|| Problem::invalid_token("Send `Authorization: Bearer …`; nothing else is read."))?;
    if token.starts_with(api_key::PREFIX) {
        return Err(Problem::invalid_token("The API key is not whole: a character is missing, or mistyped."));
    }
    let claims = door
        .tokens()
        .verify(token, rules, Timestamp::now().as_seconds())
        .map_err(|error| Problem::invalid_token(error.to_string()))?;
    let schema = door.actions().schema();
    let Some(actor) = schema.actor() else {
        return Err(Problem::invalid_token("Nobody can sign in here: no policy speaks of an actor."));
    };
    match path::subject(actor, &claims.sub) {
        Some(key) => Ok(Some(key)),
        None => Err(Problem::invalid_token(format!("The token's `sub` is no key of {}.", actor.name()))),
    }
}

/// What follows `Bearer `, in any case of letters (RFC 9110, 11.1).
fn after_bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' ')).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_bearer_in_any_case() {
        for (value, expected) in [
            ("Bearer a.b.c", Some("a.b.c")),
            ("bearer  a", Some("a")),
            ("BEARER a", Some("a")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Basic a", None),
            ("a.b.c", None),
        ] {
            assert_eq!(after_bearer(value), expected, "{value}");
        }
    }
}
