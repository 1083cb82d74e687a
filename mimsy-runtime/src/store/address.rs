//! Where a database is: the address that a user writes, told apart by engine. Never repeats an address, since one may
//! hold a password.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::StoreError;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A file, created if it is missing and may be.
    Sqlite { path: PathBuf, create: bool },
    /// The URL of a server.
    Postgres(String),
}

impl Address {
    /// Read an address: `sqlite://path`, `sqlite:path`, a bare path, `postgres://…` or `postgresql://…`.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("postgres" | "postgresql") => Ok(Self::Postgres(text.to_owned())),
            Some("sqlite") => sqlite_url(&text["sqlite:".len()..]),
            Some(other) if text[other.len()..].starts_with("://") => Err(StoreError::Address(format!(
                "the database URL has the scheme `{other}://`, which no store serves: write `sqlite://path/to/file.db`, \
                 a bare path, or `postgres://user@host/database`{}",
                nearest(other)
            ))),
            _ => file(PathBuf::from(text), true),
        }
    }
}

fn sqlite_url(rest: &str) -> Result<Address, StoreError> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut create = true;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter {
            "mode=rwc" => create = true,
            "mode=rw" => create = false,
            "mode=memory" => return Err(in_memory()),
            _ => {
                let name = parameter.split('=').next().unwrap_or_default();
                return Err(StoreError::Address(format!(
                    "the SQLite URL has the parameter `{name}`, which is not served: write `mode=rwc` (create a missing \
                     file, the default) or `mode=rw` (the file must be there), and set the rest in the store's options"
                )));
            }
        }
    }
    let path = percent_decode_str(path)
        .decode_utf8()
        .map_err(|_| StoreError::Address("the path of the SQLite URL is not UTF-8 once decoded".to_owned()))?;
    file(PathBuf::from(path.as_ref()), create)
}

fn file(path: PathBuf, create: bool) -> Result<Address, StoreError> {
    match path.to_str() {
        Some("") => Err(StoreError::Address(
            "the database URL names no file: write `sqlite://path/to/file.db`, a bare path, or `postgres://…`"
                .to_owned(),
        )),
        Some(text) if text.contains(":memory:") => Err(in_memory()),
        _ => Ok(Address::Sqlite { path, create }),
    }
}

fn in_memory() -> StoreError {
    StoreError::Address(
        "SQLite in memory is not served: readers beside a writer need a write-ahead log, and that needs a file. Write \
         `sqlite://path/to/file.db`; a file in a temporary directory serves tests"
            .to_owned(),
    )
}

fn nearest(scheme: &str) -> &'static str {
    match scheme {
        "file" | "sqlite3" => " (did you mean `sqlite://`?)",
        "pg" | "psql" | "postgre" | "pgsql" => " (did you mean `postgres://`?)",
        _ => "",
    }
}
