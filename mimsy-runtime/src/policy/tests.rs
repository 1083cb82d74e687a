//! Laws of decisions.
