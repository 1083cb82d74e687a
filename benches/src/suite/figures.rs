//! What was measured, by subject and workload, and the medians of it.

use crate::load::Measurement;
use crate::subject::Subject;
use crate::workload::Workload;

#[derive(Default)]
pub(super) struct Figures {
    measured: Vec<(Subject, Workload, Measurement)>,
}

impl Figures {
    pub(super) fn add(&mut self, subject: Subject, workload: Workload, measurement: Measurement) {
        self.measured.push((subject, workload, measurement));
    }

    /// The median of a figure over the rounds, if the subject was measured under the workload.
    pub(super) fn median(
        &self,
        subject: Subject,
        workload: Workload,
        figure: impl Fn(&Measurement) -> f64,
    ) -> Option<f64> {
        median(self.of(subject, workload).map(figure).collect())
    }

    /// The ratio of the rates of two subjects.
    pub(super) fn ratio(&self, subject: Subject, to: Subject, workload: Workload) -> Option<f64> {
        let rate = |subject| self.median(subject, workload, |measured| measured.rate);
        Some(rate(subject)? / rate(to)?)
    }

    /// How many requests of one subject cost the CPU time of one request of another.
    pub(super) fn cpu_ratio(&self, subject: Subject, to: Subject, workload: Workload) -> Option<f64> {
        let cpu = |subject| self.median(subject, workload, |measured| measured.cpu);
        Some(cpu(to)? / cpu(subject)?)
    }

    /// Half of the distance between the slowest and the fastest round, as a share of the median.
    pub(super) fn spread(&self, subject: Subject, workload: Workload) -> Option<f64> {
        let rates: Vec<f64> = self.of(subject, workload).map(|measured| measured.rate).collect();
        let (least, most) =
            rates.iter().fold((f64::MAX, 0.0_f64), |(least, most), rate| (least.min(*rate), most.max(*rate)));
        Some((most - least) / 2.0 / median(rates)?)
    }

    fn of(&self, subject: Subject, workload: Workload) -> impl Iterator<Item = &Measurement> {
        self.measured.iter().filter(move |(s, w, _)| (*s, *w) == (subject, workload)).map(|(_, _, measured)| measured)
    }
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn a_median_is_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 9.0]), Some(3.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), Some(3.0));
    }
}
