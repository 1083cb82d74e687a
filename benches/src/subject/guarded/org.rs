//! The tenant.

use mimsy::prelude::*;

use super::user::User;

/// An organisation.
#[entity(tenant = id)]
#[routes(get)]
#[policy(actor = User, read = authenticated)]
pub struct Org {
    pub id: Id<Self>,
    #[field(len = 1..=80, unique)]
    pub name: String,
}
