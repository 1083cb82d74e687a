//! The three macros stack in any order, with derives above, between and below.

use mimsy::prelude::*;

#[entity]
#[policy(read = public, all = public)]
#[routes(list, get)]
#[derive(Debug)]
pub struct First {
    pub id: Id<Self>,
    #[field(unique)]
    pub name: String,
}

#[derive(Clone, Debug)]
#[routes(list, get)]
#[entity]
#[policy(read = public)]
pub struct Second {
    pub id: Id<Self>,
    #[field(unique)]
    pub name: String,
}

#[policy(read = public)]
#[derive(Clone, Debug)]
#[routes(get, list(filter(name, first.name), include(first)))]
#[derive(PartialEq)]
#[entity]
pub struct Third {
    pub id: Id<Self>,
    #[field(unique)]
    pub name: String,
    pub first: Ref<First>,
}

mimsy::schema! { Numbers: First, Second, Third }

fn main() {
    use mimsy::__rt::Source;
    for part in Numbers.parts() {
        assert!(part.policy.is_some() && part.routes.is_some());
        assert_eq!(part.entity.uniques.len(), 1);
    }
}
