//! The suite: every subject under every workload, interleaved, in rounds; medians and their ratios.
//!
//! In a round all servers stand at once, idle but for the one under load; each has a fresh copy of the same database.
//! A measurement that something else on the machine disturbed is taken again.

pub(crate) mod bench;
mod figures;
mod goals;
pub(crate) mod server;
mod table;

use std::time::Duration;

use self::bench::Bench;
use self::figures::Figures;
pub(crate) use self::figures::median;
use self::server::Server;
use crate::arguments::RunOptions;
use crate::subject::Subject;
use crate::workload::Workload;
use crate::{Outcome, machine};

/// How often a disturbed measurement is taken again.
const TRIES: usize = 3;

/// How long to wait for a quiet machine.
const PATIENCE: Duration = Duration::from_secs(6);

/// Cores that may be busy with something else.
const NOISE: f64 = 0.08;

/// Measure, and print the tables.
pub(crate) fn run(options: &RunOptions) -> Outcome<()> {
    let bench = Bench::new(options)?;
    let mut subjects: Vec<Subject> = chosen(&Subject::ALL, &options.subjects);
    if subjects.iter().any(|subject| subject.is_on_postgres())
        && let Err(reason) = bench.postgres()
    {
        eprintln!("nothing on Postgres: {reason}");
        subjects.retain(|subject| !subject.is_on_postgres());
    }
    let workloads: Vec<Workload> = chosen(&Workload::ALL, &options.workloads);
    eprintln!("{}", machine::description());
    if !bench.pins() {
        eprintln!("processes cannot be pinned here (two cores and `taskset` are needed): expect noise");
    }
    bench.seed(&subjects)?;
    let rounds = if options.quick { 1 } else { options.rounds.max(1) };
    let mut figures = Figures::default();
    for round in 0..rounds {
        let servers: Vec<Server> = subjects.iter().map(|subject| bench.start(*subject)).collect::<Outcome<_>>()?;
        for workload in &workloads {
            // Another subject comes first in each round, so that none always follows the same one.
            for at in 0..servers.len() {
                let server = &servers[(at + round) % servers.len()];
                if !server.subject.answers(*workload) {
                    continue;
                }
                let measured = undisturbed(&bench, server, *workload)?;
                eprintln!(
                    "round {}: {:<12} {:<20} {:>9.0} req/s  cpu {:>6.1} µs  p99 {:>6.0} µs{}",
                    round + 1,
                    workload.title(),
                    server.subject.name(),
                    measured.rate,
                    measured.cpu,
                    measured.p99,
                    if measured.foreign > NOISE && !server.subject.is_on_postgres() { "  (disturbed)" } else { "" },
                );
                if let Some(error) = &measured.first_error {
                    return Err(format!("{}: {} errors; {error}", server.subject.name(), measured.errors).into());
                }
                figures.add(server.subject, *workload, measured);
            }
        }
    }
    println!("{}", table::ratios(&figures));
    println!("{}", table::absolutes(&figures));
    Ok(())
}

/// A measurement that nothing else took part in, or the least disturbed of some.
fn undisturbed(bench: &Bench, server: &Server, workload: Workload) -> Outcome<crate::load::Measurement> {
    if server.subject.is_on_postgres() {
        // What the database's own processes use up cannot be told from what disturbs.
        machine::settle(PATIENCE)?;
        return bench.load(server, workload);
    }
    let mut best = None;
    for _ in 0..TRIES {
        machine::settle(PATIENCE)?;
        let measured = bench.load(server, workload)?;
        let quiet = measured.foreign <= NOISE;
        if best.as_ref().is_none_or(|best: &crate::load::Measurement| measured.foreign < best.foreign) {
            best = Some(measured);
        }
        if quiet {
            break;
        }
    }
    Ok(best.ok_or("nothing was measured")?)
}

fn chosen<T: Copy + PartialEq>(all: &[T], wanted: &[T]) -> Vec<T> {
    all.iter().copied().filter(|one| wanted.is_empty() || wanted.contains(one)).collect()
}
