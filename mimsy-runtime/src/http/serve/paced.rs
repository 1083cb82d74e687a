//! A stream whose reader has to keep pace: one that takes nothing, or next to nothing, of an answer would hold its memory
//! for as long as it likes.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// A stream that fails where writing has been stuck for longer than `time` and what its pace earned meanwhile.
pub(super) struct Paced<S> {
    stream: S,
    time: Duration,
    /// Bytes a second.
    rate: u32,
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, time: Duration, rate: u32) -> Self {
        Self { stream, time, rate: rate.max(1), stuck: None }
    }

    /// Some bytes were taken.
    fn earned(&mut self, bytes: usize) {
        if let Some(end) = &mut self.stuck {
            let more = Duration::from_secs_f64(bytes as f64 / f64::from(self.rate));
            let deadline = end.deadline() + more;
            end.as_mut().reset(deadline);
        }
    }

    /// Nothing can be written now: how long that has been, and whether it is too long.
    fn wait<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let time = self.time;
        let end = self.stuck.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + time)));
        ready!(end.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the answer is not read")))
    }

    fn written(&mut self, context: &mut Context<'_>, poll: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match poll {
            Poll::Ready(Ok(bytes)) => {
                self.earned(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.wait(context),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Whoever writes flushes when all is written: then nothing is stuck any more.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(context) {
            Poll::Pending => self.wait(context),
            done => {
                self.stuck = None;
                done
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(context) {
            Poll::Pending => self.wait(context),
            done => done,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const TIME: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_cut_off() {
        let (near, _far) = duplex(1000);
        let began = Instant::now();
        let error = Paced::new(near, TIME, 100).write_all(&[0; 1001]).await.unwrap_err();
        assert_eq!((error.kind(), began.elapsed()), (io::ErrorKind::TimedOut, TIME));
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_too_slowly_is_cut_off_and_who_keeps_pace_is_not() {
        for (bytes_a_second, expected) in [(50, false), (99, false), (101, true), (5000, true)] {
            let (near, mut far) = duplex(1000);
            tokio::spawn(async move {
                let mut piece = vec![0; bytes_a_second];
                while far.read_exact(&mut piece).await.is_ok() {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            });
            let mut paced = Paced::new(near, TIME, 100);
            let written = paced.write_all(&vec![0; 400_000]).await.is_ok();
            assert_eq!(written, expected, "{bytes_a_second} B/s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_flushed_is_forgotten() {
        let (near, mut far) = duplex(1000);
        tokio::spawn(async move {
            let mut all = vec![0; 1500];
            while far.read_exact(&mut all).await.is_ok() {
                tokio::time::sleep(Duration::from_secs(20)).await;
            }
        });
        let mut paced = Paced::new(near, TIME, 1_000_000);
        for _ in 0..10 {
            paced.write_all(&[0; 1500]).await.unwrap();
            paced.flush().await.unwrap();
        }
    }
}
