//! Expressions that have no meaning, and lists that are asked for what is none.

use mimsy::prelude::*;

#[entity]
#[policy(read = public)]
pub struct Customer {
    pub id: Id<Self>,
    pub name: String,
}

#[entity]
#[policy(read = public)]
pub struct Invoice {
    pub id: Id<Self>,
    pub number: String,
    pub customer: Ref<Customer>,
    pub total: Decimal,
    pub note: Option<String>,
}

struct Opaque;

fn ask(access: &Access, text: String, opaque: Opaque) {
    let _ = expr!(|invoice: &Invoice| invoice.totl > 1);
    let _ = expr!(|invoice: &Invoice| invoice.total > text);
    let _ = expr!(|invoice: &Invoice| invoice.note == text);
    let _ = expr!(|invoice: &Invoice| invoice.number == opaque);
    let _ = expr!(|invoice| invoice.total > 1);
    let _ = expr!(|invoice: &Invoice| if invoice.total > 1 { true } else { false });
    let _ = access.list::<Invoice>().filter(expr!(|invoice: &Invoice| invoice.total));
    let _ = access.list::<Invoice>().filter(expr!(|customer: &Customer| customer.name == text));
    let _ = access.list::<Invoice>().sort(expr!(|invoice: &Invoice| invoice.total > 1));
    let _ = access.list::<Invoice>().include(expr!(|invoice: &Invoice| invoice.number));
}

fn main() {}
