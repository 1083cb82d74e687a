//! What a connection is doing: whether it has asked for anything, and whether answers wait for its reader.
//!
//! HTTP/1 looks after itself: a head has its time, and a stuck answer is a stuck write ([`super::paced`]). A connection
//! that says nothing at all has no version yet. One of HTTP/2 may hold many answers back, by windows that it does not open,
//! while it answers every ping; so their bodies are handed on in pieces, and each tells when it was asked for the last one.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::Version;
use http_body::{Frame, SizeHint};
use tokio::time::Instant;

use crate::http::config::HttpConfig;

/// The largest piece of an answer on HTTP/2: what may be left behind when the rest is given up.
const PIECE: usize = 16 << 10;

/// The times that a connection has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    head: Duration,
    idle: Duration,
    write: Duration,
}

impl Times {
    pub(super) fn new(config: &HttpConfig) -> Self {
        Self { head: config.head_time, idle: config.idle_time, write: config.write_time }
    }
}

/// What a connection is doing.
#[derive(Debug)]
pub(super) struct Watch {
    times: Times,
    /// Whether a request has come at all.
    asked: AtomicBool,
    streams: Mutex<Streams>,
}

/// What is under way on a connection of HTTP/2; empty on one of HTTP/1.
#[derive(Debug)]
struct Streams {
    many: bool,
    next: u64,
    /// By number: since when a piece of its answer waits for the reader. `None` while the answer is being made.
    under_way: HashMap<u64, Option<Instant>>,
    /// When the last one came or went.
    last: Instant,
}

/// What to do with a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Look again then.
    Look(Instant),
    /// It looks after itself.
    Leave,
    /// It asks for nothing more: let it finish.
    Finish,
    /// It holds answers back, or never asked.
    Close,
}

impl Watch {
    pub(super) fn new(times: Times) -> Arc<Self> {
        let streams = Streams { many: false, next: 0, under_way: HashMap::new(), last: Instant::now() };
        Arc::new(Self { times, asked: AtomicBool::new(false), streams: Mutex::new(streams) })
    }

    /// When to look first.
    pub(super) fn first(&self) -> Instant {
        self.streams().last + self.times.head
    }

    /// A request has come.
    pub(super) fn begin(self: &Arc<Self>, version: Version) -> Stream {
        self.asked.store(true, Ordering::Relaxed);
        if version < Version::HTTP_2 {
            return Stream(None);
        }
        let mut streams = self.streams();
        streams.many = true;
        let number = streams.next;
        streams.next += 1;
        streams.set(number, None);
        Stream(Some((Arc::clone(self), number)))
    }

    pub(super) fn verdict(&self, now: Instant) -> Verdict {
        if !self.asked.load(Ordering::Relaxed) {
            return Verdict::Close;
        }
        let streams = self.streams();
        if !streams.many {
            return Verdict::Leave;
        }
        let waits = streams.under_way.values().flatten().min().map(|since| *since + self.times.write);
        match waits {
            Some(end) if end <= now => Verdict::Close,
            Some(end) => Verdict::Look(end),
            None if !streams.under_way.is_empty() => Verdict::Look(now + self.times.write),
            None if streams.last + self.times.idle <= now => Verdict::Finish,
            None => Verdict::Look((streams.last + self.times.idle).min(now + self.times.write)),
        }
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Streams {
    fn set(&mut self, number: u64, waits: Option<Instant>) {
        self.under_way.insert(number, waits);
        self.last = Instant::now();
    }
}

/// A request under way, until it is dropped; nothing on HTTP/1.
pub(super) struct Stream(Option<(Arc<Watch>, u64)>);

impl Stream {
    fn waits(&self, since: Option<Instant>) {
        if let Some((watch, number)) = &self.0 {
            watch.streams().set(*number, since);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some((watch, number)) = &self.0 {
            let mut streams = watch.streams();
            streams.under_way.remove(number);
            streams.last = Instant::now();
        }
    }
}

/// The body of an answer; on HTTP/2 in pieces, each of which is waited for.
pub(super) struct Watched {
    body: Body,
    rest: Bytes,
    stream: Stream,
}

impl Watched {
    pub(super) fn new(body: Body, stream: Stream) -> Self {
        Self { body, rest: Bytes::new(), stream }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if this.stream.0.is_none() {
            return Pin::new(&mut this.body).poll_frame(context);
        }
        if this.rest.is_empty() {
            match Pin::new(&mut this.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                Poll::Pending => {
                    // It is the answer that is not there, not its reader.
                    this.stream.waits(None);
                    return Poll::Pending;
                }
                ended => return ended,
            }
        }
        this.stream.waits(Some(Instant::now()));
        let piece = this.rest.split_to(this.rest.len().min(PIECE));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, body) = (self.rest.len() as u64, self.body.size_hint());
        let mut hint = SizeHint::new();
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(body.lower() + rest);
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    const TIMES: Times =
        Times { head: Duration::from_secs(1), idle: Duration::from_secs(60), write: Duration::from_secs(10) };

    fn after(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn who_never_asks_is_closed_and_http_1_looks_after_itself() {
        let watch = Watch::new(TIMES);
        assert_eq!((watch.first(), watch.verdict(after(1))), (after(1), Verdict::Close));
        drop(watch.begin(Version::HTTP_11));
        assert_eq!(watch.verdict(after(1000)), Verdict::Leave);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_not_taken_closes_the_connection() {
        let watch = Watch::new(TIMES);
        let mut answer = Watched::new(Body::from(vec![7; PIECE + 1]), watch.begin(Version::HTTP_2));
        assert_eq!(watch.verdict(after(100)), Verdict::Look(after(110)), "a slow answer is ours");
        assert_eq!(answer.size_hint().exact(), Some(PIECE as u64 + 1));
        let piece = answer.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!((piece.len(), answer.is_end_stream(), answer.size_hint().exact()), (PIECE, false, Some(1)));
        assert_eq!(watch.verdict(after(9)), Verdict::Look(after(10)));
        assert_eq!(watch.verdict(after(10)), Verdict::Close);
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(answer.frame().await.unwrap().unwrap().into_data().unwrap().len(), 1);
        assert_eq!(watch.verdict(after(9)), Verdict::Look(after(10)), "it was taken after all");
        assert!(answer.is_end_stream() && answer.frame().await.is_none());
        drop(answer);
        assert_eq!(watch.verdict(after(59)), Verdict::Look(after(60)));
        assert_eq!(watch.verdict(after(60)), Verdict::Finish);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_of_events_may_be_silent() {
        let watch = Watch::new(TIMES);
        let events = futures_util::stream::pending::<Result<Bytes, axum::Error>>();
        let mut answer = Watched::new(Body::from_stream(events), watch.begin(Version::HTTP_2));
        assert!(futures_util::future::poll_immediate(answer.frame()).await.is_none());
        assert!(matches!(watch.verdict(after(1000)), Verdict::Look(_)));
    }
}
