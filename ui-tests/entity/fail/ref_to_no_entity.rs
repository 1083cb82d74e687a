//! A reference to what is no entity, and a type that is no field.

use mimsy::prelude::*;

pub struct Customer;

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
    pub customer: Ref<Customer>,
    pub tags: std::collections::BTreeSet<String>,
}

fn main() {}
