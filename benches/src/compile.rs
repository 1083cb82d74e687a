//! What a hundred entities cost to compile: guarded by Mimsy, beside the same structs with serde derives alone.
//!
//! Both crates are generated into a workspace of their own, beside this program, with dependencies built beforehand; only
//! the crate itself is cleaned between measurements. The variants take turns.

mod generate;
mod project;
mod variant;

use self::project::Project;
use self::variant::Variant;
use crate::arguments::CompileOptions;
use crate::suite::median;
use crate::{Outcome, machine};

/// What is timed, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Check,
    CheckAgain,
    Build,
    BuildAgain,
}

impl Step {
    const ALL: [Self; 4] = [Self::Check, Self::CheckAgain, Self::Build, Self::BuildAgain];

    fn title(self) -> &'static str {
        match self {
            Self::Check => "clean check",
            Self::CheckAgain => "incremental check",
            Self::Build => "clean build",
            Self::BuildAgain => "incremental build",
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Check | Self::CheckAgain => "check",
            Self::Build | Self::BuildAgain => "build",
        }
    }

    /// Whether the crate is cleaned before; otherwise one constant in one entity's file changes.
    fn is_clean(self) -> bool {
        matches!(self, Self::Check | Self::Build)
    }
}

/// Measure, and print the table.
pub(crate) fn run(options: &CompileOptions) -> Outcome<()> {
    eprintln!("{}", machine::description());
    let project = Project::create(options.entities)?;
    for variant in Variant::ALL {
        eprintln!("building the dependencies of {}", variant.title());
        for step in [Step::Check, Step::Build] {
            project.cargo(variant, step.command())?;
        }
    }
    let mut timed: Vec<(Variant, Step, f64)> = Vec::new();
    for round in 0..options.rounds.max(1) {
        for step in Step::ALL {
            for variant in Variant::ALL {
                let seconds = project.time(variant, step, round)?;
                eprintln!("round {}: {:<18} {:<32} {seconds:.2} s", round + 1, step.title(), variant.title());
                timed.push((variant, step, seconds));
            }
        }
    }
    let of = |variant, step| {
        let one = timed.iter().filter(|(v, s, _)| (*v, *s) == (variant, step)).map(|(_, _, seconds)| *seconds);
        median(one.collect()).unwrap_or(f64::NAN)
    };
    println!("| {} entities of 10 fields | Mimsy, guarded | serde derives | ratio | goal |", options.entities);
    println!("|---|---|---|---|---|");
    for step in Step::ALL {
        let (guarded, derives) = (of(Variant::Guarded, step), of(Variant::Derives, step));
        println!("| {} | {guarded:.2} s | {derives:.2} s | {:.2} | ≤ 1.00 |", step.title(), guarded / derives);
    }
    Ok(())
}
