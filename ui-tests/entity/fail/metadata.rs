//! Labels, help and tags that say nothing, or in another form.

use mimsy::prelude::*;

#[entity(label = Invoices, help = " ", tags("billing", sales))]
pub struct Invoice {
    pub id: Id<Self>,
    #[field(label = 5, help)]
    pub number: String,
    #[field(label = "", tags("a"))]
    pub note: String,
}

#[entity(tags("billing", "", "billing"), lable = "Payments")]
pub struct Payment {
    pub id: Id<Self>,
}

#[entity(tags = "billing")]
pub struct Refund {
    pub id: Id<Self>,
}

fn main() {}
