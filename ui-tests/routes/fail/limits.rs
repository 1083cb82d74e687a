//! Limits whose values rustc judges.

use mimsy::prelude::*;

const NOTHING: u64 = 0;
const BYTES: usize = 1 << 20;

#[entity]
#[policy(read = public, all = public)]
#[routes(list(time = NOTHING), get)]
pub struct Note {
    pub id: Id<Self>,
}

#[entity]
#[policy(read = public, all = public)]
#[routes(create(body = BYTES), update(rate = 1.5))]
pub struct Letter {
    pub id: Id<Self>,
}

fn main() {}
