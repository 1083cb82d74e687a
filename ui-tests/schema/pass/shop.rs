//! The whole of it: entities, policies, routes, an enum and a schema.

use mimsy::prelude::*;

#[derive(Clone, Copy, Enum)]
pub enum Role {
    Viewer,
    Billing,
    Admin,
}

#[derive(Clone, Copy, Enum)]
pub enum Status {
    Draft,
    Sent,
    Paid,
    Void,
}

/// Who we invoice for.
#[entity(tenant = id)]
#[policy(actor = User, read = authenticated)]
#[routes(list, get)]
pub struct Org {
    pub id: Id<Self>,
    pub name: String,
    #[field(inverse = org)]
    pub users: Many<User>,
}

#[entity(tenant = org)]
#[policy(actor = User, read = authenticated, write = role(Admin))]
pub struct User {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(email, login, unique(within = org))]
    pub email: String,
    #[field(role)]
    pub role: Role,
}

#[entity(tenant = org)]
#[policy(actor = User, read = authenticated, write = role(Billing, Admin))]
pub struct Customer {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(len = 1..=80)]
    pub name: String,
    #[field(default = false)]
    pub vip: bool,
}

#[entity(tenant = invoice.org)]
#[policy(actor = User, all = authenticated)]
pub struct Line {
    pub id: Id<Self>,
    #[field(on_delete = cascade)]
    pub invoice: Ref<Invoice>,
    pub description: String,
    #[field(min = 1, default = 1)]
    pub qty: i64,
    #[field(min = 0.01)]
    pub price: Decimal,
}

/// Money we ask a customer for.
#[entity(tenant = org)]
#[routes(
    list(
        filter(number, status, customer, total, note, customer.name, customer.vip, lines),
        sort(number, status, created_at, total),
        include(customer, lines),
    ),
    get, create, update, delete,
)]
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

    /// Billing staff write the invoices of their organisation.
    #[can(create, update, delete)]
    fn billing(user: &User, invoice: &Invoice) -> bool {
        user.role == Role::Billing && invoice.org == user.org
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

mimsy::schema! { pub Shop: Org, User, Customer, Invoice, Line }

fn main() {
    use mimsy::__rt::Source;
    let parts = Shop.parts();
    assert_eq!(parts.len(), 5);
    assert_ne!(Shop::MODEL_HASH, 0);

    let invoice = parts[3].entity;
    assert_eq!((invoice.name.as_str(), invoice.table.as_str()), ("Invoice", "invoices"));
    assert_eq!(
        invoice.fields.iter().map(|field| field.name.to_string()).collect::<Vec<_>>(),
        ["id", "org", "number", "customer", "lines", "status", "total", "note", "created_at"]
    );
    assert_eq!(parts[3].policy.map(|policy| policy.rules.len()), Some(4));
    assert_eq!(parts[3].routes.map(|routes| routes.actions.len()), Some(5));
    assert_eq!(parts[1].policy.map(|policy| policy.actor.to_string()), Some("User".to_owned()));
    for part in parts {
        println!("{part:#?}");
    }

    let customer: Ref<Customer> = Id::<Customer>::new().into();
    let draft = Draft::<Invoice> {
        org: None,
        number: "INV-000001".to_owned(),
        customer,
        status: None,
        total: Decimal::ONE,
        note: None,
    };
    let values = mimsy::__rt::Input::<Invoice>::into_values(draft);
    assert_eq!(values.0.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["number", "customer", "total", "note"]);
    let patch = Patch::<Invoice>::default().status(Status::Sent).note(None);
    assert_eq!(mimsy::__rt::Input::<Invoice>::into_values(patch).0.len(), 2);
}
