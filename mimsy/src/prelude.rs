//! What an application usually needs: `use mimsy::prelude::*;`.

pub use crate::{
    Access, App, Created, Date, Decimal, Draft, Entity, Enum, Error, ErrorKind, Field, Id, Json, Many, One, Page,
    Patch, Ref, Seed, Seeding, Test, Time, Timestamp, Uuid, Violation, Violations, after_commit, before_store,
    before_validate, can, cannot, entity, expr, must, policy, routes,
};

#[cfg(feature = "cli")]
pub use crate::{Commands as _, Main as _};
