//! Rules that say nothing of their field, or nothing that could be kept.

use mimsy::prelude::*;

#[entity]
pub struct Probe {
    pub id: Id<Self>,
    #[field(url)]
    pub number: i64,
    #[field(ip(v6))]
    pub open: bool,
    #[field(non_empty)]
    pub count: Option<i64>,
    #[field(one_of(1, 2))]
    pub name: String,
    #[field(one_of(1.5))]
    pub share: f64,
    #[field(one_of(1, 40_000))]
    pub small: i16,
    #[field(one_of("a"))]
    pub other: Ref<Probe>,
    #[field(inverse = other, non_empty)]
    pub others: Many<Probe>,
}

#[entity]
pub struct Unread {
    pub id: Id<Self>,
    #[field(ip(v5))]
    pub host: String,
    #[field(ip = "v4")]
    pub home: String,
    #[field(url(https))]
    pub page: String,
    #[field(url("HTTPS://"))]
    pub link: String,
    #[field(one_of)]
    pub colour: String,
    #[field(non_empty = true)]
    pub name: String,
}

fn main() {}
