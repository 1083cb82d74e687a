//! Mimsy: schemas are Rust types. Structs with [`entity`], [`policy`] and [`routes`] become a guarded, running API.
//!
//! This crate is the facade: it re-exports, and holds no logic. Start with [`prelude`].

pub mod prelude;

pub use mimsy_macros::{Enum, can, cannot, entity, must, policy, routes, schema};
pub use mimsy_runtime::entity::{Draft, Entity, Patch};
pub use mimsy_runtime::key::{Id, Many, Ref};

/// All that an expansion may name; no part of the public API.
#[doc(hidden)]
pub mod __rt {
    pub use mimsy_macros::__EntityAttrs;
    pub use mimsy_runtime::__rt::*;
}
