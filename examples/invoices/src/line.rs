//! What an invoice is made of.

use mimsy::prelude::*;

use crate::invoice::Invoice;
use crate::product::Product;
use crate::user::User;

/// One position of an invoice.
#[entity(tenant = invoice.org)]
#[routes(
    list(
        filter(invoice, product, qty, price, description, invoice.status, invoice.number),
        sort(qty, price, description),
        include(invoice, invoice.customer, product),
    ),
    get, create, update, delete, batch_create, batch_update, batch_delete,
)]
#[policy(actor = User, read = authenticated, write = role(Billing, Admin))]
#[derive(Clone, Debug)]
pub struct Line {
    pub id: Id<Self>,
    #[field(on_delete = cascade)]
    pub invoice: Ref<Invoice>,
    pub product: Option<Ref<Product>>,
    #[field(len = 1..=200)]
    pub description: String,
    #[field(min = 1, max = 1_000_000)]
    pub qty: i64,
    #[field(min = 0)]
    pub price: Decimal,
}
