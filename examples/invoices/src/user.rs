//! The actor.

use mimsy::prelude::*;

use crate::org::Org;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Role {
    Viewer,
    Billing,
    Admin,
}

/// Somebody who works for an organisation.
#[entity(tenant = org)]
#[routes(list(filter(name, email, role), sort(name, email, role), include(org)), get, create, update, delete)]
#[derive(Clone, Debug)]
pub struct User {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(len = 1..=80)]
    pub name: String,
    #[field(email, login, unique(within = org))]
    pub email: String,
    #[field(role)]
    pub role: Role,
}

#[policy(actor = User, read = authenticated, write = role(Admin))]
impl User {
    /// Nobody changes their own role.
    #[cannot(update)]
    fn own_role(user: &User, old: &User, new: &User) -> bool {
        old.id == user.id && old.role != new.role
    }
}
