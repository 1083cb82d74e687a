//! The integration tests: features, on every database of this machine.

mod api;
mod batch;
mod counted_keys;
mod dependants;
mod embedding;
mod faults;
mod hooks;
mod idempotency;
mod indexes;
mod internal_tables;
mod keys;
mod laws;
mod layering;
mod lists;
mod metadata;
mod policies;
mod readme;
mod relations;
mod row_keys;
mod startup;
mod store;
mod tenants;
mod transactions;
mod types;
mod upsert;
mod validation;
