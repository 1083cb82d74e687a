//! Laws: what holds for every input, with a search for counter-examples.

mod expressions;
