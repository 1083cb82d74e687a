//! Defaults and limits of another type than their field.

use mimsy::prelude::*;

#[derive(Clone, Copy, Enum)]
pub enum Status {
    Draft,
    Sent,
}

#[derive(Clone, Copy, Enum)]
pub enum Other {
    Draft,
}

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
    #[field(default = 5)]
    pub number: String,
    #[field(default = Other::Draft)]
    pub status: Status,
    #[field(default = Status::Drat)]
    pub state: Status,
    #[field(default = "yes")]
    pub open: Option<bool>,
    #[field(min = 0.5)]
    pub qty: i64,
}

fn main() {}
