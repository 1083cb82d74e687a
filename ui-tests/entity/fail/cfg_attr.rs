//! `#[field]` behind a `cfg_attr`.

use mimsy::prelude::*;

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
    #[cfg_attr(all(), field(unique))]
    pub number: String,
}

fn main() {}
