//! Who calls: the user that the token names, read at most once a second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Row;
use uuid::Uuid;

use super::database::Database;
use super::refusal::Refusal;

const FRESH: Duration = Duration::from_secs(1);

#[derive(Clone, Copy)]
pub(super) struct Actor {
    pub(super) org: Uuid,
    /// Whether their role lets them write.
    pub(super) writes: bool,
}

#[derive(Default)]
pub(super) struct Actors {
    kept: Mutex<HashMap<Uuid, (Instant, Actor)>>,
}

impl Actors {
    pub(super) async fn get(&self, database: &Database, id: Uuid) -> Result<Actor, Refusal> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied();
        if let Some((read, actor)) = kept
            && read.elapsed() < FRESH
        {
            return Ok(actor);
        }
        let row = sqlx::query("SELECT org, role FROM users WHERE id = ?1")
            .bind(id)
            .fetch_optional(&database.readers)
            .await?
            .ok_or(Refusal::Unauthenticated)?;
        let actor = Actor { org: row.try_get(0)?, writes: matches!(row.try_get(1)?, "billing" | "admin") };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (Instant::now(), actor));
        Ok(actor)
    }
}
