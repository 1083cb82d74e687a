//! An entity without a key.

use mimsy::prelude::*;

#[entity]
#[policy(read = public)]
#[routes(list(filter(name)), get)]
pub struct Invoice {
    pub name: String,
}

#[entity]
pub struct Line {
    pub id: Id<Self>,
    pub invoice: Ref<Invoice>,
}

fn main() {}
