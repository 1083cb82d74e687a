//! What a careful author writes by hand: axum and sqlx on SQLite, typed structs, serde, keyset pages.
//!
//! Tuned as far as sqlx lets one: a pool of readers beside a pool of one writer, no ping before each use, memory-mapped
//! reads, statements cached by sqlx, columns read by position. Each request verifies a token and knows the actor's row,
//! which is read again after a second; the tenant stands in the SQL.

mod actor;
mod database;
mod item;
mod page;
mod refusal;
mod routes;
mod token;

use std::path::Path;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use self::actor::Actors;
use self::database::Database;
use self::routes::State;
use self::token::Tokens;
use super::announce;
use crate::Outcome;
use crate::sample::EMAIL;

pub(super) async fn seed(file: &Path) -> Outcome<()> {
    database::seed(file).await
}

pub(super) async fn serve(listener: TcpListener, file: &Path, full: bool) -> Outcome<()> {
    let database = Database::open(file, full).await?;
    let tokens = Tokens::new(b"a secret of the hand-written server");
    let caller = database.login(EMAIL).await?;
    announce(&listener, Some(tokens.mint(caller)?))?;
    let router = routes::router(State { database, tokens, actors: Actors::default() });
    Ok(axum::serve(listener.tap_io(|stream| drop(stream.set_nodelay(true))), router).await?)
}
