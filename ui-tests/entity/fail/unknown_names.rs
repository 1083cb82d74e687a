//! Names of fields that are not there.

use mimsy::prelude::*;

#[entity(tenant = orgg)]
pub struct Invoice {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(unique(within = ogr))]
    pub number: String,
}

#[entity(tenant = invoice.organisation)]
pub struct Line {
    pub id: Id<Self>,
    pub invoice: Ref<Invoice>,
}

#[entity]
pub struct Org {
    pub id: Id<Self>,
}

fn main() {}
