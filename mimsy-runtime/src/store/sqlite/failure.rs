//! SQLite's errors as the store's: <https://sqlite.org/rescode.html>.

use std::sync::Arc;

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::store::StoreError;

/// What a failure of SQLite means to a caller.
pub(super) fn store_error(error: rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(code, ref text) = error else {
        return StoreError::Other(Arc::new(error));
    };
    let text = text.as_deref().unwrap_or_default();
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            unique(text)
        }
        // RESTRICT is enforced by a trigger inside SQLite, and reported as one.
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY | ffi::SQLITE_CONSTRAINT_TRIGGER => StoreError::ForeignKey,
        ffi::SQLITE_CONSTRAINT_CHECK => {
            StoreError::Check { table: None, constraint: Some(subject(text).to_owned()), columns: Vec::new() }
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            let (table, columns) = columns(subject(text));
            StoreError::Check { table, constraint: None, columns }
        }
        ffi::SQLITE_CONSTRAINT_DATATYPE => {
            // "cannot store TEXT value in INTEGER column table.column"
            let (table, columns) = columns(text.rsplit(' ').next().unwrap_or_default());
            StoreError::Check { table, constraint: None, columns }
        }
        ffi::SQLITE_BUSY_SNAPSHOT => StoreError::Serialization,
        _ => match code.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
            ErrorCode::OperationInterrupted => StoreError::TimedOut,
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::FileLockingProtocolFailed => StoreError::Unavailable(Arc::new(error)),
            ErrorCode::DiskFull => StoreError::Full(Arc::new(error)),
            ErrorCode::PermissionDenied | ErrorCode::ReadOnly => StoreError::ReadOnly(Arc::new(error)),
            _ => StoreError::Other(Arc::new(error)),
        },
    }
}

/// "UNIQUE constraint failed: table.column, table.column", or "…: index 'name'" where an index holds expressions.
fn unique(text: &str) -> StoreError {
    let subject = subject(text);
    if let Some(index) = subject.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')) {
        return StoreError::Unique { table: None, index: Some(index.to_owned()), columns: Vec::new() };
    }
    let (table, columns) = columns(subject);
    StoreError::Unique { table, index: None, columns }
}

fn subject(text: &str) -> &str {
    text.split_once(": ").map_or("", |(_, subject)| subject)
}

fn columns(list: &str) -> (Option<String>, Vec<String>) {
    let mut table = None;
    let columns = list
        .split(", ")
        .filter_map(|name| name.split_once('.'))
        .map(|(of, column)| {
            table = Some(of.to_owned());
            column.to_owned()
        })
        .collect();
    (table, columns)
}
