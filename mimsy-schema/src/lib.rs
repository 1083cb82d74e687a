//! The schema of Mimsy: what an application *is*, as plain data.
//!
//! Owns the model ([`Entity`], [`Field`], [`Policy`], [`Routes`]), the expression language ([`Expr`]), and what follows
//! from the model alone: [`assemble()`] with its [`Diagnostic`]s, the canonical JSON form, the two hashes.
//!
//! Every type here can be written as a `const` (that is what a macro expands to) and as owned data (that is what every
//! other front end makes): see [`List`], [`Text`] and [`Leaf`]. A back end cannot tell the two apart.
//!
//! Must not know: databases, HTTP, async, the clock, Rust syntax.
//!
//! Start at [`entity`] for the model, at [`assemble()`] for the way from fragments to a checked [`Schema`].

pub mod assemble;
mod calendar;
mod check;
pub mod data;
pub mod date;
pub mod diagnostic;
pub mod document;
pub mod entity;
pub mod expr;
pub mod field;
pub mod finite;
pub mod fixed;
pub mod hash;
#[cfg(feature = "json")]
pub mod json;
pub mod name;
pub mod policy;
pub mod relation;
pub mod routes;
pub mod rule;
pub mod schema;
pub mod time;
pub mod timestamp;
pub mod value;
pub mod words;

pub use assemble::{assemble, assemble_internal};
pub use data::{List, Text};
pub use date::Date;
pub use diagnostic::{Code, Diagnostic, Diagnostics};
pub use document::Document;
pub use entity::{Entity, Fragment, Index, IndexField, Tenant, Unique};
pub use expr::{At, Expr, Leaf, Many, Node, Op, Path, Root};
pub use field::{Duty, Field, Kind};
pub use finite::Finite;
pub use fixed::Fixed;
pub use hash::model_hash;
pub use policy::{Actions, Effect, Policy, PolicyRule};
pub use relation::{Cardinality, OnDelete, Relation};
pub use routes::{Action, RouteLimits, Routes};
pub use rule::Rule;
pub use schema::{EntityId, Indexed, Join, Link, Model, Schema};
pub use time::Time;
pub use timestamp::Timestamp;
pub use value::{Flaw, ToValue, Value};
