//! Functions that cannot judge what they are given to.

use mimsy::prelude::*;

#[entity(validate = of_another)]
pub struct Invoice {
    pub id: Id<Self>,
    #[field(custom = even)]
    pub number: String,
    #[field(custom = yes)]
    pub open: bool,
    #[field(custom = odd)]
    pub qty: i64,
    #[field(custom = even)]
    pub count: i64,
    #[field(custom = even)]
    pub rest: Option<i64>,
    #[field(inverse = invoice, custom = even)]
    pub lines: Many<Line>,
}

#[entity(validate)]
pub struct Line {
    pub id: Id<Self>,
    pub invoice: Ref<Invoice>,
    #[field(custom = |value| true)]
    pub text: String,
    #[field(custom())]
    pub note: String,
    #[field(custom(even, "odd"))]
    pub qty: i64,
}

fn even(value: &i64) -> Result<(), &'static str> {
    if value % 2 == 0 { Ok(()) } else { Err("must be even") }
}

fn odd(value: &i64) -> Result<(), i64> {
    if value % 2 == 0 { Err(*value) } else { Ok(()) }
}

fn yes(value: &bool) -> bool {
    *value
}

fn of_another(_: &Line) -> Result<(), Violation> {
    Ok(())
}

fn main() {}
