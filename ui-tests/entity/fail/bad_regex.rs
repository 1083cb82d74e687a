//! A pattern that is no regular expression.

use mimsy::prelude::*;

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
    #[field(pattern = "^INV-[0-9{6}$")]
    pub number: String,
}

fn main() {}
