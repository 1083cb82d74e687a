//! The measurements of Mimsy: servers to compare (`serve`), a load generator (`load`), the suite that runs both (`run`),
//! and what a hundred entities cost to compile (`compile`). `README.md` holds the method and the figures.

mod arguments;
mod compile;
mod load;
mod machine;
mod process;
mod sample;
mod storm;
mod subject;
mod suite;
mod workload;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

/// What a command gives: measurements fail with words for the person at the terminal, never to be told apart by code.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Run(options) => suite::run(&options),
        Command::Compile(options) => compile::run(&options),
        Command::Seed { subject, place } => subject.seed(&place),
        Command::Serve { subject, place, listen, until_stdin_closes } => {
            subject.serve(&place, &listen, until_stdin_closes)
        }
        Command::Load(options) => load::run(options),
        Command::Storm(options) => storm::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
