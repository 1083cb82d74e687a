//! Nothing of its own: the cases are beside this folder, and `ui.rs` runs them.
