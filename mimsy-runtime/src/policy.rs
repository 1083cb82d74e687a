//! Decisions from policies: the three-valued evaluator, and the residual of a policy for one actor.
//!
//! Pure. Allowed = every `must` is yes, some `can` is yes, and every `cannot` is no; unknown never allows.
//!
//! [`decision`] joins the rules of a verb into one expression, [`residual`] replaces what is known in it, and what is
//! left goes into SQL or into [`evaluate`]. [`prove`] and [`table`] tell of policies as a whole, without a row.

mod decision;
mod evaluate;
mod explain;
mod prove;
mod reads;
mod residual;
mod table;

pub(crate) use decision::judged;
pub use decision::{Over, decision, decision_over, open_to_nobody};
pub use evaluate::{Each, Nothing, World, evaluate};
pub use mimsy_schema::Effect;

pub use explain::{Wanted, atoms, missing, value};
pub use prove::prove;
pub use reads::Reads;
pub use residual::{Known, constant, optimistic, residual, settled};
pub use table::{Answer, Section, Table, table};

#[cfg(test)]
mod tests;
