//! The integration tests: features, on every database of this machine.

mod api;
mod embedding;
mod laws;
mod layering;
mod readme;
mod policies;
mod startup;
mod store;
