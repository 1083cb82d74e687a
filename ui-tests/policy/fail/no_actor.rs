//! Rules about an actor that nobody named, and roles of an actor that has none.

use mimsy::prelude::*;

#[entity]
#[policy(read = authenticated)]
pub struct User {
    pub id: Id<Self>,
}

#[entity]
#[policy(actor = User, read = role(Admin))]
pub struct Invoice {
    pub id: Id<Self>,
    pub owner: Ref<User>,
}

#[entity]
pub struct Line {
    pub id: Id<Self>,
    pub owner: Ref<User>,
}

#[policy]
impl Line {
    #[can(read)]
    fn mine(user: &User, line: &Line) -> bool {
        line.owner == user.id
    }
}

pub struct Nobody;

#[entity]
#[policy(actor = Nobody, read = authenticated)]
pub struct Note {
    pub id: Id<Self>,
}

fn main() {}
