//! Enums that cannot be stored.

use mimsy::prelude::*;

#[derive(Clone, Copy, Enum)]
pub enum Shape {
    Round(i64),
    Square { side: i64 },
}

#[derive(Clone, Copy, Enum)]
pub enum Nothing {}

#[derive(Clone, Copy, Enum)]
pub struct Size {
    pub width: i64,
}

#[derive(Enum)]
pub enum Moved {
    Away,
}

fn main() {}
