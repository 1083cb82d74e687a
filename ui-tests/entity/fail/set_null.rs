//! A reference that cannot become NULL, and a to-many behind an alias.

use mimsy::prelude::*;

type Orders = Many<Order>;

#[entity]
pub struct Customer {
    pub id: Id<Self>,
    #[field(inverse = customer)]
    pub orders: Orders,
    #[field(inverse = customer, default = 5)]
    pub more: Many<Order>,
}

#[entity]
pub struct Order {
    pub id: Id<Self>,
    #[field(on_delete = set_null)]
    pub customer: Ref<Customer>,
}

fn main() {}
