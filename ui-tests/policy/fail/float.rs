//! A float is never equal to anything, and what orders values is of their own kind.

use mimsy::prelude::*;

#[entity]
pub struct Reading {
    pub id: Id<Self>,
    pub ratio: f64,
    pub weight: Option<f64>,
    pub day: Date,
    pub opens: Time,
    pub device: Uuid,
    pub digest: Vec<u8>,
}

#[policy(actor = Reading)]
impl Reading {
    #[can(read)]
    fn equal(reading: &Reading) -> bool {
        reading.ratio == 0.5
    }

    #[can(read)]
    fn listed(reading: &Reading) -> bool {
        reading.weight.is_some_and(|weight| matches!(weight, 1.5 | 2.5))
    }

    #[can(read)]
    fn mixed(reading: &Reading) -> bool {
        reading.day < Time::new(9, 0, 0)
    }

    #[can(read)]
    fn unordered(reading: &Reading) -> bool {
        reading.digest < b"a" || reading.device > Uuid::nil()
    }

    #[can(read)]
    fn at_run_time(reading: &Reading) -> bool {
        reading.device == Uuid::new_v4()
    }
}

fn main() {}
