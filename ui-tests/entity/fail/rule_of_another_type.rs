//! Rules that do not fit the type of their field.

use mimsy::prelude::*;

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
    #[field(len = 1..=80)]
    pub qty: i64,
    #[field(pattern = "^a")]
    pub open: bool,
    #[field(min = 0)]
    pub number: String,
    #[field(scale = 3)]
    pub count: i64,
    #[field(created)]
    pub made: String,
    #[field(updated)]
    pub changed: Option<Timestamp>,
    #[field(email)]
    pub total: Decimal,
    #[field(login)]
    pub serial: i64,
    #[field(on_delete = cascade)]
    pub note: String,
}

fn main() {}
