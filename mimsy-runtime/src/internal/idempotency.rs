//! `_mimsy_idempotency`: what was answered to requests that came with an `Idempotency-Key`.

use mimsy_schema::{Kind, List, Model, Text, Unique};

use super::{Table, column, entity, tables};

/// The entity's name.
const ENTITY: &str = "KeptAnswer";

/// Which request it was: a digest of the actor, the method, the path and the key. The key of the row.
pub const NAME: usize = 0;
/// A digest of what was asked for.
pub const REQUEST: usize = 1;
/// A hash of what the actor might read, and of the schema.
pub const RIGHTS: usize = 2;
/// The answer, as its door wrote it down.
pub const ANSWER: usize = 3;
/// The rows that it shows, as JSON: `[["Invoice", [{"uuid": "…"}]]]`.
pub const SHOWS: usize = 4;
/// Until when it is kept.
pub const EXPIRES: usize = 5;

pub(super) fn table() -> Table {
    let fields = vec![
        column("name", Kind::Text),
        column("request", Kind::Text),
        column("rights", Kind::Text),
        column("answer", Kind::Text),
        column("shows", Kind::Text),
        column("expires_at", Kind::Timestamp),
    ];
    let mut entity = entity(ENTITY, "_mimsy_idempotency", fields);
    // For its index alone: what has expired is looked for by time.
    let unique = Unique { fields: List::Static(&[Text::Static("expires_at"), Text::Static("name")]) };
    entity.uniques = vec![unique].into();
    Table { entity, steps: &[] }
}

/// The table of this version of Mimsy.
#[must_use]
pub fn model() -> &'static Model {
    tables().model(ENTITY)
}
