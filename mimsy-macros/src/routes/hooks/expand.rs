//! What an `impl` with hooks expands to.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;

use super::{Block, Hook};
use crate::errors::{self, Errors};
use crate::path::Rt;

/// The block as it was, and its hooks as data. A function is called in a closure, so that a wrong parameter is told at
/// the type of that parameter.
///
/// ```text
/// impl Invoice {
///     fn guard(old: Option<&Invoice>, new: Option<&Invoice>) -> Result<(), Violation> { … }
///     #[doc(hidden)]
///     pub const __ONE_IMPL_WITH_HOOKS_PER_ENTITY: &'static Hooks = &Hooks(&[Hook {
///         function: "guard",
///         fates: &[Fate::Create],
///         run: Run::BeforeStore(|row| before_store::<Self>(row, |old, new, who| objection(Self::guard(old, new)))),
///     }]);
/// }
/// ```
pub(super) fn expand(block: &Block, errors: Errors) -> TokenStream {
    let Block { rt, item, hooks } = block;
    let errors = errors.into_tokens();
    let hooks = hooks.iter().map(|one| hook(rt, one));
    let (attrs, generics, ty, items) = (&item.attrs, &item.generics, &item.self_ty, &item.items);
    if item.trait_.is_some() || !generics.params.is_empty() {
        return quote!(#item #errors);
    }
    quote! {
        #(#attrs)*
        impl #ty {
            #(#items)*
            #[doc(hidden)]
            pub const __ONE_IMPL_WITH_HOOKS_PER_ENTITY: &'static #rt::Hooks = &#rt::Hooks(&[#(#hooks),*]);
        }
        #errors
    }
}

fn hook(rt: &Rt, hook: &Hook) -> TokenStream {
    let Hook { kind, cfgs, function, fates, params } = hook;
    let name = function.unraw().to_string();
    let (ask, run) = (format_ident!("{}", kind.name), format_ident!("{}", kind.variant));
    let fates = fates.iter().map(|fate| {
        let variant = match fate.as_str() {
            "create" => quote!(Create),
            "update" => quote!(Update),
            _ => quote!(Delete),
        };
        quote!(#rt::Fate::#variant)
    });
    // Each argument stands at the type of its parameter.
    let given: Vec<Ident> =
        kind.params.iter().zip(params).map(|(param, ty)| Ident::new(param, errors::span(ty))).collect();
    let taken = kind.params.iter().enumerate().map(|(at, param)| match given.get(at) {
        Some(given) => quote!(#given),
        None => {
            let unused = format_ident!("_{param}");
            quote!(#unused)
        }
    });
    let at = rt.at(function.span());
    let call = quote_spanned!(function.span()=> Self::#function(#(#given),*));
    let asked = match kind.name {
        "before_validate" => quote_spanned!(function.span()=> #at::amendment::<Self>(#call)),
        "after_commit" => quote_spanned!(function.span()=> #at::outcome(#call)),
        _ => quote_spanned!(function.span()=> #at::objection(#call)),
    };
    let row = match kind.name {
        "after_commit" => quote!(row, actions),
        _ => quote!(row),
    };
    quote! {
        #(#cfgs)* #rt::Hook {
            function: #name,
            fates: &[#(#fates),*],
            run: #rt::Run::#run(|#row| #rt::#ask::<Self>(#row, |#(#taken),*| #asked)),
        }
    }
}
