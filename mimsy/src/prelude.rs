//! What a program with entities needs: `use mimsy::prelude::*;`.

pub use mimsy_macros::{Enum, can, cannot, entity, must, policy, routes, schema};
pub use mimsy_runtime::__rt::{Decimal, Timestamp};
pub use mimsy_runtime::entity::{Draft, Entity, Patch};
pub use mimsy_runtime::key::{Id, Many, Ref};
