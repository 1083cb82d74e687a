//! The servers that are compared. All serve `/api/items` in the same JSON; each is written as its users would.

mod constant;
#[expect(unreachable_pub, reason = "entities as an application writes them")]
mod guarded;
mod handwritten;
#[expect(unreachable_pub, reason = "entities as an application writes them")]
mod open;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::Path;

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
    /// Mimsy, open to everybody; no token is sent.
    MimsyOpen,
}

/// What a server prints when it is ready.
#[derive(Serialize, Deserialize)]
pub(crate) struct Ready {
    pub(crate) address: SocketAddr,
    pub(crate) token: Option<String>,
}

impl Subject {
    pub(crate) const ALL: [Self; 5] =
        [Self::Constant, Self::Handwritten, Self::HandwrittenFull, Self::Mimsy, Self::MimsyOpen];

    /// As it stands on the command line and in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Handwritten => "handwritten",
            Self::HandwrittenFull => "handwritten-full",
            Self::Mimsy => "mimsy",
            Self::MimsyOpen => "mimsy-open",
        }
    }

    /// The subject whose seeded file serves this one, if it has a file.
    pub(crate) fn seeded_as(self) -> Option<Self> {
        match self {
            Self::Constant => None,
            Self::Handwritten | Self::HandwrittenFull => Some(Self::Handwritten),
            Self::Mimsy | Self::MimsyOpen => Some(self),
        }
    }

    /// Whether it is measured under this workload. Durability shows in writes only.
    pub(crate) fn answers(self, workload: Workload) -> bool {
        match self {
            Self::Constant => workload == Workload::Get,
            Self::HandwrittenFull => workload == Workload::Create,
            Self::Handwritten | Self::Mimsy | Self::MimsyOpen => true,
        }
    }

    /// Make its database.
    pub(crate) fn seed(self, file: &Path) -> Outcome<()> {
        runtime()?.block_on(async {
            match self {
                Self::Constant => Ok(()),
                Self::Handwritten | Self::HandwrittenFull => handwritten::seed(file).await,
                Self::Mimsy => guarded::seed(file).await,
                Self::MimsyOpen => open::seed(file).await,
            }
        })
    }

    /// Serve it.
    pub(crate) fn serve(self, file: &Path, listen: &SocketAddr, until_stdin_closes: bool) -> Outcome<()> {
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
                Self::Handwritten => handwritten::serve(listener, file, false).await,
                Self::HandwrittenFull => handwritten::serve(listener, file, true).await,
                Self::Mimsy => guarded::serve(listener, file).await,
                Self::MimsyOpen => open::serve(listener, file).await,
            }
        })
    }
}

/// As `#[tokio::main]` makes it: a worker for each core that the process may use.
fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Say that the server is ready.
fn announce(listener: &TcpListener, token: Option<String>) -> Outcome<()> {
    let ready = Ready { address: listener.local_addr()?, token };
    let mut out = std::io::stdout();
    writeln!(out, "{}", serde_json::to_string(&ready)?)?;
    Ok(out.flush()?)
}
