//! What a program demands of the documents in a field.

use std::fmt;

use crate::{Document, Flaw};

/// Reads a document as a type of the program's, and says why it is none.
type Reads = fn(&Document) -> Result<(), Flaw>;

/// Whether a document is what the program's own type of a field can be read from. A function, so no part of the canonical
/// JSON, of a hash or of a comparison; a front end without types has none.
#[derive(Clone, Copy, Default)]
pub struct Form(pub Option<Reads>);

impl Form {
    /// Any document.
    pub const ANY: Self = Self(None);

    /// Look at a document.
    ///
    /// # Errors
    /// What is wrong, with its place.
    pub fn check(&self, document: &Document) -> Result<(), Flaw> {
        self.0.map_or(Ok(()), |check| check(document))
    }
}

impl PartialEq for Form {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "a type of the program's" } else { "any" })
    }
}
