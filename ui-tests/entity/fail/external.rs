//! A table of others gets no index, and its foreign keys are its owners'.

use mimsy::prelude::*;

#[entity(table = "legacy", external, index(name, -id), unique(name, where = |one| one.name != ""))]
pub struct Legacy {
    #[field(id)]
    pub id: i64,
    #[field(index)]
    pub name: String,
    #[field(on_delete = cascade)]
    pub parent: Option<Ref<Legacy, i64>>,
}

#[entity(external = "yes")]
pub struct Other {
    pub id: Id<Self>,
}

fn main() {}
