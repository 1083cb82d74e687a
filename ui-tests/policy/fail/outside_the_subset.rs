//! A rule says what has no meaning in SQL.

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
    fn method(invoice: &Invoice) -> bool {
        invoice.number.to_uppercase() == "X"
    }

    #[can(read)]
    fn rows(invoice: &Invoice) -> bool {
        invoice.number.any(|line| line.qty > 1)
    }

    #[can(read)]
    fn division(invoice: &Invoice) -> bool {
        invoice.qty / 2 > 5 && days(3) < invoice.qty
    }

    #[can(read)]
    fn nobody(invoice: &Invoice) -> bool {
        can!(invoice.seller, read)
    }

    #[can(read)]
    fn control(invoice: &Invoice) -> bool {
        if invoice.qty > 5 { true } else { false }
    }

    #[can(read)]
    fn binding(invoice: &Invoice) -> bool {
        let limit = 5;
        invoice.qty > limit
    }

    #[can(read)]
    fn function(invoice: &Invoice) -> bool {
        is_large(invoice.qty)
    }

    #[can(read)]
    fn stranger(user: &User, invoice: &Invoice) -> bool {
        invoice.seller == usr.id
    }

    #[can(read)]
    fn row(user: &User, invoice: &Invoice) -> bool {
        invoice.seller == user
    }

    #[can(read)]
    fn range(invoice: &Invoice) -> bool {
        matches!(invoice.qty, 1..=5)
    }

    #[can(read)]
    fn closure(invoice: &Invoice) -> bool {
        invoice.due.is_some_and(is_late)
    }
}

fn main() {}
