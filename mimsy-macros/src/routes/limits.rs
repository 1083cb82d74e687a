//! What requests of one action may take, said beside it: `create(body = 10 << 20, time = 60)`.

use mimsy_schema::name;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Meta};

use crate::constant::Constant;
use crate::errors::Errors;
use crate::path::Rt;

/// Each limit, its unit, and a value that shows it.
const LIMITS: [(&str, &str, &str); 4] = [
    ("body", "bytes", "10 << 20"),
    ("time", "seconds", "60"),
    ("rate", "requests a minute of one caller", "30"),
    ("concurrency", "requests at once", "8"),
];

/// The limits of one action.
#[derive(Clone)]
pub(super) struct Limits {
    action: Ident,
    given: Vec<(String, Expr)>,
}

impl Limits {
    pub(super) fn new(action: Ident) -> Self {
        Self { action, given: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Whether this speaks of a limit, rightly or not.
    pub(super) fn names(meta: &Meta) -> bool {
        !matches!(meta, Meta::List(_))
    }

    /// Read one.
    pub(super) fn read(&mut self, meta: &Meta, errors: &mut Errors) {
        let word = meta.path().get_ident().map(ToString::to_string).unwrap_or_default();
        let span = meta.path().span();
        let Some((_, unit, example)) = LIMITS.into_iter().find(|(known, ..)| *known == word) else {
            let action = &self.action;
            let known = LIMITS.into_iter().map(|(known, ..)| known);
            let hint = match name::nearest(&word, known.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("what its requests may take is said by {}", name::listed(known)),
            };
            return errors.at(span, format!("`#[routes({action})]` has no `{word}`; {hint}"));
        };
        let Meta::NameValue(pair) = meta else {
            return errors.on(meta, format!("say how many {unit}: `{word} = {example}`"));
        };
        if self.given.iter().any(|(known, _)| *known == word) {
            return errors.at(span, format!("`{word}` is said twice"));
        }
        if word == "body" && matches!(self.action.to_string().as_str(), "list" | "get" | "delete") {
            return errors.at(span, format!("`{}` reads no body, so there is nothing to limit", self.action));
        }
        let text = matches!(&pair.value, Expr::Lit(lit) if !matches!(lit.lit, syn::Lit::Int(_)));
        let Some(constant) = errors.keep(Constant::of(&pair.value)) else { return };
        if text {
            let message = format!("`{word}` is a number of {unit}: `{word} = {example}`");
            return errors.at(constant.span(), message);
        }
        if constant.integer().is_some_and(|(number, _)| number < 1) {
            let message = format!("this lets nothing through: say how many {unit}, or leave `{word}` out");
            return errors.at(constant.span(), message);
        }
        self.given.push((word, pair.value.clone()));
    }

    /// ```text
    /// RouteLimits { action: Text::Static("create"), body: Some(limit(10 << 20)), ..RouteLimits::NONE }
    /// ```
    pub(super) fn tokens(&self, rt: &Rt) -> TokenStream {
        let action = self.action.to_string();
        let given = self.given.iter().map(|(word, number)| {
            let (word, rt) = (Ident::new(word, number.span()), rt.at(number.span()));
            quote_spanned!(number.span()=> #word: #rt::Some(#rt::limit(#number)))
        });
        quote!(#rt::RouteLimits { action: #rt::Text::Static(#action), #(#given,)* ..#rt::RouteLimits::NONE })
    }
}
