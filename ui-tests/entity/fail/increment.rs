//! What the database cannot count.

use mimsy::prelude::*;

#[entity]
pub struct NoKey {
    pub id: Id<Self>,
    #[field(increment)]
    pub number: i64,
}

#[entity(key(org, number))]
pub struct Part {
    pub org: i64,
    #[field(increment)]
    pub number: i64,
}

#[entity]
pub struct Word {
    #[field(id, increment)]
    pub code: String,
}

#[entity]
pub struct Made {
    #[field(increment)]
    pub id: Id<Self>,
}

#[entity]
pub struct Another {
    #[field(id, increment)]
    pub word: Ref<Counted, i64>,
}

#[entity]
pub struct Given {
    #[field(id, increment, default = 1)]
    pub id: i64,
}

#[entity]
pub struct Limited {
    #[field(id, increment, min = 1, max = 10)]
    pub id: i64,
}

#[entity]
pub struct Counted {
    #[field(id, increment)]
    pub id: i64,
    pub name: String,
}

fn draft() -> Draft<Counted> {
    Draft::<Counted> { id: 1, name: String::new() }
}

fn main() {
    draft();
}
