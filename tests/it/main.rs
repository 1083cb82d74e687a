//! The integration tests: features, on every database of this machine.

mod api;
mod laws;
mod store;
