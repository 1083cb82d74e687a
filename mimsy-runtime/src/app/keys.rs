//! API keys, for programs: the operator's view of what `/api/_keys` shows to each actor.

use std::time::Duration;

use mimsy_schema::{Timestamp, Value};
use uuid::Uuid;

use super::ConnectedApp;
use crate::actions::{Actions, KeyInfo, NewKey};
use crate::entity::Entity;
use crate::error::{Error, ErrorKind};
use crate::key::Key as _;
use crate::token::api_key::ApiKey;
use crate::who::Who;

/// API keys: see [`ConnectedApp::keys`].
#[derive(Clone)]
pub struct Keys {
    actions: Actions,
}

impl ConnectedApp {
    /// API keys: made, listed and revoked.
    ///
    /// ```text
    /// let new = NewKey::new("ci").allow("invoices:read").expires_in(Duration::from_secs(90 * 24 * 3600));
    /// let (info, key) = app.keys().create(&ada, new).await?;
    /// println!("{}", key.reveal()); // now or never
    /// app.keys().revoke(info.id).await?;
    /// ```
    #[must_use]
    pub fn keys(&self) -> Keys {
        Keys { actions: self.actions.clone() }
    }
}

impl NewKey {
    /// A key of this name, which may do nothing yet and is valid for ever.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Let it do something: `invoices:read`, `*:read`, `*:*`.
    #[must_use]
    pub fn allow(mut self, action: impl Into<String>) -> Self {
        self.actions.push(action.into());
        self
    }

    /// Valid for a while from now.
    #[must_use]
    pub fn expires_in(mut self, span: Duration) -> Self {
        self.expires_at = Some(Timestamp::now().saturating_add(span));
        self
    }
}

impl Keys {
    /// Make a key that stands for an actor, narrowed down to what it is to do. The key itself is told here and never
    /// again.
    ///
    /// # Errors
    /// `Invalid` with what is wrong with it; `Unauthenticated` where the actor is not there.
    pub async fn create<E: Entity>(&self, actor: &E, new: NewKey) -> Result<(KeyInfo, ApiKey), Error> {
        self.check::<E>()?;
        self.create_for(actor.key().into_values(), new).await
    }

    /// The same for the actor of a key, such as [`find_login`](ConnectedApp::find_login) gives.
    ///
    /// # Errors
    /// As in [`Keys::create`].
    pub async fn create_for(&self, actor: Vec<Value>, new: NewKey) -> Result<(KeyInfo, ApiKey), Error> {
        self.actions.create_key(&self.who(actor).await?, new).await
    }

    /// The keys of an actor, the oldest first.
    ///
    /// # Errors
    /// `Unauthenticated` where the actor is not there.
    pub async fn list<E: Entity>(&self, actor: &E) -> Result<Vec<KeyInfo>, Error> {
        self.check::<E>()?;
        self.list_of(actor.key().into_values()).await
    }

    /// The same for the actor of a key.
    ///
    /// # Errors
    /// As in [`Keys::list`].
    pub async fn list_of(&self, actor: Vec<Value>) -> Result<Vec<KeyInfo>, Error> {
        self.actions.keys(&self.who(actor).await?).await
    }

    /// Everybody's keys, the oldest first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn all(&self) -> Result<Vec<KeyInfo>, Error> {
        self.actions.keys(&system()).await
    }

    /// Revoke a key, whoever's it is. This process refuses it from now on, others within a second.
    ///
    /// # Errors
    /// `NotFound` where there is no such key.
    pub async fn revoke(&self, id: Uuid) -> Result<(), Error> {
        self.actions.revoke_key(&system(), id).await
    }

    async fn who(&self, actor: Vec<Value>) -> Result<Who, Error> {
        let row = self.actions.actor(actor).await?;
        row.map(Who::Actor).ok_or_else(|| Error::new(ErrorKind::Unauthenticated))
    }

    /// Whether rows of this type are the actors.
    fn check<E: Entity>(&self) -> Result<(), Error> {
        let schema = self.actions.schema();
        match schema.actor() {
            Some(actor) if actor.name() == E::NAME => Ok(()),
            Some(actor) => Err(Error::internal(format!("`{}` is no actor: `{}` is", E::NAME, actor.name()))),
            None => Err(Error::internal("the schema has no actor: say `#[policy(actor = …)]`")),
        }
    }
}

fn system() -> Who {
    Who::System("the keys of everybody".into())
}
