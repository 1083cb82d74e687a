//! A connection too many: told so in one answer, whatever it would have asked, and closed.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::config::HttpConfig;
use crate::http::gate::Gate;
use crate::http::problem::{Problem, code};
use crate::http::request_id::RequestId;

/// So many that are turned away are given the time to read why; others are just closed.
const AT_ONCE: usize = 256;

/// How long.
const TIME: Duration = Duration::from_secs(1);

/// Tells connections that there is no room for them.
pub(super) struct Refusals {
    prefix: Arc<str>,
    room: Arc<Gate>,
}

impl Refusals {
    pub(super) fn new(config: &HttpConfig) -> Self {
        Self { prefix: config.prefix.as_str().into(), room: Arc::new(Gate::new(AT_ONCE)) }
    }

    pub(super) fn turn_away(&self, stream: TcpStream) {
        let Some(permit) = Gate::enter(Arc::clone(&self.room)) else { return };
        let prefix = Arc::clone(&self.prefix);
        tokio::spawn(async move {
            let _permit = permit;
            // How it ends is its peer's affair.
            let _ = tokio::time::timeout(TIME, tell(stream, &prefix)).await;
        });
    }
}

async fn tell(mut stream: TcpStream, prefix: &str) -> std::io::Result<()> {
    stream.write_all(&answer(prefix).await).await?;
    stream.shutdown().await?;
    // What it has sent is read first: closing with unread bytes would take the answer back.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// An answer of HTTP/1.1, which every client can read that has not said otherwise yet.
async fn answer(prefix: &str) -> Vec<u8> {
    let id = RequestId::new();
    let problem = Problem::new(&code::OVERLOADED, "There are too many connections; try again.").retry_after(1);
    let (parts, body) = problem.respond(prefix, id.as_str()).into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let mut text = format!("HTTP/1.1 {}\r\n", parts.status);
    for (name, value) in &parts.headers {
        text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap_or_default()));
    }
    text.push_str(&format!("x-request-id: {}\r\n", id.as_str()));
    text.push_str(&format!("connection: close\r\ncontent-length: {}\r\n\r\n", body.len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}
