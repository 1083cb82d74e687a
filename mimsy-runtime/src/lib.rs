//! The runtime of Mimsy: everything behind the macros, driven by the schema.
//!
//! Doors ([`http`], the typed [`access`]) → [`actions`] (the only road to data) → [`policy`], [`validate`], [`page`],
//! [`sql`] (all pure) → [`store`] (the only module that touches a driver). [`app`] puts them together.

#[doc(hidden)]
pub mod __rt;
pub mod access;
pub mod actions;
pub mod app;
pub mod check;
pub mod digest;
pub mod entity;
pub mod error;
pub mod export;
pub mod field;
pub mod grants;
pub mod hook;
pub mod http;
pub mod internal;
pub mod json;
pub mod key;
pub mod migrate;
pub mod page;
pub mod policy;
pub mod query;
pub mod quoted;
pub mod row;
pub mod secret;
pub mod shape;
pub mod sql;
pub mod store;
pub mod test;
pub mod token;
pub mod validate;
pub mod violation;
pub mod who;

pub use mimsy_schema::{Date, Time, Timestamp, Value};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;
