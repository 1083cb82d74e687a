//! The row that is measured, open to everybody.

use mimsy::prelude::*;

use super::org::Org;
use crate::sample::Sample;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Status {
    Planned,
    Stocked,
    Reserved,
    Retired,
}

const STATUSES: [Status; 4] = [Status::Planned, Status::Stocked, Status::Reserved, Status::Retired];

/// Something in the warehouse.
#[entity]
#[routes(list(filter(org, sku, status, active), sort(sku, created_at)), get, create, update, delete)]
#[policy(all = public)]
pub struct Item {
    pub id: Id<Self>,
    pub org: Ref<Org>,
    #[field(pattern = "^SKU-[0-9]{8}$")]
    pub sku: String,
    #[field(len = 1..=200)]
    pub title: String,
    pub status: Status,
    #[field(min = 0)]
    pub quantity: i64,
    #[field(min = 0)]
    pub price: Decimal,
    pub active: bool,
    pub note: Option<String>,
    #[field(created)]
    pub created_at: Timestamp,
}

impl Item {
    /// The draft of a sample.
    pub(super) fn draft(org: Id<Org>, sample: Sample) -> Draft<Self> {
        Draft::<Self> {
            org: org.into(),
            sku: sample.sku,
            title: sample.title,
            status: STATUSES[sample.status],
            quantity: sample.quantity,
            price: Decimal::new(sample.cents, 2),
            active: sample.active,
            note: sample.note,
        }
    }
}
