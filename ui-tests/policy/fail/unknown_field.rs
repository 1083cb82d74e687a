//! A rule names a field that is not there.

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
    fn mine(user: &User, invoice: &Invoice) -> bool {
        invoice.statsu == Status::Paid && invoice.seller.nam == user.name
    }
}

fn main() {}
