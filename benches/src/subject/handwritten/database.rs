//! The SQL, and the pools that it runs on.

mod postgres;
mod sqlite;

use std::path::Path;

use uuid::Uuid;

use super::item::Item;
use crate::Outcome;
use crate::subject::is_postgres;

pub(super) enum Database {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

impl Database {
    pub(super) async fn open(place: &str, full: bool) -> Outcome<Self> {
        Ok(if is_postgres(place) {
            Self::Postgres(postgres::Database::open(place).await?)
        } else {
            Self::Sqlite(sqlite::Database::open(Path::new(place), full).await?)
        })
    }

    pub(super) async fn login(&self, email: &str) -> Outcome<Uuid> {
        match self {
            Self::Sqlite(database) => database.login(email).await,
            Self::Postgres(database) => database.login(email).await,
        }
    }

    /// The organisation and the role of somebody.
    pub(super) async fn user(&self, id: Uuid) -> Result<Option<(Uuid, String)>, sqlx::Error> {
        match self {
            Self::Sqlite(database) => database.user(id).await,
            Self::Postgres(database) => database.user(id).await,
        }
    }

    pub(super) async fn item(&self, id: Uuid, org: Uuid) -> Result<Option<Item>, sqlx::Error> {
        match self {
            Self::Sqlite(database) => database.item(id, org).await,
            Self::Postgres(database) => database.item(id, org).await,
        }
    }

    pub(super) async fn items(&self, org: Uuid, after: Uuid, limit: u32) -> Result<Vec<Item>, sqlx::Error> {
        match self {
            Self::Sqlite(database) => database.items(org, after, limit).await,
            Self::Postgres(database) => database.items(org, after, limit).await,
        }
    }

    pub(super) async fn insert(&self, item: &Item) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(database) => database.insert(item).await,
            Self::Postgres(database) => database.insert(item).await,
        }
    }
}

/// The tables, two organisations, their people and their items.
pub(super) async fn seed(place: &str) -> Outcome<()> {
    if is_postgres(place) { postgres::seed(place).await } else { sqlite::seed(Path::new(place)).await }
}
