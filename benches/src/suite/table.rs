//! The tables, in Markdown.

use std::fmt::Write;

use super::figures::Figures;
use super::goals::GOALS;
use crate::subject::Subject;
use crate::workload::Workload;

/// What was reached, beside what is aimed at.
pub(super) fn ratios(figures: &Figures) -> String {
    let mut table = String::from(
        "| workload | ratio | goal | requests a second | CPU a request, inverse | |\n|---|---|---|---|---|---|\n",
    );
    for goal in &GOALS {
        if let Some(ratio) = figures.ratio(goal.subject, goal.to, goal.workload) {
            // CPU time says the same where the server's core was full, and is robust against noise; where writes wait for
            // the disk, it does not.
            let cpu = figures.cpu_ratio(goal.subject, goal.to, goal.workload).unwrap_or(f64::NAN);
            let verdict = if ratio >= goal.least { "reached" } else { "**short**" };
            let _ = writeln!(
                table,
                "| {} | {} : {} | ≥ {:.2} | {ratio:.2} | {cpu:.2} | {verdict} |",
                goal.workload.title(),
                goal.subject.name(),
                goal.to.name(),
                goal.least,
            );
        }
    }
    table
}

/// Everything that was measured.
pub(super) fn absolutes(figures: &Figures) -> String {
    let mut table = String::from(
        "| workload | subject | req/s | ± | p50 µs | p99 µs | server CPU µs/req | its core | RSS MB (anonymous) | body | errors |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for workload in Workload::ALL {
        for subject in Subject::ALL {
            if let Some(row) = row(figures, subject, workload) {
                table.push_str(&row);
            }
        }
    }
    table
}

fn row(figures: &Figures, subject: Subject, workload: Workload) -> Option<String> {
    let rate = figures.median(subject, workload, |m| m.rate)?;
    let spread = figures.spread(subject, workload)? * 100.0;
    let p50 = figures.median(subject, workload, |m| m.p50)?;
    let p99 = figures.median(subject, workload, |m| m.p99)?;
    let cpu = figures.median(subject, workload, |m| m.cpu)?;
    let share = figures.median(subject, workload, |m| m.server_share)? * 100.0;
    let resident = figures.median(subject, workload, |m| m.resident)?;
    let anonymous = figures.median(subject, workload, |m| m.anonymous)?;
    let body = figures.median(subject, workload, |m| m.body as f64)?;
    let errors = figures.median(subject, workload, |m| m.errors as f64)?;
    Some(format!(
        "| {} | {} | {rate:.0} | {spread:.0} % | {p50:.0} | {p99:.0} | {cpu:.1} | {share:.0} % | {resident:.0} ({anonymous:.0}) | {body} | {errors} |\n",
        workload.title(),
        subject.name(),
    ))
}
