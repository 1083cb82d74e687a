//! What the door counts, for Prometheus.
//!
//! A request costs a few additions to atomic numbers: no lock, no allocation. The numbers of a route and method are made
//! when the first request comes there. `text` writes them out.

mod process;
mod text;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::{Method, StatusCode};

use super::route::{Route, Shape};
pub(crate) use text::{CONTENT_TYPE as TEXT, Gauges};

/// The methods that are told apart; others are the last.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"];

/// The statuses that are told apart; others are `other`.
const STATUSES: [u16; 26] = [
    200, 201, 204, 207, 304, 400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 414, 415, 422, 428, 429, 431, 500, 501,
    503, 504, 507,
];

/// Upper bounds of the histogram, in microseconds; behind them is all that took longer.
const BOUNDS: [u64; 16] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000,
    30_000_000,
];

/// The numbers of one route and method.
#[derive(Debug, Default)]
struct Numbers {
    statuses: [AtomicU64; STATUSES.len() + 1],
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

/// Why a request was refused before anything was done for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusedBy {
    /// The rate of its address, its actor or its route, or wrong credentials.
    Rate,
    /// Too many under way.
    Concurrency,
}

/// What the door counts.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// By route and method: first what matched no route, then the entities', shape by shape.
    numbers: Box<[OnceLock<Box<Numbers>>]>,
    refused: [AtomicU64; 2],
    sockets: Arc<Sockets>,
}

/// What the server counts; nothing where another one serves the routes.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    open: AtomicU64,
    accepted: AtomicU64,
    refused: AtomicU64,
}

/// An open connection, until it is dropped.
#[derive(Debug)]
pub(crate) struct Open(Arc<Sockets>);

impl Sockets {
    /// A connection was taken.
    pub(crate) fn open(self: &Arc<Self>) -> Open {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.accepted.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(self))
    }

    /// There was no room for one.
    pub(crate) fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    pub(crate) fn new(entities: usize) -> Self {
        let routes = 1 + entities * Shape::ALL.len();
        let numbers = (0..routes * METHODS.len()).map(|_| OnceLock::new()).collect();
        Self { numbers, refused: Default::default(), sockets: Arc::default() }
    }

    /// What the server counts.
    pub(crate) fn sockets(&self) -> &Arc<Sockets> {
        &self.sockets
    }

    /// A request was answered.
    pub(crate) fn answered(&self, route: Option<&Route>, method: &Method, status: StatusCode, took: Duration) {
        let Some(numbers) = self.at(route, method) else { return };
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        numbers.statuses[place(status)].fetch_add(1, Ordering::Relaxed);
        numbers.buckets[BOUNDS.partition_point(|bound| *bound < micros)].fetch_add(1, Ordering::Relaxed);
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        numbers.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// A request was refused.
    pub(crate) fn refused(&self, by: RefusedBy) {
        self.refused[by as usize].fetch_add(1, Ordering::Relaxed);
    }

    fn at(&self, route: Option<&Route>, method: &Method) -> Option<&Numbers> {
        let route = match route {
            None => 0,
            Some(Route::Entity { entity, shape, .. }) => 1 + entity.index() * Shape::ALL.len() + *shape as usize,
            Some(Route::Page(_)) => return None,
        };
        let method = METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(METHODS.len() - 1);
        // A route of a schema with more entities than the door was made for is not counted.
        let numbers = self.numbers.get(route * METHODS.len() + method)?;
        Some(numbers.get_or_init(Box::default))
    }
}

fn place(status: StatusCode) -> usize {
    STATUSES.binary_search(&status.as_u16()).unwrap_or(STATUSES.len())
}

#[cfg(test)]
mod tests;
