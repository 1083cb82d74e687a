//! Entities and an actor for a schema in another crate. Mimsy is known here as `renamed`, so every macro takes its
//! `crate = …`.

use renamed::prelude::*;

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Enum)]
#[mimsy(crate = renamed)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Writes.
    Editor,
}

/// A tenant.
#[entity(tenant = id, crate = renamed)]
#[policy(actor = User, read = authenticated, crate = renamed)]
#[routes(list(filter(name), sort(name)), get, crate = renamed)]
pub struct Org {
    /// The key.
    pub id: Id<Self>,
    /// The name.
    pub name: String,
}

/// The actor.
#[entity(tenant = org, crate = renamed)]
pub struct User {
    /// The key.
    pub id: Id<Self>,
    /// The tenant.
    pub org: Ref<Org>,
    /// The name to log in with.
    #[field(login, email)]
    pub email: String,
    /// What the user may do.
    #[field(role)]
    pub role: Role,
}

#[policy(actor = User, crate = renamed)]
impl User {
    /// Colleagues see each other.
    #[can(read)]
    fn colleagues(user: &User, other: &User) -> bool {
        other.org == user.org
    }
}

renamed::schema! { crate = renamed; pub People: Org, User }
