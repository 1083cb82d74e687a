//! Shorthands that name nobody.

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

#[policy(actor = User, read = pubic, create = role(Billng), update = role("Billing"), delete = role(), wirte = public)]
impl Invoice {}

fn main() {}
