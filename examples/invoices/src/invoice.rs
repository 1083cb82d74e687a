//! What we ask a customer for.

use mimsy::prelude::*;

use crate::customer::Customer;
use crate::line::Line;
use crate::org::Org;
use crate::user::{Role, User};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Status {
    Draft,
    Sent,
    Paid,
    Void,
}

/// Money we ask a customer for.
#[entity(tenant = org)]
#[routes(
    list(
        filter(number, status, customer, total, note, created_at, customer.name, customer.vip, lines),
        sort(number, status, created_at, total, note, customer.name),
        include(customer, customer.invoices, lines, lines.product),
    ),
    get, create, update, delete, batch_create, batch_update, batch_delete,
)]
#[derive(Clone, Debug)]
pub struct Invoice {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(pattern = "^INV-[0-9]{6}$", unique(within = org))]
    pub number: String,
    #[field(on_delete = restrict)]
    pub customer: Ref<Customer>,
    #[field(inverse = invoice)]
    pub lines: Many<Line>,
    #[field(default = Status::Draft)]
    pub status: Status,
    #[field(min = 0)]
    pub total: Decimal,
    #[field(len = ..=1000)]
    pub note: Option<String>,
    #[field(created)]
    pub created_at: Timestamp,
}

#[policy(actor = User)]
impl Invoice {
    /// People see the invoices of their own organisation.
    #[can(read)]
    fn same_org(user: &User, invoice: &Invoice) -> bool {
        invoice.org == user.org
    }

    /// Billing staff and admins write the invoices of their organisation.
    #[can(create, update, delete)]
    fn billing(user: &User, invoice: &Invoice) -> bool {
        (user.role == Role::Billing || user.role == Role::Admin) && invoice.org == user.org
    }

    /// A settled invoice no longer changes.
    #[cannot(update)]
    fn settled(_user: &User, old: &Invoice, _new: &Invoice) -> bool {
        old.status == Status::Paid
    }

    /// A paid invoice stays on the books.
    #[cannot(delete)]
    fn on_the_books(invoice: &Invoice) -> bool {
        invoice.status == Status::Paid
    }
}
