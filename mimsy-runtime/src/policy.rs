//! Decisions from policies: the three-valued evaluator, and the residual of a policy for one actor.
//!
//! Pure. Allowed = every `must` is yes, some `can` is yes, and every `cannot` is no; unknown never allows.
//!
//! [`decision`] joins the rules of a verb into one expression, [`residual`] replaces what is known in it, and what is
//! left goes into SQL or into [`evaluate`].

mod decision;
mod evaluate;
mod residual;

pub(crate) use decision::judged;
pub use decision::{decision, open_to_nobody};
pub use evaluate::{Each, Nothing, World, evaluate};
pub use residual::{Known, constant, optimistic, residual, settled};

#[cfg(test)]
mod tests;
