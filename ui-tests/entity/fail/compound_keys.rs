//! Keys of several parts, and references to them, that contradict themselves.

use mimsy::prelude::*;

#[entity]
pub struct Org {
    pub id: Id<Self>,
}

#[entity(key(org, numbr))]
pub struct Unknown {
    pub org: Ref<Org>,
    pub number: String,
}

#[entity(key(org, org, number.x))]
pub struct Twice {
    pub org: Ref<Org>,
    pub number: String,
}

#[entity(key(a, b, c, d, e))]
pub struct TooMany {
    pub a: i64,
    pub b: i64,
    pub c: i64,
    pub d: i64,
    pub e: i64,
}

#[entity(key = org)]
pub struct NotAList {
    pub org: Ref<Org>,
}

#[entity(key(org, number))]
pub struct Both {
    #[field(id)]
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(default = "1")]
    pub number: String,
}

#[entity(key(org, number))]
pub struct Invoice {
    pub org: Ref<Org>,
    pub number: String,
}

#[entity]
pub struct Line {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    pub number: String,
    pub position: i64,
    pub maybe: Option<String>,
    #[field(by(org, numbr))]
    pub unknown: Ref<Invoice, (Ref<Org>, String)>,
    #[field(by(org))]
    pub too_few: Ref<Invoice, (Ref<Org>, String)>,
    #[field(by(number, org))]
    pub swapped: Ref<Invoice, (Ref<Org>, String)>,
    #[field(by(org, position))]
    pub another_type: Ref<Invoice, (Ref<Org>, String)>,
    #[field(by(org, maybe))]
    pub required: Ref<Invoice, (Ref<Org>, String)>,
    #[field(by(org, number))]
    pub optional: Option<Ref<Invoice, (Ref<Org>, String)>>,
    #[field(by(number))]
    pub single: Ref<Org>,
    #[field(by(org, number), unique, default = 1)]
    pub stored: Ref<Invoice, (Ref<Org>, String)>,
    pub another_key: Ref<Invoice, (Ref<Org>, i64)>,
}

#[entity]
pub struct Payment {
    pub id: Id<Self>,
    pub invoice: Ref<Invoice, (Ref<Org>, String)>,
}

pub type Hidden = Id<Alias>;

#[entity]
pub struct Alias {
    pub id: Hidden,
}

fn main() {}
