//! Functions that are no hooks, or not as they are declared.

use mimsy::prelude::*;

#[entity]
#[policy(all = public)]
#[routes(create)]
pub struct Invoice {
    pub id: Id<Self>,
}

#[routes(create)]
impl Invoice {
    #[before_stor]
    fn a(_old: Option<&Invoice>, _new: Option<&Invoice>) -> Result<(), Violation> {
        Ok(())
    }

    #[before_store(creat, upsert, publish, delete, delete)]
    fn b(_old: Option<&Invoice>, _new: Option<&Invoice>) -> Result<(), Violation> {
        Ok(())
    }

    #[before_store]
    fn c(&self) -> Result<(), Violation> {
        Ok(())
    }

    #[before_store()]
    async fn d(_new: Option<&Invoice>) -> Result<(), Violation> {
        Ok(())
    }

    #[before_store(update)]
    #[before_store(create)]
    fn e(_old: Option<&Invoice>, _new: Option<&Invoice>) -> Result<(), Violation> {
        Ok(())
    }
}

#[entity]
#[policy(all = public)]
#[routes(create)]
pub struct Line {
    pub id: Id<Self>,
}

#[routes]
impl Line {
    #[before_store]
    fn wrong_row(_old: Option<&Line>, _new: &Line) -> Result<(), Violation> {
        Ok(())
    }

    #[before_store]
    fn no_answer(_old: Option<&Line>, _new: Option<&Line>) {}

    #[before_store]
    fn no_reason(_old: Option<&Line>, _new: Option<&Line>) -> Result<(), u8> {
        Err(1)
    }
}

#[entity]
#[policy(all = public)]
#[routes(create)]
pub struct Item {
    pub id: Id<Self>,
    pub name: String,
    #[field(created)]
    pub made: Timestamp,
}

#[routes]
impl Item {
    #[before_validate(delete)]
    fn never(_old: Option<&Item>, _new: &Item) -> Result<Patch<Item>, Violation> {
        Ok(Patch::<Item>::default())
    }

    #[before_validate]
    fn no_patch(_old: Option<&Item>, _new: &Item) -> Result<(), Violation> {
        Ok(())
    }

    #[before_validate]
    fn not_its_own(_old: Option<&Item>, new: &Item) -> Result<Patch<Item>, Violation> {
        Ok(Patch::<Item>::default().made(new.made))
    }
}

#[entity]
#[policy(all = public)]
#[routes(create)]
pub struct Note {
    pub id: Id<Self>,
}

#[entity]
#[policy(all = public)]
#[routes(create)]
pub struct Mail {
    pub id: Id<Self>,
}

#[routes]
impl Mail {
    fn nothing() {}
}

#[entity]
#[policy(all = public)]
#[routes(create)]
pub struct Letter {
    pub id: Id<Self>,
}

#[routes]
impl Letter {
    #[after_commit]
    async fn borrows(_old: Option<&Letter>, _new: Option<&Letter>) -> Result<(), Error> {
        Ok(())
    }

    #[after_commit]
    async fn no_answer(_old: Option<Letter>, _new: Option<Letter>) {}
}

#[routes]
impl Note {
    #[after_commit(create)]
    fn not_async(_old: Option<Note>, _new: Option<Note>) -> Result<(), Error> {
        Ok(())
    }

    #[after_transaction]
    async fn unknown(_old: Option<Note>, _new: Option<Note>) -> Result<(), Error> {
        Ok(())
    }
}

impl Note {
    #[before_store]
    fn lost(_old: Option<&Note>, _new: Option<&Note>) -> Result<(), Violation> {
        Ok(())
    }
}

fn main() {}
