//! What the integration tests stand on.

pub mod cluster;
pub mod shop;
pub mod statements;
