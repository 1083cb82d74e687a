//! The runtime of Mimsy.

#[doc(hidden)]
pub mod __rt;
pub mod entity;
pub mod field;
pub mod key;
pub mod shape;
