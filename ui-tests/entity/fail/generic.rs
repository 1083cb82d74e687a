//! An entity with a type parameter.

use mimsy::prelude::*;

#[entity]
#[policy(read = public)]
#[routes(list, get)]
pub struct Invoice<T> {
    pub id: Id<Self>,
    pub value: T,
}

fn main() {}
