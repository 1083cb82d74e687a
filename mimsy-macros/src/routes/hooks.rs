//! `#[routes]` on an `impl`: functions on the way of a write.

mod expand;
mod parse;

use proc_macro2::TokenStream;
use syn::{Attribute, Ident, ItemImpl, Type};

use crate::errors::Errors;
use crate::path::Rt;

/// A kind of hook.
pub(super) struct Kind {
    /// Its attribute.
    pub(super) name: &'static str,
    /// Its variant of `Run`.
    pub(super) variant: &'static str,
    /// What its function takes; the last may be left out.
    pub(super) params: &'static [&'static str],
    /// How its function is declared.
    pub(super) written: &'static str,
    /// Which fates a row can have there.
    pub(super) fates: &'static [&'static str],
}

/// Every kind, in the order of the way.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "before_validate",
        variant: "BeforeValidate",
        params: &["old", "new", "who"],
        written: "fn tidy(old: Option<&Invoice>, new: &Invoice) -> Result<Patch<Invoice>, Violation>",
        fates: &["create", "update"],
    },
    Kind {
        name: "before_store",
        variant: "BeforeStore",
        params: &["old", "new", "who"],
        written: "fn guard(old: Option<&Invoice>, new: Option<&Invoice>) -> Result<(), Violation>",
        fates: &["create", "update", "delete"],
    },
    Kind {
        name: "after_commit",
        variant: "AfterCommit",
        params: &["old", "new", "system"],
        written: "async fn mail(old: Option<Invoice>, new: Option<Invoice>, system: Access) -> Result<(), Error>",
        fates: &["create", "update", "delete"],
    },
];

/// An `impl` block with hooks.
pub(super) struct Block {
    pub(super) rt: Rt,
    /// The block, its functions without our attributes.
    pub(super) item: ItemImpl,
    pub(super) hooks: Vec<Hook>,
}

/// A function that is a hook.
pub(super) struct Hook {
    pub(super) kind: &'static Kind,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) function: Ident,
    pub(super) fates: Vec<String>,
    /// The types of its parameters.
    pub(super) params: Vec<Type>,
}

pub(super) fn expand(args: TokenStream, item: ItemImpl) -> TokenStream {
    let mut errors = Errors::default();
    let block = parse::parse(args, item, &mut errors);
    expand::expand(&block, errors)
}
