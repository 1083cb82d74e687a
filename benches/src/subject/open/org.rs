//! What an item belongs to; no fence here.

use mimsy::prelude::*;

/// An organisation.
#[entity]
#[routes(get)]
#[policy(all = public)]
pub struct Org {
    pub id: Id<Self>,
    #[field(len = 1..=80, unique)]
    pub name: String,
}
