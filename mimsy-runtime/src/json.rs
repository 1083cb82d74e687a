//! JSON on the wire: rows to bytes, bodies to typed values, both driven by the schema.
//!
//! Pure. No `serde_json::Value` stands between a cell and its bytes, and no `f64` between a token and a number.
//!
//! Must not know: HTTP, SQL, who asks. [`encode`] writes rows, [`decode()`] reads a body into an
//! [`Input`](crate::actions::Input) or tells everything that is wrong with its shape.

pub mod batch;
pub mod decode;
pub mod encode;
pub mod new_key;
pub mod token;
pub mod write;

#[cfg(test)]
pub(crate) mod sample;

pub use decode::{BadBody, Form, decode};
pub use encode::JsonRows;
pub use new_key::new_key;
