//! Lists in rules.

use mimsy::prelude::*;

#[derive(Clone, Copy, Enum)]
pub enum Size {
    Small,
    Large,
}

#[entity]
#[derive(Clone)]
pub struct Card {
    pub id: Id<Self>,
    pub title: String,
    #[field(len = 1..=10)]
    pub tags: Vec<String>,
    pub others: Option<Vec<String>>,
    pub days: Vec<Date>,
    pub sizes: Vec<Size>,
    #[field(scale = 3)]
    pub prices: Vec<Decimal>,
    pub bytes: Vec<u8>,
}

const DAY: Date = Date::new(2026, 1, 1);

#[policy(actor = Card)]
impl Card {
    /// Everything that a list is asked.
    #[can(read)]
    fn all(actor: &Card, card: &Card) -> bool {
        card.tags.contains("a")
            && card.tags.contains(actor.title)
            && !card.tags.is_empty()
            && card.tags.len() < 3
            && card.others.is_some_and(|others| others.contains(card.title) && others.len() == 1)
            && card.others.is_none()
            && card.days.contains(DAY)
            && card.sizes.contains(Size::Small)
            && card.prices.contains(1.5)
    }
}

mimsy::schema! { Cards: Card }

fn main() {}
