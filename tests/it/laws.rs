//! Laws: what holds for every input, with a search for counter-examples.

mod binds;
mod cursors;
mod expressions;
mod rows;
