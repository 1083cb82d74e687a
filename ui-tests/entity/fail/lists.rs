//! What no list holds, and what is not said of a list.

use mimsy::prelude::*;

#[entity]
pub struct Basket {
    pub id: Id<Self>,
    pub perhaps: Vec<Option<String>>,
    pub nested: Vec<Vec<String>>,
    pub baskets: Vec<Ref<Self>>,
}

#[entity]
pub struct Shelf {
    pub id: Id<Self>,
    #[field(unique)]
    pub tags: Vec<String>,
    #[field(pattern = "^a")]
    pub words: Vec<String>,
    #[field(wide)]
    pub numbers: Vec<i64>,
    #[field(default = "a")]
    pub labels: Vec<String>,
}

fn main() {}
