//! How long answers took.

use std::time::Duration;

use super::connection::Answer;

#[derive(Default)]
pub(crate) struct Timings {
    /// In nanoseconds.
    taken: Vec<u32>,
    pub(crate) errors: u64,
    pub(crate) first_error: Option<String>,
    pub(crate) body: usize,
}

impl Timings {
    pub(crate) fn record(&mut self, taken: Duration, answer: &Answer<'_>) {
        self.taken.push(u32::try_from(taken.as_nanos()).unwrap_or(u32::MAX));
        self.body = answer.body.len();
        if !answer.is_success() {
            self.errors += 1;
            self.first_error.get_or_insert_with(|| answer.shown());
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.taken.extend(other.taken);
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
        self.body = self.body.max(other.body);
    }

    /// How many answers there were.
    pub(crate) fn len(&self) -> f64 {
        self.taken.len() as f64
    }

    /// Within how many microseconds that share of the answers came.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.taken.clone();
        sorted.sort_unstable();
        let at = (sorted.len() as f64 * share) as usize;
        sorted.get(at.min(sorted.len().saturating_sub(1))).map_or(0.0, |nanoseconds| f64::from(*nanoseconds) / 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_recorded() {
        let mut timings = Timings::default();
        assert_eq!(timings.percentile(0.5), 0.0);
        for micros in (1..=100).rev() {
            timings.record(Duration::from_micros(micros), &Answer { status: 200, head: b"", body: b"four" });
        }
        assert_eq!((timings.percentile(0.5), timings.percentile(0.99), timings.body), (51.0, 100.0, 4));
    }

    #[test]
    fn only_successes_are_no_errors() {
        let mut timings = Timings::default();
        for status in [200, 201, 204, 304, 404, 500] {
            timings.record(Duration::ZERO, &Answer { status, head: b"head", body: b"body" });
        }
        assert_eq!(timings.errors, 3);
        assert_eq!(timings.first_error.as_deref(), Some("head body"));
    }
}
