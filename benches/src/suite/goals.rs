//! The ratios that Mimsy aims at over HTTP, policy on.

use crate::subject::Subject;
use crate::workload::Workload;

/// At least this many times as fast as another subject.
pub(super) struct Goal {
    pub(super) workload: Workload,
    pub(super) subject: Subject,
    pub(super) to: Subject,
    pub(super) least: f64,
}

const fn goal(workload: Workload, to: Subject, least: f64) -> Goal {
    Goal { workload, subject: Subject::Mimsy, to, least }
}

const fn on_postgres(workload: Workload, least: f64) -> Goal {
    Goal { workload, subject: Subject::MimsyPostgres, to: Subject::HandwrittenPostgres, least }
}

/// The goal of "policy costs at most 5 %" is the ratio to the open subject, which reads the same rows by the same index;
/// it checks no token either, so the ratio holds more than the policy.
pub(super) const GOALS: [Goal; 13] = [
    goal(Workload::Get, Subject::Handwritten, 2.5),
    goal(Workload::List20, Subject::Handwritten, 2.5),
    goal(Workload::List100, Subject::Handwritten, 4.0),
    goal(Workload::Create, Subject::Handwritten, 2.0),
    goal(Workload::Create, Subject::HandwrittenFull, 8.0),
    goal(Workload::Get, Subject::Constant, 0.5),
    goal(Workload::Get, Subject::MimsyOpen, 0.95),
    goal(Workload::List20, Subject::MimsyOpen, 0.95),
    goal(Workload::List100, Subject::MimsyOpen, 0.95),
    on_postgres(Workload::Get, 1.2),
    on_postgres(Workload::List20, 1.2),
    on_postgres(Workload::List100, 1.2),
    on_postgres(Workload::Create, 1.0),
];
