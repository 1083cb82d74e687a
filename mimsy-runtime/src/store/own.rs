//! Binds for statements of the program's own, which its own connections run: in the drivers' own forms.

use rusqlite::types::Value as SqliteValue;
use sqlx::postgres::PgArguments;

use super::{StoreError, postgres, sqlite};
use crate::sql::Bind;

/// Add binds to the arguments of a statement that a [`sqlx`] connection runs.
///
/// # Errors
/// Where a value cannot be encoded.
pub fn add(arguments: &mut PgArguments, binds: &[Bind]) -> Result<(), StoreError> {
    binds.iter().try_for_each(|bind| postgres::add(arguments, bind))
}

/// Binds as the parameters of a statement that a [`rusqlite`] connection runs.
///
/// # Errors
/// Where a value cannot be encoded.
pub fn parameters(binds: &[Bind]) -> Result<Vec<SqliteValue>, StoreError> {
    binds.iter().map(sqlite::parameter).collect()
}
