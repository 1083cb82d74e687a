//! The command line.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand};

use crate::subject::Subject;
use crate::workload::Workload;

#[derive(Parser)]
#[command(about = "Measures Mimsy against hand-written peers")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Measure every subject under every workload, and print the tables.
    Run(RunOptions),
    /// Measure what a hundred guarded entities cost to compile, beside the same structs with serde derives.
    Compile(CompileOptions),
    /// Make the database of a subject.
    Seed {
        subject: Subject,
        /// The SQLite file to create, or the address of an empty Postgres database.
        place: String,
    },
    /// Serve one subject; prints its address and a token as one line of JSON.
    Serve {
        subject: Subject,
        /// Its SQLite file or the address of its Postgres database; `seed` makes what is in there.
        place: String,
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// End when standard input ends, so that no server outlives whoever started it.
        #[arg(long)]
        until_stdin_closes: bool,
    },
    /// Put a server under load; prints the measurement as one line of JSON.
    Load(LoadOptions),
    /// Put a subject under many connections at once, nine reads to a write, and fail at the first error.
    Storm(StormOptions),
}

#[derive(Args)]
pub(crate) struct RunOptions {
    /// One short round: shows that everything works, and says little about speed.
    #[arg(long)]
    pub(crate) quick: bool,
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// How long a measurement takes.
    #[arg(long, default_value_t = 2.5)]
    pub(crate) seconds: f64,
    #[arg(long, default_value_t = 64)]
    pub(crate) connections: usize,
    /// Only these subjects; all by default.
    #[arg(long, value_delimiter = ',')]
    pub(crate) subjects: Vec<Subject>,
    /// Only these workloads; all by default.
    #[arg(long, value_delimiter = ',')]
    pub(crate) workloads: Vec<Workload>,
}

#[derive(Args)]
pub(crate) struct CompileOptions {
    #[arg(long, default_value_t = 100)]
    pub(crate) entities: usize,
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
}

#[derive(Args)]
pub(crate) struct StormOptions {
    #[arg(long, default_value = "mimsy")]
    pub(crate) subject: Subject,
    /// Send so many requests a second in all, at their times, however long answers take. By default each connection asks
    /// again as soon as it is answered, so that the server is as busy as it can be.
    #[arg(long)]
    pub(crate) rate: Option<f64>,
    #[arg(long, default_value_t = 1000)]
    pub(crate) connections: usize,
    #[arg(long, default_value_t = 60.0)]
    pub(crate) seconds: f64,
}

#[derive(Args, Clone)]
pub(crate) struct LoadOptions {
    pub(crate) workload: Workload,
    #[arg(long)]
    pub(crate) address: SocketAddr,
    /// Sent as a bearer token.
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// Added to the query of lists.
    #[arg(long)]
    pub(crate) query: Option<String>,
    #[arg(long, default_value_t = 64)]
    pub(crate) connections: usize,
    #[arg(long, default_value_t = 2.5)]
    pub(crate) seconds: f64,
    #[arg(long, default_value_t = 1.0)]
    pub(crate) warm_up: f64,
    /// The process whose CPU time and memory are reported.
    #[arg(long)]
    pub(crate) server: u32,
}
