//! A schema that lists a type which is not there.

use mimsy::prelude::*;

#[entity]
pub struct User {
    pub id: Id<Self>,
}

mimsy::schema! { pub Unknown: User, Usr }

fn main() {}
