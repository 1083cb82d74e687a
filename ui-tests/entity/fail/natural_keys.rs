//! What cannot name a row, and references that do not name the key of their target.

use mimsy::prelude::*;

#[entity]
pub struct Country {
    #[field(id)]
    pub code: String,
    pub name: String,
}

#[entity]
pub struct Town {
    pub id: Id<Self>,
    pub country: Ref<Country>,
    pub former: Option<Ref<Country, i64>>,
    pub twin: Ref<Town, String>,
}

#[entity]
pub struct Price {
    #[field(id)]
    pub amount: Decimal,
}

#[entity]
pub struct Perhaps {
    #[field(id)]
    pub code: Option<String>,
}

#[entity]
pub struct Twice {
    #[field(id, unique, default = "x")]
    pub code: String,
}

fn main() {}
