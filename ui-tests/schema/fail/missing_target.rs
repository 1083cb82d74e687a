//! A schema that lacks what its entities speak of.

use mimsy::prelude::*;

#[entity]
pub struct User {
    pub id: Id<Self>,
}

#[entity]
#[policy(actor = User, read = authenticated)]
pub struct Customer {
    pub id: Id<Self>,
    #[field(inverse = customer)]
    pub invoices: Many<Invoice>,
}

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
    pub customer: Ref<Customer>,
}

mimsy::schema! { pub WithoutInvoice: Customer, User }
mimsy::schema! { pub WithoutActor: Customer, Invoice }
mimsy::schema! { pub WithoutCustomer: User, Invoice }

fn main() {}
