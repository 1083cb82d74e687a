//! One keep-alive connection: a request out, an answer in.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub(crate) struct Answer<'b> {
    pub(crate) status: u16,
    pub(crate) head: &'b [u8],
    pub(crate) body: &'b [u8],
}

impl Answer<'_> {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn shown(&self) -> String {
        let shown = format!("{} {}", String::from_utf8_lossy(self.head), String::from_utf8_lossy(self.body));
        shown.chars().take(1000).collect()
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream =
            TcpStream::connect(address).await.map_err(|error| format!("cannot connect to {address}: {error}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    pub(crate) async fn ask(&mut self, request: &[u8]) -> Outcome<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut head: Option<Head> = None;
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(format!(
                    "the server closed the connection in the middle of an answer: {}",
                    String::from_utf8_lossy(&self.buffer)
                )
                .into());
            }
            if head.is_none() {
                head = Head::parse(&self.buffer)?;
            }
            if let Some(head) = &head
                && self.buffer.len() >= head.end + head.body
            {
                return Ok(Answer {
                    status: head.status,
                    head: &self.buffer[..head.end],
                    body: &self.buffer[head.end..head.end + head.body],
                });
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Where the body starts.
    end: usize,
    /// How long it is.
    body: usize,
}

impl Head {
    /// The head of an answer, once it is there in full.
    fn parse(bytes: &[u8]) -> Outcome<Option<Self>> {
        let Some(at) = bytes.windows(END_OF_HEAD.len()).position(|window| window == END_OF_HEAD) else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes[..at])?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| format!("not an HTTP answer: {text}"))?;
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse().ok());
        let bodiless = status == 204 || status == 304;
        match length.or(bodiless.then_some(0)) {
            Some(body) => Ok(Some(Self { status, end: at + END_OF_HEAD.len(), body })),
            None => Err(format!("the answer does not say its length: {text}").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_complete() {
        let check = |text: &str, expected: Option<Head>| assert_eq!(Head::parse(text.as_bytes()).unwrap(), expected);
        check("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", None);
        check("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", Some(Head { status: 200, end: 38, body: 5 }));
        check("HTTP/1.1 204 No Content\r\nx: y\r\n\r\n", Some(Head { status: 204, end: 33, body: 0 }));
    }

    #[test]
    fn what_cannot_be_measured_is_an_error() {
        for text in ["SSH-2.0\r\n\r\n", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"] {
            assert!(Head::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
