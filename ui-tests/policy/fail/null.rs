//! A rule forgets that a field may be NULL.

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
    fn nulls(user: &User, invoice: &Invoice) -> bool {
        invoice.due == 3 || invoice.owner == user.id || invoice.due < 5 || invoice.owner.name == user.name
    }

    #[can(create)]
    fn never_null(invoice: &Invoice) -> bool {
        invoice.qty.is_none()
    }

    #[can(update)]
    fn other_fallback(invoice: &Invoice) -> bool {
        invoice.due.unwrap_or("none") == 3
    }
}

fn main() {}
