//! A key that an attribute does not have.

use mimsy::prelude::*;

#[entity(tabel = "bills")]
pub struct Invoice {
    pub id: Id<Self>,
    #[field(patern = "^INV")]
    pub number: String,
    #[field(fulltext)]
    pub note: String,
    #[field(unique, unique)]
    pub code: String,
}

fn main() {}
