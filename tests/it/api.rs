//! The API of the invoices example, over HTTP, on every database.

mod admission;
mod bad_input;
mod concurrency;
mod declared;
mod key_rings;
mod matrix;
mod operators;
mod preferences;
mod reading;
mod tokens;
mod writing;
