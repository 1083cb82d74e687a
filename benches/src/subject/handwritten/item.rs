//! The item: its row, its JSON, and what a caller may say of a new one.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use uuid::Uuid;

use super::refusal::Refusal;

#[derive(Serialize)]
pub(super) struct Item {
    pub(super) id: Uuid,
    pub(super) org: Uuid,
    pub(super) sku: String,
    pub(super) title: String,
    pub(super) status: String,
    pub(super) quantity: i64,
    pub(super) price: Cents,
    pub(super) active: bool,
    pub(super) note: Option<String>,
    pub(super) created_at: Moment,
}

/// By position: sqlx would look a name up in a map for each field of each row.
macro_rules! by_position {
    ($($row:ty),*) => {$(
        impl FromRow<'_, $row> for Item {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                Ok(Self {
                    id: row.try_get(0)?,
                    org: row.try_get(1)?,
                    sku: row.try_get(2)?,
                    title: row.try_get(3)?,
                    status: row.try_get(4)?,
                    quantity: row.try_get(5)?,
                    price: Cents(row.try_get(6)?),
                    active: row.try_get(7)?,
                    note: row.try_get(8)?,
                    created_at: Moment(row.try_get(9)?),
                })
            }
        }
    )*};
}

by_position! { SqliteRow, PgRow }

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Planned,
    Stocked,
    Reserved,
    Retired,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Stocked => "stocked",
            Self::Reserved => "reserved",
            Self::Retired => "retired",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewItem {
    org: Option<Uuid>,
    sku: String,
    title: String,
    status: Status,
    quantity: i64,
    price: Cents,
    active: bool,
    note: Option<String>,
}

impl NewItem {
    /// Check what the types do not say, and make the row of it.
    pub(super) fn into_item(self, org: Uuid) -> Result<Item, Refusal> {
        if self.org.is_some_and(|said| said != org) {
            return Err(Refusal::Invalid("org: not yours"));
        }
        if !self
            .sku
            .strip_prefix("SKU-")
            .is_some_and(|rest| rest.len() == 8 && rest.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(Refusal::Invalid("sku: eight digits after `SKU-`"));
        }
        if !(1..=200).contains(&self.title.chars().count()) {
            return Err(Refusal::Invalid("title: 1 to 200 characters"));
        }
        if self.quantity < 0 || self.price.0 < 0 {
            return Err(Refusal::Invalid("quantity, price: 0 or more"));
        }
        Ok(Item {
            id: Uuid::now_v7(),
            org,
            sku: self.sku,
            title: self.title,
            status: self.status.name().to_owned(),
            quantity: self.quantity,
            price: self.price,
            active: self.active,
            note: self.note,
            created_at: Moment(Utc::now().timestamp_micros()),
        })
    }
}

/// An amount in hundredths; in JSON a text with two digits behind the point.
pub(super) struct Cents(pub(super) i64);

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        let (whole, part) = text.split_once('.').unwrap_or((text, "00"));
        let cents = (part.len() == 2).then(|| format!("{whole}{part}").parse().ok()).flatten();
        cents.map(Self).ok_or_else(|| de::Error::custom("not an amount with two digits behind the point"))
    }
}

/// Microseconds since the epoch; in JSON as RFC 3339.
pub(super) struct Moment(pub(super) i64);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let moment = DateTime::from_timestamp_micros(self.0).unwrap_or_default();
        serializer.serialize_str(&moment.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}
