//! Numbers that do not fit their fields, and what numbers cannot be.

use mimsy::prelude::*;

#[entity]
pub struct Reading {
    pub id: Id<Self>,
    #[field(default = 40000)]
    pub small: i16,
    #[field(min = -3000000000)]
    pub medium: i32,
    #[field(max = 9007199254740992)]
    pub large: i64,
    #[field(wide)]
    pub count: i32,
    #[field(wide)]
    pub name: Option<String>,
    #[field(unique)]
    pub ratio: f64,
    #[field(len = 1..=3)]
    pub day: Date,
    #[field(min = 5)]
    pub opens: Time,
    pub byte: u8,
    pub ticks: u64,
    pub narrow: f32,
}

fn main() {}
