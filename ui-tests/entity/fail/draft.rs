//! Drafts and patches that do not fit their entity.

use mimsy::prelude::*;

#[entity(tenant = org)]
pub struct Invoice {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    pub number: String,
    #[field(created)]
    pub created_at: Timestamp,
}

#[entity]
pub struct Org {
    pub id: Id<Self>,
}

fn main() {
    let _ = Draft::<Invoice> { org: None };
    let _ = Patch::<Invoice>::default().created_at(Timestamp::UNIX_EPOCH);
    let _ = Patch::<Invoice>::default().number(5);
}
