//! What every request needs at hand.

use std::fmt;
use std::sync::Arc;

use axum::Extension;

use super::authenticate::Authenticate;
use super::config::HttpConfig;
use crate::actions::Actions;
use crate::page::Cursors;
use crate::secret::Secret;
use crate::token::Tokens;

/// The HTTP door of an application. Cheap to clone.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    actions: Actions,
    config: HttpConfig,
    tokens: Tokens,
    cursors: Cursors,
    authenticate: Authenticate,
}

impl Door {
    /// A door to `actions`.
    #[must_use]
    pub fn new(actions: Actions, config: HttpConfig, secret: &Secret, authenticate: Authenticate) -> Self {
        let tokens = Tokens::new(secret.token_key());
        let cursors = Cursors::new(secret.cursor_key());
        Self(Arc::new(Inner { actions, config, tokens, cursors, authenticate }))
    }

    /// The layer that lets [`CurrentActor`](super::CurrentActor) work in routes beside ours.
    pub fn layer(&self) -> Extension<Self> {
        Extension(self.clone())
    }

    /// How it behaves.
    #[must_use]
    pub fn config(&self) -> &HttpConfig {
        &self.0.config
    }

    pub(crate) fn actions(&self) -> &Actions {
        &self.0.actions
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub(crate) fn cursors(&self) -> &Cursors {
        &self.0.cursors
    }

    pub(crate) fn authenticate(&self) -> &Authenticate {
        &self.0.authenticate
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("config", &self.0.config).finish_non_exhaustive()
    }
}
