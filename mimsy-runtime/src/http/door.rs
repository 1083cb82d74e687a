//! What every request needs at hand.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};

use axum::Extension;
use http::StatusCode;
use http::request::Parts;
use mimsy_schema::Schema;
use mimsy_schema::name::nearest;

use super::authenticate::Authenticate;
use super::config::{ConfigError, HttpConfig};
use super::cors::Sharing;
use super::gate::Gate;
use super::limits::LimitTable;
use super::metrics::{Metrics, RefusedBy};
use super::network::household;
use super::problem::Problem;
use super::rate::Limiter;
use super::standing::Standing;
use crate::actions::Actions;
use crate::page::Cursors;
use crate::secret::Secret;
use crate::token::Tokens;
use crate::who::Who;

/// The HTTP door of an application. Cheap to clone.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    actions: Actions,
    config: HttpConfig,
    tokens: Tokens,
    cursors: Cursors,
    authenticate: Authenticate,
    limits: LimitTable,
    gate: Gate,
    limiters: Limiters,
    metrics: Metrics,
    standing: Standing,
    sharing: Option<Sharing>,
    stopping: AtomicBool,
}

/// What is counted for every request.
#[derive(Debug)]
pub(crate) struct Limiters {
    pub(crate) address: Option<Limiter>,
    pub(crate) actor: Option<Limiter>,
    pub(crate) failures: Option<Limiter>,
    /// Whether it matters where a request comes from.
    addresses: bool,
}

impl Door {
    /// A door to `actions`.
    ///
    /// # Errors
    /// Where the configuration contradicts itself or the schema.
    pub fn new(
        actions: Actions,
        config: HttpConfig,
        secret: &Secret,
        tokens: Tokens,
        authenticate: Authenticate,
    ) -> Result<Self, ConfigError> {
        let limits = Self::check(&config, &actions.schema())?;
        let cursors = secret.previous_cursor_keys().fold(Cursors::new(secret.cursor_key()), Cursors::with_previous);
        let gate = Gate::new(config.concurrency);
        let limiters = Limiters {
            address: config.rates.address.map(Limiter::new),
            actor: config.rates.actor.map(Limiter::new),
            failures: config.rates.failures.map(Limiter::new),
            addresses: config.rates.address.is_some() || config.rates.failures.is_some() || limits.count_callers(),
        };
        let metrics = Metrics::new(actions.schema().models().len());
        let standing = Standing::new(&config);
        let sharing = config.cors.as_ref().map(Sharing::new).transpose()?;
        let stopping = AtomicBool::new(false);
        Ok(Self(Arc::new(Inner {
            actions,
            config,
            tokens,
            cursors,
            authenticate,
            limits,
            gate,
            limiters,
            metrics,
            standing,
            sharing,
            stopping,
        })))
    }

    /// Whether a configuration fits a schema.
    pub(crate) fn check(config: &HttpConfig, schema: &Schema) -> Result<LimitTable, ConfigError> {
        config.check()?;
        config.cors.as_ref().map(Sharing::new).transpose()?;
        explainers(config, schema)?;
        LimitTable::new(config, schema)
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

    /// Wait for `stop`; then say on `/readyz` that no more should come, for the configured grace.
    pub(crate) async fn until(&self, stop: impl Future<Output = ()>) {
        stop.await;
        self.0.stopping.store(true, Ordering::Relaxed);
        tokio::time::sleep(self.config().stop_grace).await;
    }

    /// Who asks. Where too many requests from the same address had wrong credentials, nobody there is listened to.
    pub(crate) async fn who(&self, parts: &Parts) -> Result<Who, Problem> {
        let failures = self.0.limiters.failures.as_ref();
        let Some((limiter, client)) = failures.zip(self.client(parts)) else {
            return self.0.authenticate.who(self, parts).await;
        };
        if let Some(wait) = limiter.look(&client).wait {
            self.0.metrics.refused(RefusedBy::Rate);
            let detail = "There were too many requests with wrong credentials from your address";
            return Err(Problem::too_many(detail, wait));
        }
        self.0.authenticate.who(self, parts).await.inspect_err(|problem| {
            if problem.status() == StatusCode::UNAUTHORIZED {
                limiter.take(&client);
            }
        })
    }

    /// Where a request comes from, where that counts: the address, or the household of one of IPv6.
    pub(crate) fn client(&self, parts: &Parts) -> Option<IpAddr> {
        if !self.0.limiters.addresses {
            return None;
        }
        let client = self.config().proxies.client(parts);
        if client.is_none() {
            told_once();
        }
        client.map(household)
    }

    /// Whether the server was asked to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
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

    /// The limits of the routes.
    pub(crate) fn limits(&self) -> &LimitTable {
        &self.0.limits
    }

    /// Lets in as many requests at once as may be under way.
    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    pub(crate) fn limiters(&self) -> &Limiters {
        &self.0.limiters
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The headers of every answer.
    pub(crate) fn standing(&self) -> &Standing {
        &self.0.standing
    }

    /// What pages of other origins may do, if they may do anything.
    pub(crate) fn sharing(&self) -> Option<&Sharing> {
        self.0.sharing.as_ref()
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("config", &self.0.config).finish_non_exhaustive()
    }
}

/// A limit that never refuses is worse than none, so it is said; once, since it holds for every request.
fn told_once() {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        tracing::warn!(
            "limits of addresses are configured, but requests come without one: serve by `ConnectedApp::serve`, or by axum \
             with `into_make_service_with_connect_info::<SocketAddr>()`"
        );
    });
}

/// Roles that may ask for explanations are roles.
fn explainers(config: &HttpConfig, schema: &Schema) -> Result<(), ConfigError> {
    let role = schema.actor().and_then(|actor| actor.fields().iter().find(|field| field.role));
    let roles = || role.iter().flat_map(|role| role.values.iter()).map(mimsy_schema::Text::as_str);
    match config.explainers.iter().find(|name| !roles().any(|role| role == name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let hint = match nearest(name, roles()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "it lists roles of the actor, as they are stored".to_owned(),
            };
            Err(ConfigError(format!("`HttpConfig::explainers` names `{name}`, which is no role; {hint}")))
        }
    }
}
