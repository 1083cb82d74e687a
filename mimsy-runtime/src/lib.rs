//! The runtime of Mimsy.

#[doc(hidden)]
pub mod __rt;
pub mod access;
pub mod actions;
pub mod app;
pub mod entity;
pub mod error;
pub mod field;
pub mod http;
pub mod json;
pub mod key;
pub mod migrate;
pub mod page;
pub mod policy;
pub mod query;
pub mod row;
pub mod secret;
pub mod shape;
pub mod sql;
pub mod store;
pub mod token;
pub mod validate;
pub mod violation;
pub mod who;
