//! `_mimsy_keys`: the API keys of actors. Of a key itself there is a digest alone.

use mimsy_schema::{Field, Kind, List, Model, Text, Unique};

use super::{Table, column, entity, tables};

/// The entity's name.
const ENTITY: &str = "ApiKey";

/// The key of the row.
pub const ID: usize = 0;
/// Whose it is: the key of the actor's row, as JSON: `{"uuid": "…"}`.
pub const ACTOR: usize = 1;
/// What its owner calls it.
pub const NAME: usize = 2;
/// The digest of the key. A fast one, without salt: the key is random, so there is nothing to try.
pub const DIGEST: usize = 3;
/// What it may do, separated by spaces.
pub const ACTIONS: usize = 4;
/// Since when it is there.
pub const CREATED: usize = 5;
/// Until when it is valid.
pub const EXPIRES: usize = 6;
/// When it was used last, to the hour.
pub const USED: usize = 7;

pub(super) fn table() -> Table {
    let perhaps = |name| Field { nullable: true, ..column(name, Kind::Timestamp) };
    let fields = vec![
        column("id", Kind::Uuid),
        column("actor", Kind::Text),
        column("name", Kind::Text),
        column("digest", Kind::Text),
        column("actions", Kind::Text),
        column("created_at", Kind::Timestamp),
        perhaps("expires_at"),
        perhaps("used_at"),
    ];
    let mut entity = entity(ENTITY, "_mimsy_keys", fields);
    let unique = |fields: &'static [Text]| Unique { fields: List::Static(fields) };
    entity.uniques = vec![
        unique(&[Text::Static("digest")]),
        // For its index alone: an actor's keys are listed.
        unique(&[Text::Static("actor"), Text::Static("id")]),
    ]
    .into();
    Table { entity, steps: &[] }
}

/// The table of this version of Mimsy.
#[must_use]
pub fn model() -> &'static Model {
    tables().model(ENTITY)
}
