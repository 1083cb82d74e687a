//! Structs around one value as types of fields, with rules of their own.

use mimsy::prelude::*;

const LONGEST: u64 = 20;

#[derive(Clone, Debug, Field)]
#[field(email, len = ..=LONGEST)]
pub struct Email(pub String);

/// The attribute may stand on the value.
#[derive(Clone, Copy, Field)]
struct Rate(#[field(scale = 4, min = 0, max = 9.5)] Decimal);

#[derive(Clone, Field)]
struct Emails(Vec<Email>);

#[derive(Clone, Copy, Field)]
#[field(wide)]
struct Ticks(i64);

/// A newtype of a newtype has its rules.
#[derive(Clone, Field)]
struct Work(Email);

#[entity]
struct Account {
    #[field(id)]
    pub email: Email,
    #[field(len = 5..)]
    pub work: Option<Work>,
    pub others: Vec<Email>,
    pub emails: Emails,
    #[field(default = 1)]
    pub rate: Rate,
    pub ticks: Ticks,
}

fn main() {
    use mimsy::__rt::{Kind, Rule};
    let field = |name: &str| Account::ENTITY.fields.iter().find(|field| field.name == name).unwrap();
    let own = [Rule::Len { min: None, max: Some(20) }, Rule::Email];
    assert_eq!((field("email").kind, field("email").semantic.as_str()), (Kind::Text, "email"));
    assert_eq!(field("email").type_rules[..], own);
    assert_eq!(field("work").type_rules[..], own);
    assert_eq!(field("work").rules[..], [Rule::Len { min: Some(5), max: None }]);
    assert_eq!((field("others").item, &field("others").item_rules[..]), (Some(Kind::Text), &own[..]));
    assert_eq!(field("emails").item_rules[..], own);
    assert_eq!((field("rate").scale, field("rate").type_rules.len()), (4, 2));
    assert!(field("ticks").wide);
}
