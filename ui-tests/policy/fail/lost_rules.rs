//! Rules where no policy reads them.

use mimsy::prelude::*;

#[entity]
pub struct Invoice {
    pub id: Id<Self>,
}

impl Invoice {
    #[can(read)]
    pub fn everyone(_invoice: &Invoice) -> bool {
        true
    }

    #[cannot(update)]
    pub fn nobody(_invoice: &Invoice) -> bool {
        true
    }
}

#[must]
pub fn always() -> bool {
    true
}

#[policy(read = public)]
impl Clone for Invoice {
    fn clone(&self) -> Self {
        Self { id: self.id }
    }
}

#[policy(read = public)]
pub fn function() {}

fn main() {}
