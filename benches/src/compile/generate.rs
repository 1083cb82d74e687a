//! The text of the generated crates.

use std::fmt::Write;

use super::variant::Variant;

/// Files by name, the text of each.
pub(super) type Files = Vec<(String, String)>;

/// All files of a crate under `src`.
pub(super) fn crate_of(variant: Variant, entities: usize) -> Files {
    let mut files: Files =
        (0..entities).map(|number| (format!("{}.rs", module(number)), entity(variant, number, 0))).collect();
    match variant {
        Variant::Guarded => {
            files.push(("org.rs".to_owned(), ORG.to_owned()));
            files.push(("user.rs".to_owned(), USER.to_owned()));
            files.push(("main.rs".to_owned(), guarded_main(entities)));
        }
        Variant::Derives => files.push(("main.rs".to_owned(), derives_main(entities))),
    }
    files
}

/// The file of one entity. `touched` is a constant in it, so that the file can be changed.
pub(super) fn entity(variant: Variant, number: usize, touched: usize) -> String {
    let text = match variant {
        Variant::Guarded => GUARDED,
        Variant::Derives => DERIVES,
    };
    text.replace("Thing", &name(number)).replace("@touched", &touched.to_string())
}

/// The module of an entity.
pub(super) fn module(number: usize) -> String {
    format!("thing_{number:03}")
}

fn name(number: usize) -> String {
    format!("Thing{number:03}")
}

fn guarded_main(entities: usize) -> String {
    let mut text = String::from("mod org;\nmod user;\n");
    let mut list = String::from("crate::org::Org, crate::user::User");
    for number in 0..entities {
        let _ = writeln!(text, "mod {};", module(number));
        let _ = write!(list, ", crate::{}::{}", module(number), name(number));
    }
    let _ = write!(
        text,
        "\nuse mimsy::prelude::*;\n\nmimsy::schema! {{ pub Big: {list} }}\n\n\
         fn main() -> std::process::ExitCode {{\n    App::new(Big).main()\n}}\n"
    );
    text
}

fn derives_main(entities: usize) -> String {
    let mut text = String::new();
    let mut calls = String::new();
    for number in 0..entities {
        let _ = writeln!(text, "mod {};", module(number));
        let _ = writeln!(calls, "    println!(\"{{:?}}\", round_trip::<{}::{}>(&text));", module(number), name(number));
    }
    let _ = write!(
        text,
        "\nfn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(text: &str) -> serde_json::Result<String> {{\n    \
         serde_json::to_string(&serde_json::from_str::<T>(text)?)\n}}\n\n\
         fn main() {{\n    let text = std::env::args().nth(1).unwrap_or_default();\n{calls}}}\n"
    );
    text
}

const GUARDED: &str = r#"use mimsy::prelude::*;

use crate::org::Org;
use crate::user::{Role, User};

/// One of many.
#[entity(tenant = org)]
#[routes(list(filter(name, active, quantity, amount), sort(name, due, created_at)), get, create, update, delete)]
pub struct Thing {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(len = 1..=80)]
    pub name: String,
    #[field(pattern = "^[A-Z]{3}-[0-9]{6}$")]
    pub code: String,
    #[field(default = false)]
    pub active: bool,
    #[field(min = 0, max = 1_000_000)]
    pub quantity: i64,
    #[field(min = 0)]
    pub amount: Decimal,
    pub note: Option<String>,
    pub due: Timestamp,
    #[field(created)]
    pub created_at: Timestamp,
}

#[policy(actor = User)]
impl Thing {
    /// People see what is of their own organisation.
    #[can(read)]
    fn same_org(user: &User, thing: &Thing) -> bool {
        thing.org == user.org
    }

    /// Billing staff and admins write it.
    #[can(create, update, delete)]
    fn billing(user: &User, thing: &Thing) -> bool {
        (user.role == Role::Billing || user.role == Role::Admin) && thing.org == user.org
    }

    /// What is active stays.
    #[cannot(delete)]
    fn in_use(thing: &Thing) -> bool {
        thing.active && thing.quantity > 0
    }
}

impl Thing {
    #[allow(dead_code)]
    pub const TOUCHED: usize = @touched;
}
"#;

const DERIVES: &str = r#"use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One of many.
#[derive(Serialize, Deserialize)]
pub struct Thing {
    pub id: Uuid,
    pub org: Uuid,
    pub name: String,
    pub code: String,
    pub active: bool,
    pub quantity: i64,
    pub amount: String,
    pub note: Option<String>,
    pub due: String,
    pub created_at: String,
}

impl Thing {
    #[allow(dead_code)]
    pub const TOUCHED: usize = @touched;
}
"#;

const ORG: &str = r#"use mimsy::prelude::*;

use crate::user::User;

/// The tenant.
#[entity(tenant = id)]
#[routes(get)]
#[policy(actor = User, read = authenticated)]
pub struct Org {
    pub id: Id<Self>,
    pub name: String,
}
"#;

const USER: &str = r#"use mimsy::prelude::*;

use crate::org::Org;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Role {
    Viewer,
    Billing,
    Admin,
}

/// The actor.
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
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touched_file_differs_and_holds_one_entity() {
        for variant in Variant::ALL {
            let (one, other) = (entity(variant, 7, 1), entity(variant, 7, 2));
            assert_ne!(one, other);
            assert!(one.contains("pub struct Thing007 {"), "{one}");
        }
    }

    #[test]
    fn a_crate_has_a_file_an_entity() {
        assert_eq!(crate_of(Variant::Guarded, 100).len(), 103);
        assert_eq!(crate_of(Variant::Derives, 100).len(), 101);
    }
}
