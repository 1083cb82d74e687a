//! What `#[routes]` expands to.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::model::{Routes, verb};
use crate::attr::Dotted;
use crate::errors::Errors;
use crate::path::{Rt, at};
use crate::walk;

/// The struct, its routes as data, and what has to hold of them.
pub(super) fn expand(item: &TokenStream, routes: Option<&Routes>, errors: Errors) -> TokenStream {
    let implied = routes.map(|routes| {
        let items = [constant(routes), guarded(routes), paths(routes)];
        quote!(#(#items)*)
    });
    let errors = errors.into_tokens();
    quote!(#item #implied #errors)
}

/// ```text
/// impl Invoice {
///     #[doc(hidden)]
///     pub const __ONE_ROUTES_PER_ENTITY: Option<&'static RoutesData> = Some(&RoutesData { path: Text::Static("invoices"), … });
/// }
/// ```
fn constant(routes: &Routes) -> TokenStream {
    let Routes { rt, entity, path, .. } = routes;
    let actions = routes.actions.iter().map(|action| {
        let name = action.unraw().to_string();
        let at = at(rt, action.span());
        quote!(#rt::Action { name: #rt::Text::Static(#name), at: #at })
    });
    let limits = routes.limits.iter().map(|limits| limits.tokens(rt));
    let (filter, sort, include) = (list(rt, &routes.filter), list(rt, &routes.sort), list(rt, &routes.include));
    quote! {
        impl #entity {
            #[doc(hidden)]
            pub const __ONE_ROUTES_PER_ENTITY: #rt::Option<&'static #rt::RoutesData> = #rt::Some(&#rt::RoutesData {
                path: #rt::Text::Static(#path),
                actions: #rt::List::Static(&[#(#actions),*]),
                filter: #filter,
                sort: #sort,
                include: #include,
                limits: #rt::List::Static(&[#(#limits),*]),
            });
        }
    }
}

fn list(rt: &Rt, paths: &[Dotted]) -> TokenStream {
    let paths = paths.iter().map(|path| {
        let names = path.names();
        quote!(#rt::List::Static(&[#(#rt::Text::Static(#names)),*]))
    });
    quote!(#rt::List::Static(&[#(#paths),*]))
}

/// Closed by default: there is a policy, and some rule lets somebody do each action.
///
/// ```text
/// const _: () = {
///     use Unguarded as _;
///     const POLICY: Option<&PolicyData> = <Invoice>::__ONE_POLICY_PER_ENTITY;
///     const _: () = assert!(POLICY.is_some(), "`Invoice` has routes and no policy, …");
///     const _: () = assert!(allows(POLICY, "read"), "no rule lets anyone `list` …");
/// };
/// ```
fn guarded(routes: &Routes) -> TokenStream {
    let Routes { rt, entity, .. } = routes;
    let present = routes.actions.first().map(|first| {
        let message = format!(
            "`{entity}` has routes and no policy, so it would be closed to everybody: say who may do what, by \
             `#[policy(…)]` on the struct or on an `impl {entity}`"
        );
        let rt = rt.at(first.span());
        quote_spanned!(first.span()=> const _: () = #rt::assert!(POLICY.is_some(), #message);)
    });
    let covered = routes.actions.iter().map(|action| {
        let verb = verb(action);
        let message = format!(
            "no rule lets anyone `{action}` `{entity}`, so it would always answer 403: add a rule with `#[can({verb})]`, \
             or take `{action}` away"
        );
        let rt = rt.at(action.span());
        quote_spanned!(action.span()=> const _: () = #rt::assert!(#rt::allows(POLICY, #verb), #message);)
    });
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #rt::Unguarded as _;
            const POLICY: #rt::Option<&#rt::PolicyData> = <#entity>::__ONE_POLICY_PER_ENTITY;
            #present
            #(#covered)*
        };
    }
}

/// Names are walked over the shape, so that rustc tells a wrong one.
///
/// ```text
/// const _: () = {
///     fn paths(row: &<Invoice as Entity>::Shape) {
///         filter(row.number); sort(hop(row.customer).name); include(reach(row.lines).product);
///     }
/// };
/// ```
fn paths(routes: &Routes) -> TokenStream {
    let Routes { rt, entity, .. } = routes;
    let bounds =
        [(&routes.filter, "hop", "filter"), (&routes.sort, "hop", "sort"), (&routes.include, "reach", "include")];
    let walks =
        bounds.iter().flat_map(|(paths, hop, bound)| paths.iter().map(|path| walk::end(rt, "row", path, hop, bound)));
    quote! {
        const _: () = {
            #[allow(dead_code, unused_variables, clippy::all, clippy::pedantic)]
            fn paths(row: &<#entity as #rt::Entity>::Shape) { #(#walks)* }
        };
    }
}
