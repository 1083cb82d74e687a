//! One request and its answer, as far as what stands around them has to know: who asks from where, on which route, under
//! which limits.
//!
//! The request fills it in on its way ([`dispatch`](super::dispatch)); the [`envelope`](super::envelope) reads it, while
//! the answer is being made and when it is there.

use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use mimsy_schema::Value;

use super::door::Door;
use super::gate::{Gate, Permit};
use super::limits::Limits;
use super::metrics::RefusedBy;
use super::problem::{Problem, code};
use super::rate::{Left, Limiter, Rate};
use super::route::Route;
use crate::who::Who;

const RATE: HeaderName = HeaderName::from_static("ratelimit");
const RATE_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// One request and its answer.
#[derive(Debug)]
pub(crate) struct Exchange<'d> {
    pub(crate) door: &'d Door,
    started: Instant,
    /// Where it comes from; only looked for where an address counts.
    client: Option<IpAddr>,
    route: OnceLock<Route>,
    limits: OnceLock<&'d Limits>,
    permits: OnceLock<Vec<Permit<&'d Gate>>>,
    /// What the caller has left, by the name of the limit.
    left: Mutex<Vec<(&'static str, Rate, Left)>>,
}

/// The time of a request is over.
#[derive(Debug)]
pub(crate) struct Elapsed;

impl<'d> Exchange<'d> {
    pub(crate) fn begin(door: &'d Door, parts: &Parts) -> Self {
        Self {
            door,
            started: Instant::now(),
            client: door.client(parts),
            route: OnceLock::new(),
            limits: OnceLock::new(),
            permits: OnceLock::new(),
            left: Mutex::default(),
        }
    }

    /// How long it has taken so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Its route, once it is known.
    pub(crate) fn route(&self) -> Option<&Route> {
        self.route.get()
    }

    /// Let the request in, or refuse it before anything is done for it.
    pub(crate) fn admit(&self) -> Result<Permit<&'d Gate>, Problem> {
        if let (Some(limiter), Some(client)) = (&self.door.limiters().address, &self.client) {
            self.count("address", limiter, client)?;
        }
        Gate::enter(self.door.gate()).ok_or_else(|| self.overloaded("Too many requests are under way; try again."))
    }

    /// It is known who asks.
    pub(crate) fn identified(&self, who: &Who) -> Result<(), Problem> {
        match (&self.door.limiters().actor, actor(who)) {
            (Some(limiter), Some(actor)) => self.count("actor", limiter, actor),
            _ => Ok(()),
        }
    }

    /// Its path is known.
    pub(crate) fn on(&self, route: Route) {
        let _first = self.route.set(route);
    }

    /// Its action is known: what holds for it.
    pub(crate) fn enter(&self, limits: &'d Limits, who: &Who) -> Result<(), Problem> {
        let _first = self.limits.set(limits);
        let mut permits = Vec::new();
        for counted in &limits.counted {
            if let Some(limiter) = &counted.rate {
                match (actor(who), &self.client) {
                    (Some(actor), _) => self.count("route", limiter, actor)?,
                    (None, Some(client)) => self.count("route", limiter, client)?,
                    (None, None) => {}
                }
            }
            if let Some(gate) = &counted.gate {
                permits.push(
                    Gate::enter(gate)
                        .ok_or_else(|| self.overloaded("Too many requests are under way here; try again."))?,
                );
            }
        }
        let _first = self.permits.set(permits);
        Ok(())
    }

    fn count(&self, name: &'static str, limiter: &Limiter, caller: &impl std::hash::Hash) -> Result<(), Problem> {
        let (rate, left) = (*limiter.rate(), limiter.take(caller));
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push((name, rate, left));
        match left.wait {
            None => Ok(()),
            Some(wait) => {
                let detail = format!("At most {} requests in {} s are allowed", rate.requests, seconds(rate.time));
                Err(self.too_many(&detail, wait))
            }
        }
    }

    fn too_many(&self, detail: &str, wait: Duration) -> Problem {
        self.door.metrics().refused(RefusedBy::Rate);
        Problem::too_many(detail, wait)
    }

    fn overloaded(&self, detail: &'static str) -> Problem {
        self.door.metrics().refused(RefusedBy::Concurrency);
        Problem::new(&code::OVERLOADED, detail).retry_after(1)
    }

    /// How long it may take.
    pub(crate) fn time(&self) -> Duration {
        self.limits.get().map_or(self.door.config().time, |limits| limits.time)
    }

    /// Wait for the answer as long as it may take, which may only be known on the way.
    pub(crate) async fn within<F: Future>(&self, mut answer: Pin<&mut F>) -> Result<F::Output, Elapsed> {
        let started = tokio::time::Instant::now();
        let mut end = pin!(tokio::time::sleep_until(started + self.time()));
        let mut own = false;
        poll_fn(|context| {
            if let Poll::Ready(answer) = answer.as_mut().poll(context) {
                return Poll::Ready(Ok(answer));
            }
            if !own && let Some(limits) = self.limits.get() {
                own = true;
                end.as_mut().reset(started + limits.time);
            }
            end.as_mut().poll(context).map(|()| Err(Elapsed))
        })
        .await
    }

    /// Tell what the caller has left, where anything is counted.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.is_empty() {
            return;
        }
        let policy =
            |(name, rate, _): &(&str, Rate, Left)| format!("\"{name}\";q={};w={}", rate.requests, seconds(rate.time));
        let state =
            |(name, _, left): &(&str, Rate, Left)| format!("\"{name}\";r={};t={}", left.requests, seconds(left.reset));
        let line = |of: Vec<String>| HeaderValue::try_from(of.join(", ")).ok();
        if let Some(policies) = line(left.iter().map(policy).collect()) {
            headers.insert(RATE_POLICY, policies);
        }
        if let Some(states) = line(left.iter().map(state).collect()) {
            headers.insert(RATE, states);
        }
    }
}

fn actor(who: &Who) -> Option<&Vec<Value>> {
    match who {
        Who::Actor(row) => Some(&row.key),
        Who::Nobody | Who::System(_) => None,
    }
}

/// Whole seconds, at least one: never less than the time.
fn seconds(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}
