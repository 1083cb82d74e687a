//! Questions to lists and to JSON that have no answer.

use mimsy::prelude::*;

#[entity]
#[derive(Clone)]
pub struct Card {
    pub id: Id<Self>,
    pub tags: Vec<String>,
    pub others: Option<Vec<String>>,
    pub ratios: Vec<f64>,
}

#[policy(actor = Card)]
impl Card {
    /// The wrong item.
    #[can(read)]
    fn number(card: &Card) -> bool {
        card.tags.contains(1)
    }

    /// No equality.
    #[can(read)]
    fn float(card: &Card) -> bool {
        card.ratios.contains(0.5)
    }

    /// Two lists.
    #[can(read)]
    fn equal(card: &Card) -> bool {
        card.tags == card.tags
    }

    /// Perhaps there is none.
    #[can(read)]
    fn null(card: &Card) -> bool {
        card.others.contains("a")
    }

    /// Only texts.
    #[can(read)]
    fn starts(card: &Card) -> bool {
        card.tags.starts_with("a")
    }
}

fn main() {}
