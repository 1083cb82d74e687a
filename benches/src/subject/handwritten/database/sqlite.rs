//! SQLite: one connection writes, some read.

use std::path::Path;

use chrono::Utc;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, Row};
use uuid::Uuid;

use crate::Outcome;
use crate::sample::{EMAIL, ORGS, ROWS, STATUSES, Sample};
use crate::subject::handwritten::item::Item;

const TABLES: &str = "
CREATE TABLE orgs (id BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE users (
  id BLOB NOT NULL PRIMARY KEY,
  org BLOB NOT NULL REFERENCES orgs (id),
  email TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'billing', 'admin'))
) STRICT;
CREATE TABLE items (
  id BLOB NOT NULL PRIMARY KEY,
  org BLOB NOT NULL REFERENCES orgs (id),
  sku TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('planned', 'stocked', 'reserved', 'retired')),
  quantity INTEGER NOT NULL,
  price INTEGER NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  note TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX items_org_id ON items (org, id);
";

const INSERT: &str = "INSERT INTO items (id, org, sku, title, status, quantity, price, active, note, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const ITEM: &str = "SELECT id, org, sku, title, status, quantity, price, active, note, created_at
FROM items WHERE id = ?1 AND org = ?2";

const ITEMS: &str = "SELECT id, org, sku, title, status, quantity, price, active, note, created_at
FROM items WHERE org = ?1 AND id > ?2 ORDER BY id LIMIT ?3";

pub(in crate::subject::handwritten) struct Database {
    readers: SqlitePool,
    /// One connection: more would wait for each other's locks, at less than two thirds of the speed.
    writer: SqlitePool,
}

fn options(file: &Path, full: bool) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if full { SqliteSynchronous::Full } else { SqliteSynchronous::Normal })
        .foreign_keys(true)
        .pragma("mmap_size", (256 * 1024 * 1024).to_string())
}

impl Database {
    pub(in crate::subject::handwritten) async fn open(file: &Path, full: bool) -> Outcome<Self> {
        let pool = |most| SqlitePoolOptions::new().max_connections(most).test_before_acquire(false);
        let writer = pool(1).connect_with(options(file, full)).await?;
        let readers = pool(4).connect_with(options(file, full).read_only(true)).await?;
        Ok(Self { readers, writer })
    }

    pub(in crate::subject::handwritten) async fn login(&self, email: &str) -> Outcome<Uuid> {
        let row = sqlx::query("SELECT id FROM users WHERE email = ?1").bind(email).fetch_one(&self.readers).await?;
        Ok(row.try_get(0)?)
    }

    pub(in crate::subject::handwritten) async fn user(&self, id: Uuid) -> Result<Option<(Uuid, String)>, sqlx::Error> {
        let row =
            sqlx::query("SELECT org, role FROM users WHERE id = ?1").bind(id).fetch_optional(&self.readers).await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }

    pub(in crate::subject::handwritten) async fn item(&self, id: Uuid, org: Uuid) -> Result<Option<Item>, sqlx::Error> {
        sqlx::query_as(ITEM).bind(id).bind(org).fetch_optional(&self.readers).await
    }

    pub(in crate::subject::handwritten) async fn items(
        &self,
        org: Uuid,
        after: Uuid,
        limit: u32,
    ) -> Result<Vec<Item>, sqlx::Error> {
        sqlx::query_as(ITEMS).bind(org).bind(after).bind(limit).fetch_all(&self.readers).await
    }

    pub(in crate::subject::handwritten) async fn insert(&self, item: &Item) -> Result<(), sqlx::Error> {
        sqlx::query(INSERT)
            .bind(item.id)
            .bind(item.org)
            .bind(&item.sku)
            .bind(&item.title)
            .bind(&item.status)
            .bind(item.quantity)
            .bind(item.price.0)
            .bind(item.active)
            .bind(item.note.as_deref())
            .bind(item.created_at.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

/// The tables, two organisations, their people and their items.
pub(in crate::subject::handwritten) async fn seed(file: &Path) -> Outcome<()> {
    let mut connection = SqliteConnection::connect_with(&options(file, false).create_if_missing(true)).await?;
    sqlx::raw_sql(TABLES).execute(&mut connection).await?;
    let mut transaction = connection.begin().await?;
    let mut orgs = Vec::new();
    for name in ORGS {
        let org = Uuid::now_v7();
        sqlx::query("INSERT INTO orgs (id, name) VALUES (?1, ?2)")
            .bind(org)
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        orgs.push(org);
    }
    sqlx::query("INSERT INTO users (id, org, email, role) VALUES (?1, ?2, ?3, 'billing')")
        .bind(Uuid::now_v7())
        .bind(orgs[0])
        .bind(EMAIL)
        .execute(&mut *transaction)
        .await?;
    for number in 0..ROWS {
        let sample = Sample::new(number);
        sqlx::query(INSERT)
            .bind(Uuid::now_v7())
            .bind(orgs[usize::try_from(number % 2)?])
            .bind(sample.sku)
            .bind(sample.title)
            .bind(STATUSES[sample.status])
            .bind(sample.quantity)
            .bind(sample.cents)
            .bind(sample.active)
            .bind(sample.note)
            .bind(Utc::now().timestamp_micros())
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(connection.close().await?)
}
