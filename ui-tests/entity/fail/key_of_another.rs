//! A key of another entity, and one that nobody makes.

use mimsy::prelude::*;

#[entity]
pub struct Invoice {
    pub id: Id<Customer>,
}

#[entity]
pub struct Customer {
    pub id: i64,
}

fn main() {}
