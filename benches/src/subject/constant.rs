//! axum, answering a constant of the size of one row: what HTTP costs before anything is done.

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use super::announce;
use crate::Outcome;

macro_rules! row {
    () => {
        r#"{"id":"019dd000-0000-7000-8000-000000000001","org":"019dd000-0000-7000-8000-000000000002","sku":"SKU-00000001","title":"Giant horseshoe magnet 1","status":"stocked","quantity":1234,"price":"1234.56","active":true,"note":null,"created_at":"2026-11-20T12:00:00.000000Z"}"#
    };
}

const ONE: &str = concat!(r#"{"data":"#, row!(), "}");

/// For the load generator, which looks for keys in a list.
const PAGE: &str = concat!(r#"{"data":["#, row!(), r#"],"page":{"next":null,"prev":null,"limit":1}}"#);

pub(super) async fn serve(listener: TcpListener) -> Outcome<()> {
    announce(&listener, None)?;
    let router = Router::new().route("/api/items", get(|| answer(PAGE))).route("/api/items/{id}", get(|| answer(ONE)));
    Ok(axum::serve(listener.tap_io(|stream| drop(stream.set_nodelay(true))), router).await?)
}

async fn answer(body: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], Bytes::from_static(body.as_bytes()))
}
