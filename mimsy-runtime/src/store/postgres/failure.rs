//! Postgres' errors as the store's: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgDatabaseError};

use crate::store::{Source, StoreError};

/// What a failure of Postgres means to a caller.
pub(super) fn store_error(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
            Some(told) => told_error(told).unwrap_or_else(|| StoreError::Other(Arc::new(error))),
            None => StoreError::Other(Arc::new(error)),
        },
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable(Arc::new(error)),
        _ => StoreError::Other(Arc::new(error)),
    }
}

/// A failure of the first connection: what the server says of the address is worth repeating, and if it says nothing, where
/// it was looked for.
pub(super) fn at_connect(error: sqlx::Error, asked: &PgConnectOptions, patience: Duration) -> StoreError {
    let place = match asked.get_socket() {
        Some(socket) => format!("in the folder `{}`, port {}", socket.display(), asked.get_port()),
        None => format!("on `{}`, port {}", asked.get_host(), asked.get_port()),
    };
    let told = match &error {
        // 28: refused; 3D: no such database. Both messages name a role or a database, never a password.
        sqlx::Error::Database(told)
            if told.code().is_some_and(|code| code.starts_with("28") || code.starts_with("3D")) =>
        {
            format!("Postgres refuses the connection: {}", told.message())
        }
        sqlx::Error::Database(told) if told.code().is_some_and(|code| code == "53300") => format!(
            "Postgres has no connection left: {}; raise its `max_connections`, or say less with `Options::pool_size`",
            told.message()
        ),
        sqlx::Error::PoolTimedOut => format!(
            "no Postgres answered {place} within {} s: is the server running, does it listen there, is a firewall in \
             between?",
            patience.as_secs_f64()
        ),
        sqlx::Error::Io(cause) => {
            format!("no Postgres {place}: {cause}; is the server running, and does it listen there?")
        }
        sqlx::Error::Tls(cause) => format!(
            "Postgres {place} and this program agree on no TLS: {cause}; the URL's `sslmode` says whether there is to be \
             one, and `sslrootcert` whose certificates are taken"
        ),
        _ => {
            return match store_error(error) {
                StoreError::Other(source) => StoreError::Unavailable(source),
                error => error,
            };
        }
    };
    match error {
        sqlx::Error::Database(database) if database.code().is_some_and(|code| !code.starts_with("53")) => {
            StoreError::Address(told)
        }
        _ => StoreError::unavailable(&told),
    }
}

fn told_error(told: &PgDatabaseError) -> Option<StoreError> {
    let table = told.table().map(ToOwned::to_owned);
    let constraint = told.constraint().map(ToOwned::to_owned);
    Some(match told.code() {
        // Unique, and the exclusion constraint that generalises it.
        "23505" | "23P01" => {
            StoreError::Unique { table, index: constraint, columns: key(told.detail().unwrap_or_default()) }
        }
        // Restrict has a code of its own from Postgres 18 on.
        "23503" | "23001" => StoreError::ForeignKey,
        "23502" | "23514" => {
            StoreError::Check { table, constraint, columns: told.column().map(ToOwned::to_owned).into_iter().collect() }
        }
        "40001" | "40P01" => StoreError::Serialization,
        // A lock that was not free.
        "55P03" => StoreError::Busy,
        // A statement that took too long; a transaction that was idle or open for too long.
        "57014" | "25P03" | "25P04" => StoreError::TimedOut,
        "53100" => StoreError::Full(said(told)),
        "25006" => StoreError::ReadOnly(said(told)),
        code if ["08", "53", "57P"].iter().any(|class| code.starts_with(class)) => StoreError::Unavailable(said(told)),
        _ => return None,
    })
}

fn said(told: &PgDatabaseError) -> Source {
    Arc::from(Box::<dyn std::error::Error + Send + Sync>::from(format!("{}: {}", told.code(), told.message())))
}

/// "Key (org, email)=(…) already exists." in any language; the names stand before the first `)=(`.
fn key(detail: &str) -> Vec<String> {
    let Some((names, _)) = detail.split_once(")=(") else { return Vec::new() };
    let Some((_, names)) = names.split_once('(') else { return Vec::new() };
    names.split(", ").map(|name| name.trim_matches('"').to_owned()).collect()
}
