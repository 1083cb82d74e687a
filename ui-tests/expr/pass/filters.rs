//! Expressions over rows: values of the program's of every kind, relations, and what they give.

use mimsy::prelude::*;
use mimsy::{Named, Quoted};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Status {
    Draft,
    Sent,
}

#[entity]
#[policy(read = public)]
pub struct Customer {
    pub id: Id<Self>,
    pub name: String,
    pub vip: bool,
}

#[entity]
#[policy(read = public)]
pub struct Invoice {
    pub id: Id<Self>,
    pub number: String,
    pub customer: Ref<Customer>,
    pub status: Status,
    pub total: Decimal,
    pub note: Option<String>,
    pub due: Option<Timestamp>,
    #[field(inverse = invoice)]
    pub lines: Many<Line>,
}

#[entity]
#[policy(read = public)]
pub struct Line {
    pub id: Id<Self>,
    pub invoice: Ref<Invoice>,
    pub qty: i64,
}

struct Wanted {
    number: String,
    status: Status,
}

fn main() {
    let wanted = Wanted { number: "INV-1".to_owned(), status: Status::Sent };
    let (min, most, text, customer): (Decimal, i64, &str, Id<Customer>) = (Decimal::ONE, 3, "x", Id::new());
    let note: Option<String> = None;
    let all: [Quoted<Invoice, bool>; 9] = [
        expr!(|i: &Invoice| i.total > min && i.customer.vip),
        expr!(|i: &Invoice| i.number == wanted.number || i.status == wanted.status),
        expr!(|i: &Invoice| i.number.starts_with(&wanted.number) && i.number.contains(text)),
        expr!(|i: &Invoice| i.customer == customer && i.note == note),
        expr!(|i: &Invoice| matches!(i.status, Status::Draft | Status::Sent) && i.total < 100),
        expr!(|i: &Invoice| i.lines.any(|line| line.qty > most + 1 && line.invoice == i.id)),
        expr!(|i: &Invoice| i.due.is_some_and(|due| due < now() - days(30))),
        expr!(|i: &Invoice| i.number == text.to_uppercase().trim().to_owned()),
        expr!(crate = mimsy, |i: &Invoice| !(i.total == 0.5) && i.customer.name != "Ann"),
    ];
    assert_eq!(all.len(), 9);
    let _: Named<Invoice, _> = expr!(|invoice: &Invoice| invoice.customer.name);
    let _: Named<Invoice, bool> = expr!(|invoice: &Invoice| invoice.customer.vip);
    assert_eq!((wanted.number.as_str(), note), ("INV-1", None));
}
