//! Limits beside the actions, as literals and as constants.

use mimsy::prelude::*;

const MOST: u64 = 10 << 20;

#[entity]
#[policy(read = public, create = public)]
#[routes(list(filter(id), time = 60), get, create(body = MOST, rate = 30, concurrency = Self::AT_ONCE))]
pub struct Document {
    pub id: Id<Self>,
    pub text: String,
}

impl Document {
    const AT_ONCE: u64 = 2 * 4;
}

fn main() {
    let limits = &Document::__ONE_ROUTES_PER_ENTITY.unwrap().limits;
    assert_eq!(limits.len(), 2, "those that are said");
    assert_eq!((limits[0].action.as_str(), limits[0].time, limits[0].body), ("list", Some(60), None));
    let create = &limits[1];
    assert_eq!((create.body, create.rate, create.concurrency), (Some(10_485_760), Some(30), Some(8)));
}
