//! Routed actions that no rule allows.

use mimsy::prelude::*;

#[entity]
pub struct User {
    pub id: Id<Self>,
}

#[entity]
#[policy(actor = User, create = authenticated)]
#[routes(list, get, create, delete)]
pub struct Invoice {
    pub id: Id<Self>,
}

#[entity]
#[routes(get, update)]
pub struct Line {
    pub id: Id<Self>,
    pub open: bool,
}

#[policy(actor = User)]
impl Line {
    #[can(read)]
    fn everyone(_line: &Line) -> bool {
        true
    }

    #[cannot(update)]
    fn closed(line: &Line) -> bool {
        !line.open
    }
}

fn main() {}
