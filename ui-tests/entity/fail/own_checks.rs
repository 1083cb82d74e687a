//! A struct's own `Validate` that is not there, or not switched on.

use mimsy::prelude::*;

#[entity(validate = garde)]
pub struct Parcel {
    pub id: Id<Self>,
}

#[entity(validate = validator)]
pub struct Route {
    pub id: Id<Self>,
}

#[entity]
pub struct Misspelt {
    pub id: Id<Self>,
    #[field(custom = evn)]
    pub count: i64,
}

fn even(value: &i64) -> Result<(), &'static str> {
    if value % 2 == 0 { Ok(()) } else { Err("must be even") }
}

fn main() {
    _ = even(&2);
}
