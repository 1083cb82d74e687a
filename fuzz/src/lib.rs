//! The schema that the targets read against: a shop with a field of every kind, and every form of a relation and a key.

use std::collections::BTreeMap;

use mimsy::prelude::*;
use mimsy_schema::{Model, Schema, assemble};

/// What an invoice is at.
#[derive(Clone, Copy, Enum)]
pub enum Status {
    Draft,
    Sent,
    Paid,
}

/// An address.
#[derive(Clone, Field)]
#[field(email)]
pub struct Email(pub String);

#[entity]
#[policy(read = public, write = public)]
#[routes(list(filter(name, invoices), sort(name), include(invoices)), get, create, update, delete)]
pub struct Customer {
    pub id: Id<Self>,
    #[field(len = 1..=80)]
    pub name: String,
    #[field(inverse = customer)]
    pub invoices: Many<Invoice>,
}

#[entity]
#[policy(read = public, write = public)]
#[routes(
    list(
        filter(
            number, status, customer, total, count, paid, note, due, customer.name, small, wide, ratio, raw, device, day, hour,
            extra, tags, prices, moments, email,
        ),
        sort(number, status, total, count, due, note, customer.name),
        include(customer, customer.invoices),
    ),
    get, create, update, delete,
)]
pub struct Invoice {
    pub id: Id<Self>,
    #[field(unique)]
    pub number: String,
    pub customer: Ref<Customer>,
    #[field(default = Status::Draft)]
    pub status: Status,
    #[field(min = 0)]
    pub total: Decimal,
    #[field(min = 0, max = 9)]
    pub count: Option<i64>,
    pub paid: bool,
    #[field(pattern = "^[a-z]*$")]
    pub note: Option<String>,
    pub due: Option<Timestamp>,
    pub small: Option<i16>,
    #[field(wide)]
    pub wide: Option<i64>,
    pub ratio: Option<f64>,
    pub raw: Option<Vec<u8>>,
    pub device: Option<Uuid>,
    pub day: Option<Date>,
    pub hour: Option<Time>,
    pub extra: Option<serde_json::Value>,
    pub counts: Option<Json<BTreeMap<String, i64>>>,
    #[field(len = ..=9)]
    pub tags: Option<Vec<String>>,
    #[field(scale = 3)]
    pub prices: Option<Vec<Decimal>>,
    pub moments: Option<Vec<Timestamp>>,
    pub statuses: Option<Vec<Status>>,
    pub email: Option<Email>,
}

mimsy::schema! { Shop: Customer, Invoice }

/// The schema, checked.
pub fn schema() -> Schema {
    let fragments = mimsy_runtime::entity::Source::parts(&Shop).iter().map(mimsy_runtime::entity::Part::fragment);
    assemble(fragments.collect()).expect("the schema is sound")
}

/// The entity with the most of everything.
pub fn invoice(schema: &Schema) -> &Model {
    schema.by_name("Invoice").expect("the schema holds it")
}
