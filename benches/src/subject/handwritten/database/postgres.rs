//! Postgres: one pool.

use chrono::Utc;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

use crate::Outcome;
use crate::sample::{EMAIL, ORGS, ROWS, STATUSES, Sample};
use crate::subject::handwritten::item::Item;

const TABLES: &str = "
CREATE TABLE orgs (id UUID NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE users (
  id UUID NOT NULL PRIMARY KEY,
  org UUID NOT NULL REFERENCES orgs (id),
  email TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'billing', 'admin'))
);
CREATE TABLE items (
  id UUID NOT NULL PRIMARY KEY,
  org UUID NOT NULL REFERENCES orgs (id),
  sku TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('planned', 'stocked', 'reserved', 'retired')),
  quantity BIGINT NOT NULL,
  price BIGINT NOT NULL,
  active BOOLEAN NOT NULL,
  note TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX items_org_id ON items (org, id);
";

const INSERT: &str = "INSERT INTO items (id, org, sku, title, status, quantity, price, active, note, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const ITEM: &str = "SELECT id, org, sku, title, status, quantity, price, active, note, created_at
FROM items WHERE id = $1 AND org = $2";

const ITEMS: &str = "SELECT id, org, sku, title, status, quantity, price, active, note, created_at
FROM items WHERE org = $1 AND id > $2 ORDER BY id LIMIT $3";

/// As many as Mimsy takes by default.
const CONNECTIONS: u32 = 8;

/// Rows that are planted in one statement.
const BATCH: u64 = 1000;

pub(in crate::subject::handwritten) struct Database {
    pool: PgPool,
}

impl Database {
    pub(in crate::subject::handwritten) async fn open(url: &str) -> Outcome<Self> {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false);
        Ok(Self { pool: pool.connect(url).await? })
    }

    pub(in crate::subject::handwritten) async fn login(&self, email: &str) -> Outcome<Uuid> {
        Ok(sqlx::query("SELECT id FROM users WHERE email = $1").bind(email).fetch_one(&self.pool).await?.try_get(0)?)
    }

    pub(in crate::subject::handwritten) async fn user(&self, id: Uuid) -> Result<Option<(Uuid, String)>, sqlx::Error> {
        let row = sqlx::query("SELECT org, role FROM users WHERE id = $1").bind(id).fetch_optional(&self.pool).await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }

    pub(in crate::subject::handwritten) async fn item(&self, id: Uuid, org: Uuid) -> Result<Option<Item>, sqlx::Error> {
        sqlx::query_as(ITEM).bind(id).bind(org).fetch_optional(&self.pool).await
    }

    pub(in crate::subject::handwritten) async fn items(
        &self,
        org: Uuid,
        after: Uuid,
        limit: u32,
    ) -> Result<Vec<Item>, sqlx::Error> {
        sqlx::query_as(ITEMS).bind(org).bind(after).bind(i64::from(limit)).fetch_all(&self.pool).await
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
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// The tables, two organisations, their people and their items.
pub(super) async fn seed(url: &str) -> Outcome<()> {
    let Database { pool } = Database::open(url).await?;
    sqlx::raw_sql(TABLES).execute(&pool).await?;
    let mut orgs = Vec::new();
    for name in ORGS {
        let org = Uuid::now_v7();
        sqlx::query("INSERT INTO orgs (id, name) VALUES ($1, $2)").bind(org).bind(name).execute(&pool).await?;
        orgs.push(org);
    }
    sqlx::query("INSERT INTO users (id, org, email, role) VALUES ($1, $2, $3, 'billing')")
        .bind(Uuid::now_v7())
        .bind(orgs[0])
        .bind(EMAIL)
        .execute(&pool)
        .await?;
    let columns = "INSERT INTO items (id, org, sku, title, status, quantity, price, active, note, created_at) ";
    for first in (0..ROWS).step_by(usize::try_from(BATCH)?) {
        let mut insert = QueryBuilder::<Postgres>::new(columns);
        insert.push_values(first..ROWS.min(first + BATCH), |mut row, number| {
            let sample = Sample::new(number);
            row.push_bind(Uuid::now_v7())
                .push_bind(orgs[usize::from(!number.is_multiple_of(2))])
                .push_bind(sample.sku)
                .push_bind(sample.title)
                .push_bind(STATUSES[sample.status])
                .push_bind(sample.quantity)
                .push_bind(sample.cents)
                .push_bind(sample.active)
                .push_bind(sample.note)
                .push_bind(Utc::now().timestamp_micros());
        });
        insert.build().execute(&pool).await?;
    }
    pool.close().await;
    Ok(())
}
