//! An application: a schema, where its data lives, and who its callers are.
//!
//! [`App`] collects what the program says; [`App::connect`] checks it and opens the database; [`ConnectedApp`] is then a
//! router, a typed API, or both. `mimsy-cli` makes a program of it.

mod after;
mod error;
mod explain;
mod keys;
mod login;
pub mod progress;
mod seed;
pub mod token_key;

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use mimsy_schema::{Fragment, Schema, assemble};
use tokio::net::TcpListener;

use crate::access::Access;
use crate::actions::{Actions, Scope, Sink};
use crate::check::Checks;
use crate::entity::{Entity, Part, Source};
use crate::hook::{Hooked, Hooks};
use crate::http::{self as door, Authenticate, Door, HttpConfig, Refused};
use crate::key::Key;
use crate::migrate::{self, Tables};
use crate::secret::Secret;
use crate::store::{Options, Store, StoreError};
use crate::token::ed25519::{SigningKey, TrustedKeys};
use crate::token::{TokenRules, Tokens};
use crate::validate::Validator;
use crate::who::Who;
pub use error::StartError;
pub use explain::ExplainError;
pub use keys::Keys;
pub use login::LoginError;
pub use seed::{Seed, Seeding};

/// An application, before it is connected to its database.
///
/// ```no_run
/// # use mimsy_runtime::{app::App, entity::{Part, Source}};
/// # struct Shop;
/// # impl Source for Shop { fn parts(&self) -> &'static [Part] { &[] } }
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let app = App::new(Shop).connect("sqlite://shop.db").await?;
/// let router: axum::Router = app.router();
/// # Ok(())
/// # }
/// ```
pub struct App {
    name: Option<String>,
    fragments: Vec<Fragment>,
    /// The program's own checks, by the name of their entity.
    checks: Vec<(&'static str, &'static Checks)>,
    hooks: Vec<(&'static str, &'static Hooks)>,
    sinks: Vec<Arc<dyn Sink>>,
    seed: Option<Seed>,
    demo: Option<String>,
    authenticate: Authenticate,
    http: HttpConfig,
    store: Options,
    secret: Option<Secret>,
    signing: Option<SigningKey>,
    trusted: Vec<TrustedKeys>,
    extensions: Vec<Box<dyn Any + Send>>,
}

impl App {
    /// An application of a schema.
    #[must_use]
    pub fn new(source: impl Source) -> Self {
        Self {
            name: None,
            fragments: source.parts().iter().map(Part::fragment).collect(),
            checks: source.parts().iter().map(|part| (part.entity.name.as_str(), part.checks)).collect(),
            hooks: source.parts().iter().map(|part| (part.entity.name.as_str(), part.hooks)).collect(),
            sinks: Vec::new(),
            seed: None,
            demo: None,
            authenticate: Authenticate::default(),
            http: HttpConfig::default(),
            store: Options::default(),
            secret: None,
            signing: None,
            trusted: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// Its name: that of its database file, when `DATABASE_URL` names none. By default the program's.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Hear of every change, inside the transaction that makes it.
    #[must_use]
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.sinks.push(Arc::new(sink));
        self
    }

    /// Rows to plant: by the command `seed`, and by `serve` where there is no row at all.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The login of a planted actor, for a demonstration: `serve` then prints a ready request with a token of theirs.
    #[must_use]
    pub fn demo(mut self, login: impl Into<String>) -> Self {
        self.demo = Some(login.into());
        self
    }

    /// Tell who calls in your own way, in the place of bearer tokens: the key of the actor's row, or `None` for nobody.
    /// An error is answered with 401, and its text goes to the caller.
    #[must_use]
    pub fn actor<K, F, Fut, Fail>(mut self, authenticate: F) -> Self
    where
        K: Key,
        F: Fn(&Parts) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<K>, Fail>> + Send + 'static,
        Fail: std::fmt::Display,
    {
        self.authenticate = Authenticate::own(move |parts| {
            let answer = authenticate(parts);
            Box::pin(async move {
                let key = answer.await.map_err(|refused| Refused(refused.to_string()))?;
                Ok(key.map(Key::into_values))
            })
        });
        self
    }

    /// What a bearer token has to say, besides being signed and in time: its issuer, its audience.
    #[must_use]
    pub fn tokens(mut self, rules: TokenRules) -> Self {
        self.authenticate = Authenticate::Bearer(rules);
        self
    }

    /// This secret, where none was given.
    pub(crate) fn or_secret(mut self, secret: Secret) -> Self {
        self.secret.get_or_insert(secret);
        self
    }

    /// Sign tokens by EdDSA, with a key of Ed25519; by default with the one in the file that `MIMSY_TOKEN_KEY` names, if it
    /// names one, and otherwise by HS256 with a key that follows from the secret. Tokens by HS256 are taken still.
    #[must_use]
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.signing = Some(key);
        self
    }

    /// Also take tokens that others sign by EdDSA, such as an identity provider; their `sub` is the key of an actor's row
    /// here. Call it once for each of them.
    ///
    /// ```
    /// # use mimsy_runtime::{app::App, token::{TokenRules, ed25519::{KeyError, TrustedKeys}}};
    /// # fn with(app: App, jwks: &str) -> Result<App, KeyError> {
    /// let rules = TokenRules { issuer: Some("https://id.example".into()), ..TokenRules::default() };
    /// # Ok(
    /// app.trust(TrustedKeys::from_jwks(jwks)?.rules(rules))
    /// # ) }
    /// ```
    #[must_use]
    pub fn trust(mut self, keys: TrustedKeys) -> Self {
        self.trusted.push(keys);
        self
    }

    /// Limits, prefix and time-outs of the HTTP door.
    #[must_use]
    pub fn http(mut self, config: HttpConfig) -> Self {
        self.http = config;
        self
    }

    /// How the database is opened.
    #[must_use]
    pub fn store(mut self, options: Options) -> Self {
        self.store = options;
        self
    }

    /// The secret that tokens and cursors are sealed with; by default it is read from `MIMSY_SECRET`.
    #[must_use]
    pub fn secret(mut self, secret: Secret) -> Self {
        self.secret = Some(secret);
        self
    }

    /// Carry something for a layer above, such as the commands of a program: it comes back from [`App::extensions`].
    #[doc(hidden)]
    #[must_use]
    pub fn extend(mut self, extension: impl Any + Send) -> Self {
        self.extensions.push(Box::new(extension));
        self
    }

    /// Take what a layer above has left here, in its order.
    #[doc(hidden)]
    pub fn extensions<T: Any>(&mut self) -> Vec<T> {
        let mut found = Vec::new();
        for extension in std::mem::take(&mut self.extensions) {
            match extension.downcast::<T>() {
                Ok(own) => found.push(*own),
                Err(other) => self.extensions.push(other),
            }
        }
        found
    }

    /// What `seed` plants, and with which counts.
    #[must_use]
    pub fn seeding(&self) -> Option<&Seed> {
        self.seed.as_ref()
    }

    /// The login that [`App::demo`] named.
    #[must_use]
    pub fn demo_login(&self) -> Option<&str> {
        self.demo.as_deref()
    }

    /// Where the data is when nothing else is said: an SQLite file of the application's name.
    #[must_use]
    pub fn default_url(&self) -> String {
        let program = std::env::current_exe().ok();
        let stem = program.as_deref().and_then(std::path::Path::file_stem).and_then(std::ffi::OsStr::to_str);
        format!("sqlite://{}.db", self.name.as_deref().or(stem).unwrap_or("mimsy"))
    }

    /// The path that the API is under: `/api` unless the program says otherwise.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.http.prefix
    }

    /// Assemble and check the schema.
    ///
    /// # Errors
    /// Every diagnostic at once.
    pub fn check(&self) -> Result<Schema, StartError> {
        let schema = assemble(self.fragments.clone())?;
        Validator::new(&schema, &self.checks)?;
        Door::check(&self.http, &schema)?;
        Ok(schema)
    }

    /// Open a database: `sqlite://file`, or `postgres://…`. An empty one gets its tables; one that differs from the
    /// schema is refused, with the differences.
    ///
    /// # Errors
    /// What is wrong with the schema, the secret, the address or the database.
    pub async fn connect(self, url: &str) -> Result<ConnectedApp, StartError> {
        let statement_time = Some(self.store.statement_time.unwrap_or(self.longest()));
        let options = Options { statement_time, ..self.store.clone() };
        self.open(Store::connect(url, options)).await
    }

    /// How long any request may take.
    fn longest(&self) -> Duration {
        let limits =
            self.fragments.iter().filter_map(|one| one.routes.as_ref()).flat_map(|routes| routes.limits.iter());
        limits.filter_map(|limits| limits.time).map(Duration::from_secs).fold(self.http.longest(), Duration::max)
    }

    /// Use a database that the program has opened, such as one on its own pool of connections:
    ///
    /// ```no_run
    /// # use mimsy_runtime::{app::App, store::{Options, Store, sqlx}};
    /// # async fn run(app: App) -> Result<(), Box<dyn std::error::Error>> {
    /// let pool = sqlx::PgPool::connect("postgres://ada@localhost/shop").await?;
    /// let app = app.connect_to(Store::postgres(pool.clone(), Options::default())).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What [`App::store`] says does not hold for it. Its tables are made or compared as by [`App::connect`].
    ///
    /// # Errors
    /// As [`App::connect`].
    pub async fn connect_to(self, store: Store) -> Result<ConnectedApp, StartError> {
        self.open(async { Ok(store) }).await
    }

    async fn open(self, store: impl Future<Output = Result<Store, StoreError>>) -> Result<ConnectedApp, StartError> {
        let schema = assemble(self.fragments)?;
        let validator = Validator::new(&schema, &self.checks)?;
        // Before the database is touched.
        Door::check(&self.http, &schema)?;
        let secret = match self.secret {
            Some(secret) => secret,
            None => Secret::from_env()?,
        };
        let signing = match self.signing {
            Some(key) => Some(key),
            None => token_key::from_env()?,
        };
        let own = secret.previous_token_keys().fold(Tokens::new(secret.token_key()), Tokens::with_previous);
        let own = signing.into_iter().fold(own, Tokens::signed_by);
        let tokens = self.trusted.iter().fold(own, Tokens::trusting);
        let store = store.await?;
        let tables = migrate::prepare(&store, &schema).await?;
        let hooks = Hooked::new(&schema, &self.hooks);
        let after = hooks.follow_commits().then(after::Queue::start);
        let follower = after.as_ref().map(after::Queue::follower);
        let actions = Actions::new(schema, validator, hooks, store.clone(), self.sinks, follower);
        let rules = match &self.authenticate {
            Authenticate::Bearer(rules) => Some(rules.clone()),
            Authenticate::Own(_) => None,
        };
        let door = Door::new(actions.clone(), self.http, &secret, tokens.clone(), self.authenticate)?;
        Ok(ConnectedApp { actions, store, door, tokens, rules, tables, after })
    }
}

/// An application on its database. Cheap to clone.
#[derive(Clone)]
pub struct ConnectedApp {
    actions: Actions,
    store: Store,
    door: Door,
    tokens: Tokens,
    /// `None` where the application tells in its own way who calls.
    rules: Option<TokenRules>,
    tables: Tables,
    /// `None` where no hook follows commits.
    after: Option<after::Queue>,
}

impl ConnectedApp {
    /// The HTTP door, to serve alone or to merge into a router of yours. Handlers of yours beside it take a
    /// [`CurrentActor`](door::CurrentActor).
    pub fn router(&self) -> door::Router {
        door::router(self.door.clone())
    }

    /// Data as an actor may see and change it. Their row is looked up for every action, so a changed role takes effect.
    #[must_use]
    pub fn as_actor<E: Entity>(&self, actor: &E) -> Access {
        Access::actor(self.actions.clone(), actor.key().into_values())
    }

    /// The rows of an entity that an actor may read, as a condition for a statement of the program's own: on the `alias`
    /// that the table has there, with parameters numbered from `first`. See [`Scope`].
    ///
    /// # Errors
    /// Where the actor is not there any more, or the alias is no plain identifier.
    pub async fn scope<E: Entity>(
        &self,
        actor: &impl Entity,
        alias: &str,
        first: usize,
    ) -> Result<Scope, crate::error::Error> {
        self.as_actor(actor).scope::<E>(alias, first).await
    }

    /// Data as nobody may see and change it.
    #[must_use]
    pub fn as_nobody(&self) -> Access {
        Access::who(self.actions.clone(), Who::Nobody)
    }

    /// Data as the caller of a request may see and change it: for handlers of yours, with what
    /// [`CurrentActor`](door::CurrentActor) gave them.
    #[must_use]
    pub fn as_caller(&self, caller: &door::CurrentActor) -> Access {
        Access::who(self.actions.clone(), caller.0.clone())
    }

    /// Data past every policy. Says why: the reason stands in the record of the change.
    #[must_use]
    pub fn system(&self, why: &str) -> Access {
        Access::who(self.actions.clone(), Who::System(why.into()))
    }

    /// The schema.
    #[must_use]
    pub fn schema(&self) -> Arc<Schema> {
        self.actions.schema()
    }

    /// Whether the tables were created just now.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.tables == Tables::Created
    }

    /// Serve the API until `stop` is ready; then finish what is under way.
    pub async fn serve(&self, listener: TcpListener, stop: impl Future<Output = ()>) {
        self.serve_router(listener, door::server(self.door.clone()), stop).await;
    }

    /// Serve a router of yours, into which [`router`](Self::router) is merged, with the connections' limits and times of
    /// [`App::http`].
    pub async fn serve_router(&self, listener: TcpListener, router: door::Router, stop: impl Future<Output = ()>) {
        door::serve_door(listener, router, &self.door, stop).await;
    }

    /// Whether callers are known by tokens of ours, and not in a way of the application's own.
    #[must_use]
    pub fn takes_tokens(&self) -> bool {
        self.rules.is_some()
    }

    /// The path under which the entities are: `/api`, unless it was said otherwise.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.door.config().prefix
    }

    /// Whether there is no row of any entity.
    ///
    /// # Errors
    /// What the store says.
    pub async fn is_empty(&self) -> Result<bool, crate::error::Error> {
        self.actions.is_empty().await
    }

    /// The layer under which [`CurrentActor`](door::CurrentActor) works in routes of yours.
    pub fn layer(&self) -> door::Extension<Door> {
        self.door.layer()
    }

    /// Plant rows.
    ///
    /// # Errors
    /// What the planting says.
    pub async fn plant(&self, seed: &Seed, counts: Vec<(String, u64)>) -> Result<(), crate::error::Error> {
        seed.run(Seeding { access: self.system("seed"), counts, meter: None }).await
    }

    /// Plant rows, and show how far it is.
    ///
    /// # Errors
    /// What the planting says.
    pub async fn plant_watched(
        &self,
        seed: &Seed,
        counts: Vec<(String, u64)>,
        meter: Arc<dyn progress::Meter>,
    ) -> Result<(), crate::error::Error> {
        seed.run(Seeding { access: self.system("seed"), counts, meter: Some(meter) }).await
    }

    /// Close the database; what was begun is finished first, hooks after commits within some seconds.
    pub async fn close(&self) {
        if let Some(after) = &self.after {
            after.drained().await;
        }
        self.store.close().await;
    }
}
