//! An entity with two keys.

use mimsy::prelude::*;

#[entity]
pub struct Invoice {
    #[field(id)]
    pub number: Id<Self>,
    #[field(id)]
    pub code: Id<Self>,
}

fn main() {}
