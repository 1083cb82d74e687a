//! Indexes over what is not there, or cannot be indexed; and conditions that no index can have.

use mimsy::prelude::*;

#[derive(Clone, Copy, Enum)]
pub enum Status {
    Draft,
    Sent,
}

#[entity(
    index(numbr),
    index(org.name, -total),
    index("number"),
    index = number,
    index(),
    unique(org, lines),
    unique(number, gin),
    index(number, gin),
    index(number, where = status),
    index(number, where = |invoice| invoice.statu == Status::Draft),
    index(number, where = |invoice| invoice.status == "draft"),
    index(number, where = |invoice| invoice.number.to_uppercase() == "A"),
    index(number, where = |a, b| true),
)]
pub struct Invoice {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    pub number: String,
    pub status: Status,
    #[field(index = btree)]
    pub total: i64,
    #[field(index = gin)]
    pub paid: bool,
    #[field(inverse = invoice, index)]
    pub lines: Many<Line>,
}

#[entity]
pub struct Org {
    pub id: Id<Self>,
    pub name: String,
}

#[entity]
pub struct Line {
    pub id: Id<Self>,
    pub invoice: Ref<Invoice>,
}

fn main() {}
