//! The runtime of Mimsy.

#[doc(hidden)]
pub mod __rt;
pub mod entity;
pub mod field;
pub mod key;
pub mod row;
pub mod shape;
pub mod sql;
pub mod store;
