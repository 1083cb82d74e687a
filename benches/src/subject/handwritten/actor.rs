//! Who calls: the user that the token names, read at most once a second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

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
        let (org, role) = database.user(id).await?.ok_or(Refusal::Unauthenticated)?;
        let actor = Actor { org, writes: matches!(role.as_str(), "billing" | "admin") };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (Instant::now(), actor));
        Ok(actor)
    }
}
