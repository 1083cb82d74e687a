//! A page of items behind a cursor, in the order of their keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::item::Item;
use super::refusal::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Page {
    data: Vec<Item>,
    page: PageInfo,
}

#[derive(Serialize)]
struct PageInfo {
    next: Option<String>,
    prev: Option<String>,
    limit: u32,
}

impl PageQuery {
    pub(super) fn limit(&self) -> u32 {
        self.limit.unwrap_or(50).clamp(1, 1000)
    }

    /// The key of the row before the page. The nil key is before all.
    pub(super) fn after(&self) -> Result<Uuid, Refusal> {
        let Some(cursor) = &self.after else { return Ok(Uuid::nil()) };
        let mut key = [0; 16];
        match URL_SAFE_NO_PAD.decode_slice(cursor, &mut key) {
            Ok(16) => Ok(Uuid::from_bytes(key)),
            _ => Err(Refusal::BadCursor),
        }
    }
}

impl Page {
    /// Of one row more than the limit, if there are more.
    pub(super) fn new(mut data: Vec<Item>, limit: u32) -> Self {
        let more = data.len() > limit as usize;
        data.truncate(limit as usize);
        let last = data.last().filter(|_| more);
        let next = last.map(|item| URL_SAFE_NO_PAD.encode(item.id.as_bytes()));
        Self { data, page: PageInfo { next, prev: None, limit } }
    }
}
