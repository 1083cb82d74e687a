//! Where the log goes: stderr, so that stdout holds results alone.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Start logging: text on a terminal, JSON elsewhere. `MIMSY_LOG` filters, in the form of `RUST_LOG`.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("MIMSY_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A program that has set up its own log keeps it.
    let _kept = if std::io::stderr().is_terminal() { log.with_target(false).try_init() } else { log.json().try_init() };
}
