//! What has no named fields is no entity.

use mimsy::prelude::*;

#[entity]
#[policy(read = public)]
#[routes(get)]
pub struct Invoice(Id<Self>);

#[entity]
pub enum Status {
    Draft,
}

#[entity]
pub struct Nothing;

fn main() {}
