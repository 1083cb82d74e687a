//! Functions that are no rules.

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
    fn nothing(invoice: &Invoice) -> bool {
        true
    }

    #[can]
    fn which(invoice: &Invoice) -> bool {
        true
    }

    #[can(list, raed, publish)]
    fn verbs(invoice: &Invoice) -> bool {
        true
    }

    #[can(read)]
    fn owned(invoice: Invoice) -> bool {
        true
    }

    #[can(read)]
    fn method(&self) -> bool {
        true
    }

    #[can(read)]
    fn no_parameters() -> bool {
        true
    }

    #[can(read, update)]
    fn three(_user: &User, _old: &Invoice, _new: &Invoice) -> bool {
        true
    }

    #[can(read)]
    fn number(invoice: &Invoice) -> i64 {
        invoice.qty
    }

    #[can(read)]
    #[cannot(update)]
    fn both(_invoice: &Invoice) -> bool {
        true
    }

    #[can(delete)]
    fn other_way_round(_invoice: &Invoice, _user: &User) -> bool {
        true
    }
}

fn main() {}
