//! The integration tests: features, on every database of this machine.

mod api;
mod embedding;
mod laws;
mod layering;
mod startup;
mod store;
