//! Files that other programs are built from, made of a schema. Pure: where they go is the command line's to say.

mod outline;
pub mod typescript;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder.
    pub name: &'static str,
    /// All of its text.
    pub text: String,
}
