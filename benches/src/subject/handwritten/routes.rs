//! The handlers.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Query, State as Shared};
use axum::http::header::{AUTHORIZATION, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use uuid::Uuid;

use super::actor::{Actor, Actors};
use super::database::Database;
use super::item::{Item, NewItem};
use super::page::{Page, PageQuery};
use super::refusal::Refusal;
use super::token::Tokens;

pub(super) struct State {
    pub(super) database: Database,
    pub(super) tokens: Tokens,
    pub(super) actors: Actors,
}

#[derive(Serialize)]
struct One {
    data: Item,
}

pub(super) fn router(state: State) -> Router {
    Router::new()
        .route("/api/items", get(list).post(create))
        .route("/api/items/{id}", get(read))
        .with_state(Arc::new(state))
}

impl FromRequestParts<Arc<State>> for Actor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<State>) -> Result<Self, Refusal> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let token = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or(Refusal::Unauthenticated)?;
        let id = state.tokens.verify(token).ok_or(Refusal::Unauthenticated)?;
        state.actors.get(&state.database, id).await
    }
}

async fn read(Shared(state): Shared<Arc<State>>, actor: Actor, Path(id): Path<Uuid>) -> Result<Json<One>, Refusal> {
    let data = state.database.item(id, actor.org).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(One { data }))
}

async fn list(
    Shared(state): Shared<Arc<State>>,
    actor: Actor,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page>, Refusal> {
    let limit = query.limit();
    let rows = state.database.items(actor.org, query.after()?, limit + 1).await?;
    Ok(Json(Page::new(rows, limit)))
}

async fn create(
    Shared(state): Shared<Arc<State>>,
    actor: Actor,
    Json(new): Json<NewItem>,
) -> Result<impl IntoResponse, Refusal> {
    if !actor.writes {
        return Err(Refusal::Forbidden);
    }
    let data = new.into_item(actor.org)?;
    state.database.insert(&data).await?;
    let location = HeaderValue::try_from(format!("/api/items/{}", data.id)).map_err(|_| Refusal::NotFound)?;
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(One { data })))
}
