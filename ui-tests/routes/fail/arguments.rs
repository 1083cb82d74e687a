//! Arguments that routes do not take.

use mimsy::prelude::*;

#[entity]
#[policy(read = public, all = public)]
#[routes(lst, get(filter(id)), list(filtr(id), sort), publish, get, create, create, path = "My Invoices")]
pub struct Invoice {
    pub id: Id<Self>,
}

#[entity]
#[policy(read = public)]
#[routes]
pub struct Line {
    pub id: Id<Self>,
}

#[entity]
#[policy(read = public)]
#[routes(list(filter("id", id.), sort(id)), get)]
pub struct Note {
    pub id: Id<Self>,
}

#[routes(get)]
enum Nothing {}

#[entity]
#[policy(read = public, all = public)]
#[routes(
    list(filter(id), tme = 5),
    get(body = 10, concurrency),
    create(body = 0, time = "60", rate = 30, rate = 31, sorted = 1),
    update = 5,
    delete(rate = -1, filter(id)),
)]
pub struct Limited {
    pub id: Id<Self>,
}

fn main() {}
