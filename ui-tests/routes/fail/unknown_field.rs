//! Paths to fields that are not there.

use mimsy::prelude::*;

#[entity]
#[policy(read = public)]
pub struct Customer {
    pub id: Id<Self>,
    pub name: String,
}

#[entity]
#[policy(read = public)]
#[routes(
    list(
        filter(numbr, customer.nam, number.name, lines.qty),
        sort(totl, lines),
        include(custmer, number, lines.qyt, lines.qty, number.lines),
    ),
    get,
)]
pub struct Invoice {
    pub id: Id<Self>,
    pub number: String,
    pub customer: Ref<Customer>,
    #[field(inverse = invoice)]
    pub lines: Many<Line>,
}

#[entity]
pub struct Line {
    pub id: Id<Self>,
    pub invoice: Ref<Invoice>,
    pub qty: i64,
}

fn main() {}
