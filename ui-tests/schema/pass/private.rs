//! A program of its own, all private: nothing that the macros read is called dead.

#![deny(warnings)]

use mimsy::prelude::*;

#[derive(Clone, Copy, Enum)]
enum Role {
    Reader,
    Writer,
}

#[entity]
#[policy(actor = User, read = authenticated, write = role(Writer))]
#[routes(list, get, create)]
struct User {
    id: Id<Self>,
    name: String,
    #[field(role, default = Role::Reader)]
    role: Role,
    #[field(inverse = author)]
    notes: Many<Note>,
}

#[entity]
#[routes(list(filter(text), sort(text)), get, update)]
struct Note {
    id: Id<Self>,
    author: Ref<User>,
    text: Option<String>,
    #[field(updated)]
    changed_at: Timestamp,
}

#[policy(actor = User)]
impl Note {
    const WORD: &'static str = "public";

    #[can(read)]
    fn open(note: &Note) -> bool {
        note.text.is_some_and(|text| text == Self::WORD)
    }

    #[can(update)]
    fn own(user: &User, note: &Note) -> bool {
        note.author == user.id
    }
}

mimsy::schema! { Notes: User, Note }

fn main() {
    use mimsy::__rt::Source;
    assert_eq!(Notes.parts().len(), 2);
}
