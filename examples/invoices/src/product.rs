//! What we sell.

use mimsy::prelude::*;

use crate::org::Org;
use crate::user::User;

/// Something that an organisation sells.
#[entity(tenant = org)]
#[routes(list(filter(name, price), sort(name, price)), get, create, update, upsert, delete)]
#[policy(actor = User, read = authenticated, write = role(Billing, Admin), upsert = role(Billing, Admin))]
#[derive(Clone, Debug)]
pub struct Product {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(len = 1..=80, unique(within = org))]
    pub name: String,
    #[field(min = 0)]
    pub price: Decimal,
}
