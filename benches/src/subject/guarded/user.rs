//! The actor.

use mimsy::prelude::*;

use super::org::Org;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Role {
    Viewer,
    Billing,
    Admin,
}

/// Somebody who works for an organisation.
#[entity(tenant = org)]
#[routes(get)]
#[policy(actor = User, read = authenticated)]
pub struct User {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(email, login, unique)]
    pub email: String,
    #[field(role)]
    pub role: Role,
}
