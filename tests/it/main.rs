//! The integration tests: features, on every database of this machine.

mod laws;
mod store;
