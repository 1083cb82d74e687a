//! What contradicts itself in the routes of one entity, as far as tokens tell.

use proc_macro2::Span;

use super::model::Routes;
use crate::errors::Errors;

pub(super) fn check(routes: &Routes, errors: &mut Errors) {
    if routes.actions.is_empty() && routes.sound {
        let message = "name at least one action: `#[routes(list, get, create, update, delete)]`";
        errors.at(Span::call_site(), message);
    }
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if routes.path.is_empty() || !routes.path.bytes().all(plain) {
        let message = format!(
            "`{}` cannot be a path, which is one segment of lower-case ASCII letters, digits and `-`: say \
             `path = \"…\"`",
            routes.path
        );
        errors.at(routes.path_span, message);
    }
}
