//! What an editor sees while somebody types: the entity stays, and only the half-typed place is wrong.

use mimsy::prelude::*;

#[entity(tenant = )]
#[policy(read = public, create = )]
#[routes(list(filter(customer.)), get)]
pub struct Invoice {
    pub id: Id<Self>,
    #[field(min = )]
    pub total: Decimal,
    pub customer: Ref<Customer>,
}

#[entity]
pub struct Customer {
    pub id: Id<Self>,
    #[field(inverse = customer)]
    pub invoices: Many<Invoice>,
}

fn main() {}
