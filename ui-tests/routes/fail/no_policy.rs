//! Routes without a policy.

use mimsy::prelude::*;

#[entity]
#[routes(list, get, create)]
pub struct Invoice {
    pub id: Id<Self>,
}

fn main() {}
