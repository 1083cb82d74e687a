//! A key of another entity.

use mimsy::prelude::*;

#[entity]
pub struct Invoice {
    pub id: Id<Customer>,
}

#[entity]
pub struct Customer {
    pub id: Id<Self>,
}

fn main() {}
