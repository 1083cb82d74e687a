//! The routes of an entity as they were declared, with the names decided.

use mimsy_schema::name;
use proc_macro2::Span;
use syn::Ident;
use syn::ext::IdentExt;

use super::limits::Limits;
use super::parse::Parsed;
use crate::attr::Dotted;
use crate::path::Rt;

/// The routes of an entity.
pub(super) struct Routes {
    pub(super) rt: Rt,
    pub(super) entity: Ident,
    pub(super) path: String,
    pub(super) path_span: Span,
    pub(super) actions: Vec<Ident>,
    pub(super) filter: Vec<Dotted>,
    pub(super) sort: Vec<Dotted>,
    pub(super) include: Vec<Dotted>,
    pub(super) limits: Vec<Limits>,
    pub(super) sound: bool,
}

impl Routes {
    /// The model; `None` where there is no entity.
    pub(super) fn new(parsed: Parsed) -> Option<Self> {
        let Parsed { rt, entity, path, actions, filter, sort, include, limits, sound } = parsed;
        let entity = entity?;
        let path_span = path.as_ref().map_or_else(|| entity.span(), syn::LitStr::span);
        let path = path.map_or_else(|| name::path(&entity.unraw().to_string()), |path| path.value());
        Some(Self { rt, entity, path, path_span, actions, filter, sort, include, limits, sound })
    }
}

/// The verb that a policy's rules speak of.
pub(super) fn verb(action: &Ident) -> String {
    mimsy_schema::routes::verb(&action.to_string()).to_owned()
}
