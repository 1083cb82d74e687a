//! The HTTP door: requests in, actions, JSON out.
//!
//! Owns the surface of `/api`: which path and method mean which action, query strings, bodies, entity tags, problems,
//! limits, metrics, the access log. The one module that names axum; there is no axum route an entity, since one handler reads the
//! path against the schema of the moment (`dispatch`).
//!
//! Must not know: the store, SQL, how a policy decides. What it hands to [`Actions`](crate::actions::Actions) is typed
//! and well-formed; all else is theirs to refuse.
//!
//! Start at [`router()`] and [`server()`]; a request then passes `envelope` (with its `exchange`), `dispatch`, and `read`,
//! `write` or `batch`. [`config`] is the table of all limits; [`serve`](mod@serve) owns the connections.

mod accept;
mod answer;
mod audience;
pub mod authenticate;
mod batch;
mod body;
mod client;
mod compression;
pub mod config;
mod cors;
pub mod current_actor;
mod dispatch;
pub mod door;
mod elements;
mod envelope;
mod etag;
mod exchange;
mod explain;
mod gate;
mod idempotency;
mod keys;
mod limits;
mod metrics;
mod network;
mod operators;
pub mod params;
#[doc(hidden)]
pub mod path;
mod prefer;
pub mod problem;
mod rate;
mod read;
mod request_id;
mod route;
mod router;
pub mod serve;
mod standing;
mod write;
mod written;

pub use axum::body::Body;
pub use axum::extract::ConnectInfo;
pub use axum::{Extension, Router};

pub use audience::Audience;
pub use authenticate::{Authenticate, Refused};
pub use client::{ForwardedBy, Proxies};
pub use compression::Compression;
pub use config::{ConfigError, HttpConfig, KeyRules, Rates};
pub use cors::{Cors, Origins};
pub use current_actor::CurrentActor;
pub use door::Door;
pub use limits::RouteLimits;
pub use network::{Network, NetworkError};
pub(crate) use path::sub as subject;
pub use rate::Rate;
pub use router::{router, server};
pub use serve::{raise_file_limit, serve, serve_door, stop_signal};
pub use standing::Hsts;

#[cfg(test)]
mod tests;
