//! Many-to-many over what joins nothing, and a `One` of which there may be several.

use mimsy::prelude::*;

#[entity]
pub struct Person {
    pub id: Id<Self>,
    #[field(through = "Membership")]
    pub quoted: Many<Team>,
    #[field(through = Role)]
    pub no_entity: Many<Team>,
    #[field(through = Membership, inverse = persn)]
    pub unknown: Many<Team>,
    #[field(through = Membership, inverse = team)]
    pub elsewhere: Many<Team>,
    #[field(through = Membership, onward = person)]
    pub back: Many<Team>,
    #[field(through = Membership)]
    pub single: One<Team>,
    #[field(onward = team, inverse = person)]
    pub direct: Many<Membership>,
    #[field(through = Membership)]
    pub stored: Ref<Team>,
    #[field(inverse = person)]
    pub several: One<Membership>,
    #[field(inverse = person)]
    pub one: One<Desk>,
}

#[entity]
pub struct Team {
    pub id: Id<Self>,
}

#[entity]
pub struct Membership {
    pub id: Id<Self>,
    pub person: Ref<Person>,
    pub team: Ref<Team>,
}

#[entity(tenant = team)]
pub struct Desk {
    pub id: Id<Self>,
    pub team: Ref<Team>,
    #[field(unique)]
    pub person: Ref<Person>,
}

#[derive(Clone, Copy, Enum)]
pub enum Role {
    Admin,
}

fn main() {}
