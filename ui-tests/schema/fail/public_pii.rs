//! Personal data that a rule shows to everybody.

use mimsy::prelude::*;

#[entity]
pub struct Member {
    pub id: Id<Self>,
    pub listed: bool,
    #[field(email, pii)]
    pub email: String,
}

#[policy(actor = Member)]
impl Member {
    #[can(read)]
    fn listed(member: &Member) -> bool {
        member.listed
    }
}

mimsy::schema! { pub Club: Member }

fn main() {}
