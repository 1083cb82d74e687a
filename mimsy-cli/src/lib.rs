//! The commands of a Mimsy program: `serve` (the default), `migrate`, `check`, `policy`, `explain`, `export`, `seed`,
//! `token`, `keys`, `signing-key`.
//!
//! `App::new(Shop).main()` runs them. They write their result to stdout and everything else to stderr, and exit with 0,
//! 1 (it failed) or 2 (the command line is wrong).

mod arguments;
mod commands;
mod explain;
mod export;
mod keys;
mod log;
mod own;
mod policy;
mod progress;
mod signing_key;

use std::process::ExitCode;

use mimsy_runtime::app::App;

pub use self::own::Commands;
use self::own::Own;

/// An application as a program.
pub trait Main {
    /// Run the command that the command line names.
    fn main(self) -> ExitCode;
}

impl Main for App {
    fn main(mut self) -> ExitCode {
        let own: Vec<Own> = self.extensions();
        let command = match arguments::parse(&self, own, std::env::args_os()) {
            Ok(command) => command,
            Err(error) => error.exit(),
        };
        log::start();
        let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                eprintln!("error: the runtime cannot start: {error}");
                return ExitCode::FAILURE;
            }
        };
        match runtime.block_on(commands::run(self, command)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        }
    }
}
