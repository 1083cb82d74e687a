//! The servers that are compared. All serve `/api/items` in the same JSON; each is written as its users would.

mod constant;
#[expect(unreachable_pub, reason = "entities as an application writes them")]
mod guarded;
mod handwritten;
#[expect(unreachable_pub, reason = "entities as an application writes them")]
mod open;

use std::io::{Read, Write};
use std::net::SocketAddr;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::Outcome;
use crate::workload::Workload;

/// A server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub(crate) enum Subject {
    /// axum, answering the same bytes to everything.
    Constant,
    /// axum and sqlx, `synchronous = NORMAL`.
    Handwritten,
    /// axum and sqlx, `synchronous = FULL`.
    HandwrittenFull,
    /// Mimsy with a tenant fence and a role rule, as durable as it is by default.
    Mimsy,
    /// Mimsy, open to everybody; no token is sent. Lists ask for the rows and the order that the fence gives.
    MimsyOpen,
    /// axum and sqlx on Postgres.
    HandwrittenPostgres,
    /// Mimsy with the fence and the rule, on Postgres.
    MimsyPostgres,
}

/// What a server prints when it is ready.
#[derive(Serialize, Deserialize)]
pub(crate) struct Ready {
    pub(crate) address: SocketAddr,
    pub(crate) token: Option<String>,
    /// What lists are to be asked with.
    pub(crate) query: Option<String>,
}

impl Subject {
    pub(crate) const ALL: [Self; 7] = [
        Self::Constant,
        Self::Handwritten,
        Self::HandwrittenFull,
        Self::Mimsy,
        Self::MimsyOpen,
        Self::HandwrittenPostgres,
        Self::MimsyPostgres,
    ];

    /// As it stands on the command line and in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Handwritten => "handwritten",
            Self::HandwrittenFull => "handwritten-full",
            Self::Mimsy => "mimsy",
            Self::MimsyOpen => "mimsy-open",
            Self::HandwrittenPostgres => "handwritten-postgres",
            Self::MimsyPostgres => "mimsy-postgres",
        }
    }

    /// Whether its rows are on Postgres.
    pub(crate) fn is_on_postgres(self) -> bool {
        matches!(self, Self::HandwrittenPostgres | Self::MimsyPostgres)
    }

    /// The subject whose seeded database serves this one, if it has any.
    pub(crate) fn seeded_as(self) -> Option<Self> {
        match self {
            Self::Constant => None,
            Self::Handwritten | Self::HandwrittenFull => Some(Self::Handwritten),
            Self::Mimsy | Self::MimsyOpen | Self::HandwrittenPostgres | Self::MimsyPostgres => Some(self),
        }
    }

    /// Whether it is measured under this workload. Durability shows in writes only.
    pub(crate) fn answers(self, workload: Workload) -> bool {
        match self {
            Self::Constant => workload == Workload::Get,
            Self::HandwrittenFull => workload == Workload::Create,
            Self::Handwritten | Self::Mimsy | Self::MimsyOpen | Self::HandwrittenPostgres | Self::MimsyPostgres => true,
        }
    }

    /// Make its database: a SQLite file, or the tables in an empty database of Postgres.
    pub(crate) fn seed(self, place: &str) -> Outcome<()> {
        runtime()?.block_on(async {
            match self {
                Self::Constant => Ok(()),
                Self::Handwritten | Self::HandwrittenFull | Self::HandwrittenPostgres => handwritten::seed(place).await,
                Self::Mimsy | Self::MimsyPostgres => guarded::seed(place).await,
                Self::MimsyOpen => open::seed(place).await,
            }
        })
    }

    /// Serve it.
    pub(crate) fn serve(self, place: &str, listen: &SocketAddr, until_stdin_closes: bool) -> Outcome<()> {
        if until_stdin_closes {
            std::thread::spawn(|| {
                let _ = std::io::stdin().read_to_end(&mut Vec::new());
                std::process::exit(0);
            });
        }
        runtime()?.block_on(async {
            let listener = TcpListener::bind(listen).await?;
            match self {
                Self::Constant => constant::serve(listener).await,
                Self::Handwritten | Self::HandwrittenPostgres => handwritten::serve(listener, place, false).await,
                Self::HandwrittenFull => handwritten::serve(listener, place, true).await,
                Self::Mimsy | Self::MimsyPostgres => guarded::serve(listener, place).await,
                Self::MimsyOpen => open::serve(listener, place).await,
            }
        })
    }
}

/// As `#[tokio::main]` makes it: a worker for each core that the process may use.
fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Whether a place is the address of a Postgres database; else it is a SQLite file.
fn is_postgres(place: &str) -> bool {
    place.starts_with("postgres://")
}

/// A place as Mimsy is told it.
fn url(place: &str) -> String {
    if is_postgres(place) { place.to_owned() } else { format!("sqlite://{place}") }
}

/// Say that the server is ready.
fn announce(listener: &TcpListener, token: Option<String>) -> Outcome<()> {
    announce_with(listener, token, None)
}

/// The same, and what lists are to be asked with.
fn announce_with(listener: &TcpListener, token: Option<String>, query: Option<String>) -> Outcome<()> {
    let ready = Ready { address: listener.local_addr()?, token, query };
    let mut out = std::io::stdout();
    writeln!(out, "{}", serde_json::to_string(&ready)?)?;
    Ok(out.flush()?)
}
