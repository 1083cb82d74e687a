//! Whom we invoice.

use mimsy::prelude::*;

use crate::invoice::Invoice;
use crate::org::Org;
use crate::user::User;

/// Somebody who buys from an organisation.
#[entity(tenant = org)]
#[routes(list(filter(name, email, vip, invoices), sort(name, vip), include(invoices, invoices.lines)), get, create, update, delete)]
#[policy(actor = User, read = authenticated, write = role(Billing, Admin))]
#[derive(Clone, Debug)]
pub struct Customer {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(len = 1..=80)]
    pub name: String,
    #[field(email)]
    pub email: Option<String>,
    #[field(default = false)]
    pub vip: bool,
    #[field(inverse = customer)]
    pub invoices: Many<Invoice>,
}
