//! Keys whose values are of another form.

use mimsy::prelude::*;

#[entity(tenant = "org", table = bills)]
pub struct Invoice {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(len = 1..80, pattern = 5)]
    pub number: String,
    #[field(len = 9..=3, created = true)]
    pub note: String,
    #[field(on_delete = casade)]
    pub parent: Ref<Org>,
    #[field(scale = 40, min = 0.5f64)]
    pub total: Decimal,
    #[field(unique(beside = org))]
    pub code: String,
    #[field()]
    #[field = 5]
    pub text: String,
}

#[entity]
pub struct Org {
    pub id: Id<Self>,
}

fn main() {}
