//! Tenants that fence nothing.

use mimsy::prelude::*;

#[entity(tenant = name)]
pub struct Customer {
    pub id: Id<Self>,
    pub name: String,
}

#[entity(tenant = customer)]
pub struct Order {
    pub id: Id<Self>,
    pub customer: Option<Ref<Customer>>,
}

fn main() {}
