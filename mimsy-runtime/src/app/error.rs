//! Why an application does not start.

use mimsy_schema::Diagnostics;

use super::token_key::KeyFileError;
use crate::http::ConfigError;
use crate::migrate::NotReady;
use crate::secret::SecretError;
use crate::store::StoreError;

/// Why an application does not start. Its `Display` says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The schema is wrong.
    #[error("the schema is wrong:\n{0}")]
    Schema(#[from] Diagnostics),
    /// The secret is missing or too short.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The HTTP door is configured in a way that cannot be.
    #[error("the HTTP door cannot be like this: {0}")]
    Http(#[from] ConfigError),
    /// The key that signs tokens cannot be used.
    #[error(transparent)]
    TokenKey(#[from] KeyFileError),
    /// The database cannot be opened.
    #[error("the database cannot be opened: {}", with_cause(.0))]
    Store(#[from] StoreError),
    /// The database differs from the schema.
    #[error(
        "the database differs from the schema, and nothing was changed:\n{}\n\nChange the schema back, or start with an \
         empty database. Migrations that bring the two together are not there yet.",
        listed(.0)
    )]
    Differs(Vec<String>),
    /// Tables that Mimsy does not own are not as their entities say.
    #[error(
        "the `external` tables are not as their entities say, and Mimsy changes none of them:\n{}\n\nChange the entities, \
         or let an entity read a view that fits.",
        listed(.0)
    )]
    Unfit(Vec<String>),
    /// The database refuses the framework's own tables.
    #[error(
        "the framework keeps tables of its own (`_mimsy_…`) beside yours, and the database refuses them: {}\n\nLet its \
         user create tables, or have these run once by somebody who may, and let the user select, insert, update and \
         delete in them:\n\n{}",
        with_cause(.source),
        .statements.iter().map(|one| format!("{one};")).collect::<Vec<_>>().join("\n")
    )]
    Internal {
        /// What has to be run.
        statements: Vec<String>,
        /// What the database says.
        source: StoreError,
    },
    /// A later version of Mimsy was here.
    #[error(
        "a later version of Mimsy has changed `{table}` in this database: it has version {version}, and this program \
         knows {newest} at most. Nothing was changed; start a program of that version"
    )]
    Newer {
        /// The table that it changed.
        table: String,
        /// Its version.
        version: i64,
        /// The newest that this program knows.
        newest: i64,
    },
}

impl From<NotReady> for StartError {
    fn from(error: NotReady) -> Self {
        match error {
            NotReady::Store(error) => Self::Store(error),
            NotReady::Differs(differences) => Self::Differs(differences),
            NotReady::Unfit(found) => Self::Unfit(found),
            NotReady::Internal { statements, source } => Self::Internal { statements, source },
            NotReady::Newer { table, version, newest } => Self::Newer { table, version, newest },
        }
    }
}

fn listed(differences: &[String]) -> String {
    differences.iter().map(|one| format!("  - {one}")).collect::<Vec<_>>().join("\n")
}

fn with_cause(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text
}
