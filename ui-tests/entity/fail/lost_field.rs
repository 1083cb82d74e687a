//! `#[field]` without `#[entity]`.

use mimsy::prelude::*;

pub struct Invoice {
    #[field(unique)]
    pub number: String,
}

fn main() {}
