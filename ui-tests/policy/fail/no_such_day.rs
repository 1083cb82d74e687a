//! A constant that a type's function makes, and cannot.

use mimsy::prelude::*;

#[entity]
pub struct Reading {
    pub id: Id<Self>,
    pub day: Date,
}

#[policy(actor = Reading)]
impl Reading {
    #[can(read)]
    fn no_such_day(reading: &Reading) -> bool {
        reading.day == Date::new(2026, 2, 29)
    }
}

fn main() {
    let _ = Reading::__ONE_POLICY_PER_ENTITY;
}
