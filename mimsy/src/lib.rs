//! Mimsy: schemas are Rust types. Structs with [`entity`], [`policy`] and [`routes`] become a guarded, running API.
//!
//! This crate is the facade: it re-exports, and holds no logic. Start with [`prelude`], then [`App`].

pub mod prelude;

pub use axum;
pub use mimsy_macros::{
    Enum, Field, after_commit, before_store, before_validate, can, cannot, entity, expr, must, policy, routes, schema,
};
pub use mimsy_runtime::access::{
    Access, Created, Cursor, Include, Included, Including, Leads, List, Page, Pages, Part, Row, Sorted, Sorting,
    Upserted, Wider,
};
pub use mimsy_runtime::actions::{BoxFuture, Change, KeyInfo, NewKey, Scope, Sink};
pub use mimsy_runtime::app::progress::Progress;
pub use mimsy_runtime::app::{App, ConnectedApp, Keys, LoginError, Seed, Seeding, StartError};
pub use mimsy_runtime::entity::{Draft, Entity, Patch};
pub use mimsy_runtime::error::{Error, ErrorKind, Refusal};
pub use mimsy_runtime::field::Json;
pub use mimsy_runtime::http::{
    Audience, Compression, Cors, CurrentActor, ForwardedBy, Hsts, HttpConfig, KeyRules, Network, Origins, Proxies,
    Rate, Rates, RouteLimits, raise_file_limit, stop_signal,
};
pub use mimsy_runtime::key::{Id, IntoKey, Key, Many, One, Ref};
pub use mimsy_runtime::query::Test;
pub use mimsy_runtime::quoted::{Captured, Condition, Named, Quoted};
pub use mimsy_runtime::secret::Secret;
pub use mimsy_runtime::sql::{Bind, Statement};
pub use mimsy_runtime::token::TokenRules;
pub use mimsy_runtime::token::api_key::ApiKey;
pub use mimsy_runtime::token::ed25519::{PublicKey, SigningKey, TrustedKeys};
pub use mimsy_runtime::violation::{Violation, Violations};
pub use mimsy_runtime::who::Who;
pub use mimsy_runtime::{Date, Decimal, Time, Timestamp, Uuid, Value, store, test};

#[cfg(feature = "cli")]
pub use mimsy_cli::{Commands, Main};

/// All that an expansion may name; no part of the public API.
#[doc(hidden)]
pub mod __rt {
    pub use mimsy_macros::__PutEntityOnTheStruct;
    pub use mimsy_runtime::__rt::*;
}
