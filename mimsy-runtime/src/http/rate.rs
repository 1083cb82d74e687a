//! How many requests somebody may send: the generic cell rate algorithm (GCRA, ITU-T I.371), one number a caller.
//!
//! In memory and of this process alone: two servers behind a balancer let twice as many through. The memory is bounded;
//! when it is full, those who are furthest from their limit are forgotten first.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many requests may come in which time.
///
/// `Rate::per_minute(600)` lets 600 come at once, and then one each tenth of a second: what was not used fills up again
/// evenly, up to [`burst`](Self::burst).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many requests …
    pub requests: u32,
    /// … in this time.
    pub time: Duration,
    /// So many at once. By default all of [`requests`](Self::requests).
    pub burst: u32,
}

impl Rate {
    /// So many a second.
    #[must_use]
    pub const fn per_second(requests: u32) -> Self {
        Self { requests, time: Duration::from_secs(1), burst: requests }
    }

    /// So many a minute.
    #[must_use]
    pub const fn per_minute(requests: u32) -> Self {
        Self { requests, time: Duration::from_secs(60), burst: requests }
    }

    /// So many an hour.
    #[must_use]
    pub const fn per_hour(requests: u32) -> Self {
        Self { requests, time: Duration::from_secs(3600), burst: requests }
    }

    /// With so many at once.
    #[must_use]
    pub const fn burst(mut self, burst: u32) -> Self {
        self.burst = burst;
        self
    }

    /// Whether anything can ever pass.
    pub(crate) fn is_possible(&self) -> bool {
        self.requests > 0 && self.burst > 0 && !self.time.is_zero()
    }
}

/// What a caller has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// So many more requests at once …
    pub(crate) requests: u64,
    /// … until everything is there again.
    pub(crate) reset: Duration,
    /// Where the limit is reached: when the next request may come.
    pub(crate) wait: Option<Duration>,
}

/// Parts of the table, so that two threads seldom wait for each other.
const SHARDS: usize = 16;

/// At most how many callers are remembered in a part. All of it is about 4 MB.
const SHARD: usize = 8192;

/// A rate, and who has used how much of it.
#[derive(Debug)]
pub(crate) struct Limiter {
    rate: Rate,
    /// Nanoseconds that one request uses up.
    step: u64,
    /// How far ahead of now a caller may be: the burst less one.
    tolerance: u64,
    start: Instant,
    hasher: RandomState,
    /// By a keyed hash of the caller: the theoretical arrival time of their next request.
    shards: Box<[Mutex<HashMap<u64, u64>>]>,
}

impl Limiter {
    pub(crate) fn new(rate: Rate) -> Self {
        let step = (nanoseconds(rate.time) / u64::from(rate.requests.max(1))).max(1);
        Self {
            rate,
            step,
            tolerance: step.saturating_mul(u64::from(rate.burst.max(1)) - 1),
            start: Instant::now(),
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    pub(crate) fn rate(&self) -> &Rate {
        &self.rate
    }

    /// Count a request of a caller, unless the limit is reached.
    pub(crate) fn take(&self, caller: &impl Hash) -> Left {
        self.at(caller, nanoseconds(self.start.elapsed()), true)
    }

    /// What a caller has left, with nothing counted.
    pub(crate) fn look(&self, caller: &impl Hash) -> Left {
        self.at(caller, nanoseconds(self.start.elapsed()), false)
    }

    fn at(&self, caller: &impl Hash, now: u64, count: bool) -> Left {
        let key = self.hasher.hash_one(caller);
        let shard = &self.shards[key as usize % SHARDS];
        let mut known = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let due = known.get(&key).map_or(now, |due| (*due).max(now));
        let ahead = due - now;
        if ahead > self.tolerance {
            return Left {
                requests: 0,
                reset: Duration::from_nanos(ahead),
                wait: Some(Duration::from_nanos(ahead - self.tolerance)),
            };
        }
        let ahead = if count { ahead.saturating_add(self.step) } else { ahead };
        if count {
            if known.len() >= SHARD && !known.contains_key(&key) {
                forget(&mut known, now);
            }
            known.insert(key, now.saturating_add(ahead));
        }
        let room = (self.tolerance + self.step).saturating_sub(ahead);
        Left { requests: room / self.step, reset: Duration::from_nanos(ahead), wait: None }
    }
}

/// Make room: those who have everything again, and if that is not half, those who have the most.
fn forget(known: &mut HashMap<u64, u64>, now: u64) {
    known.retain(|_, due| *due > now);
    if known.len() > SHARD / 2 {
        let mut dues: Vec<u64> = known.values().copied().collect();
        let (_, middle, _) = dues.select_nth_unstable(SHARD / 2);
        let middle = *middle;
        known.retain(|_, due| *due > middle);
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_and_then_one_at_a_time() {
        let limiter = Limiter::new(Rate::per_minute(60).burst(3));
        let at = |seconds: f64| limiter.at(&"a", (seconds * 1e9) as u64, true);
        for left in [2, 1, 0] {
            let got = at(0.0);
            assert_eq!((got.requests, got.wait), (left, None));
        }
        assert_eq!(at(0.25).wait, Some(Duration::from_millis(750)));
        assert_eq!(at(0.25).reset, Duration::from_millis(2750), "a refused request costs nothing");
        assert_eq!(at(1.0).wait, None);
        assert!(at(1.5).wait.is_some());
        assert_eq!(at(100.0).requests, 2, "no more than the burst fills up");
        assert_eq!(limiter.at(&"b", 0, true).requests, 2, "another caller has their own");
        assert_eq!(limiter.at(&"b", 0, false).requests, 2, "looking counts nothing");
    }

    #[test]
    fn memory_is_bounded_and_the_busiest_are_remembered() {
        let limiter = Limiter::new(Rate::per_second(10));
        for _ in 0..10 {
            limiter.at(&"busy", 0, true);
        }
        for caller in 0..3 * SHARD * SHARDS {
            limiter.at(&caller, 1, true);
        }
        let known: usize = limiter.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(known <= SHARD * SHARDS, "{known}");
        assert!(limiter.at(&"busy", 2, true).wait.is_some());
    }

    proptest! {
        /// In no window of any length do more come through than the burst and what fills up meanwhile.
        #[test]
        fn no_window_lets_more_through(
            requests in 1..50_u32,
            burst in 1..50_u32,
            gaps in proptest::collection::vec(0..SECOND / 5, 1..200),
        ) {
            let limiter = Limiter::new(Rate::per_second(requests).burst(burst));
            let (mut now, mut passed) = (0, Vec::new());
            for gap in gaps {
                now += gap;
                let left = limiter.at(&(), now, true);
                match left.wait {
                    None => passed.push(now),
                    Some(wait) => {
                        let then = now + nanoseconds(wait);
                        prop_assert!(limiter.at(&(), then, false).wait.is_none(), "what is told to wait is enough");
                        prop_assert!(limiter.at(&(), then - 1, false).wait.is_some(), "and not too much");
                    }
                }
            }
            for (first, from) in passed.iter().enumerate() {
                for (last, to) in passed.iter().enumerate().skip(first) {
                    let most = u64::from(burst) + (to - from) / limiter.step;
                    prop_assert!((last - first + 1) as u64 <= most);
                }
            }
        }
    }
}
