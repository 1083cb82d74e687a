//! `serve` by default; see `--help`.

use std::process::ExitCode;

use mimsy::prelude::*;

fn main() -> ExitCode {
    invoices::app().main()
}
