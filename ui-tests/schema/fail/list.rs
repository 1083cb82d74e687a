//! Lists that are no schemas.

use mimsy::prelude::*;

#[entity]
pub struct User {
    pub id: Id<Self>,
}

pub struct Plain;

mimsy::schema! { pub Twice: User, User }
mimsy::schema! { pub Nothing: }
mimsy::schema! { pub NoList }
mimsy::schema! { pub NoEntity: User, Plain }

fn main() {}
