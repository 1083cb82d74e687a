//! A to-many whose inverse is missing, does not exist, or points elsewhere.

use mimsy::prelude::*;

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
    #[field(inverse = customer)]
    pub lines: Many<Line>,
    #[field(inverse = invoic)]
    pub more: Many<Line>,
    #[field(inverse = text)]
    pub texts: Many<Line>,
    pub none: Many<Line>,
    #[field(inverse = invoice)]
    pub single: Ref<Line>,
}

#[entity]
pub struct Customer {
    pub id: Id<Self>,
}

#[entity]
pub struct Line {
    pub id: Id<Self>,
    pub text: String,
    pub invoice: Ref<Invoice>,
    pub customer: Ref<Customer>,
}

fn main() {}
