//! What a careful author writes by hand: axum and sqlx, typed structs, serde, keyset pages; on SQLite or on Postgres.
//!
//! Tuned as far as sqlx lets one: on SQLite a pool of readers beside a pool of one writer and memory-mapped reads; on
//! both no ping before each use, statements cached by sqlx, columns read by position. Each request verifies a token and knows the actor's row,
//! which is read again after a second; the tenant stands in the SQL.

mod actor;
mod database;
mod item;
mod page;
mod refusal;
mod routes;
mod token;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use self::actor::Actors;
use self::database::Database;
use self::routes::State;
use self::token::Tokens;
use super::announce;
use crate::Outcome;
use crate::sample::EMAIL;

pub(super) async fn seed(place: &str) -> Outcome<()> {
    database::seed(place).await
}

pub(super) async fn serve(listener: TcpListener, place: &str, full: bool) -> Outcome<()> {
    let database = Database::open(place, full).await?;
    let tokens = Tokens::new(b"a secret of the hand-written server");
    let caller = database.login(EMAIL).await?;
    announce(&listener, Some(tokens.mint(caller)?))?;
    let router = routes::router(State { database, tokens, actors: Actors::default() });
    Ok(axum::serve(listener.tap_io(|stream| drop(stream.set_nodelay(true))), router).await?)
}
