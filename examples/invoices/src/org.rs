//! The tenant.

use mimsy::prelude::*;

use crate::user::User;

/// An organisation; everything else belongs to one.
#[entity(tenant = id)]
#[routes(list(filter(name), sort(name), include(users)), get)]
#[policy(actor = User, read = authenticated)]
#[derive(Clone, Debug)]
pub struct Org {
    pub id: Id<Self>,
    #[field(len = 1..=80, unique)]
    pub name: String,
    #[field(inverse = org)]
    pub users: Many<User>,
}
