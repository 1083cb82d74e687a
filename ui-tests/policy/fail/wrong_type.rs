//! A rule compares what is never equal, or has no order.

use mimsy::prelude::*;

#[derive(Clone, Copy, Enum)]
pub enum Status {
    Draft,
    Paid,
}

#[derive(Clone, Copy, Enum)]
pub enum Role {
    Viewer,
    Billing,
}

#[entity]
pub struct User {
    pub id: Id<Self>,
    pub name: String,
    #[field(role)]
    pub role: Role,
}

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
    pub owner: Option<Ref<User>>,
    pub seller: Ref<User>,
    pub status: Status,
    pub total: Decimal,
    pub qty: i64,
    pub due: Option<i64>,
    pub number: String,
}

#[policy(actor = User)]
impl Invoice {
    #[can(read)]
    fn never(user: &User, invoice: &Invoice) -> bool {
        invoice.seller == user.name
            || invoice.qty == "five"
            || invoice.status == Role::Viewer
            || invoice.status < Status::Paid
            || invoice.qty
    }
}

fn main() {}
