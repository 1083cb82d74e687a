//! Reading attributes: keys are known or the nearest one is named, values are what darling's derives say.
//!
//! Holds the types of values that several macros read: names ([`Dotted`]), texts, constants.

use darling::FromMeta;
use darling::ast::NestedMeta;
use mimsy_schema::name;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Member, Meta};

use crate::errors::{self, Errors};

/// Where each key was written.
#[derive(Default)]
pub(crate) struct Keys(Vec<(String, Span)>);

impl Keys {
    /// The place of a key; the macro's own, if it was not given.
    pub(crate) fn span(&self, key: &str) -> Span {
        self.0.iter().find(|(known, _)| known == key).map_or_else(Span::call_site, |(_, span)| *span)
    }

    /// Whether a key was given.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(known, _)| known == key)
    }
}

/// The arguments of an attribute, as far as they can be read; what cannot is told and left out.
pub(crate) struct Args<A> {
    pub(crate) read: A,
    pub(crate) keys: Keys,
}

/// Read the arguments of `#[attribute(…)]`.
pub(crate) fn read<A: FromMeta + Default>(
    attribute: &str,
    tokens: TokenStream,
    known: &[&str],
    errors: &mut Errors,
) -> Args<A> {
    let mut args = Args { read: A::default(), keys: Keys::default() };
    let mut kept = Vec::new();
    for item in items(tokens, errors) {
        let Some(key) = key_of(&item) else {
            errors.on(&item, format!("`#[{attribute}(…)]` takes {}", name::listed(known.iter().copied())));
            continue;
        };
        let word = key.unraw().to_string();
        if !known.contains(&word.as_str()) {
            errors.at(key.span(), unknown(&word, attribute, known));
        } else if args.keys.has(&word) {
            errors.at(key.span(), format!("`{word}` is said twice"));
        } else {
            match A::from_list(std::slice::from_ref(&item)) {
                Ok(_) => {
                    args.keys.0.push((word, key.span()));
                    kept.push(item);
                }
                Err(error) => errors.darling(error),
            }
        }
    }
    args.read = A::from_list(&kept).unwrap_or_default();
    args
}

/// The items of a list. One that cannot be read is told, and the others stand: an author is often still writing it.
pub(crate) fn items(tokens: TokenStream, errors: &mut Errors) -> Vec<NestedMeta> {
    let unread = |item: &NestedMeta| matches!(item, NestedMeta::NameValueInvalidExpr(_));
    match NestedMeta::parse_meta_list(tokens.clone()) {
        Ok(items) if !items.iter().any(unread) => items,
        _ => split(tokens).into_iter().filter_map(|item| errors.keep(single(item))).collect(),
    }
}

fn single(item: TokenStream) -> syn::Result<NestedMeta> {
    let end = errors::end(&item);
    if matches!(item.clone().into_iter().last(), Some(TokenTree::Punct(last)) if last.as_char() == '=') {
        return Err(syn::Error::new(end, "write a value behind the `=`"));
    }
    match NestedMeta::parse_meta_list(item)?.pop() {
        Some(NestedMeta::NameValueInvalidExpr(pair)) => {
            let message = format!("this is no value: {}", pair.error);
            Err(syn::Error::new_spanned(pair.value, message))
        }
        Some(item) => Ok(item),
        None => Err(syn::Error::new(end, "write something here")),
    }
}

/// What stands between commas.
pub(crate) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let is_comma = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
    let items = trees.split(is_comma).filter(|item| !item.is_empty());
    items.map(|item| item.iter().cloned().collect()).collect()
}

fn unknown(word: &str, attribute: &str, known: &[&str]) -> String {
    let hint = match name::nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it takes {}", name::listed(known.iter().copied())),
    };
    format!("`#[{attribute}]` has no `{word}`; {hint}")
}

pub(crate) fn key_of(item: &NestedMeta) -> Option<&Ident> {
    match item {
        NestedMeta::Meta(meta) => meta.path().get_ident(),
        NestedMeta::NameValueInvalidExpr(pair) => pair.path.get_ident(),
        NestedMeta::Lit(_) => None,
    }
}

const NAME: &str = "name a field, as in `org` or `customer.name`";

/// A path in field names: `org`, `customer.name`.
#[derive(Clone)]
pub(crate) struct Dotted(pub(crate) Vec<Ident>);

impl Dotted {
    /// Read an expression as a path.
    pub(crate) fn of(expr: &Expr) -> syn::Result<Self> {
        match expr {
            Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() => {
                Ok(Self(path.path.get_ident().cloned().into_iter().collect()))
            }
            Expr::Field(field) => {
                let Self(mut steps) = Self::of(&field.base)?;
                match &field.member {
                    Member::Named(step) => steps.push(step.clone()),
                    Member::Unnamed(index) => return Err(syn::Error::new(index.span, "a path is made of field names")),
                }
                Ok(Self(steps))
            }
            Expr::Group(group) => Self::of(&group.expr),
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                let message = format!("fields are named without quotes: `{}`", text.value());
                Err(syn::Error::new_spanned(text, message))
            }
            other => Err(syn::Error::new_spanned(other, NAME)),
        }
    }

    /// Read `a, b.c, …`, a mistake an item.
    pub(crate) fn list(tokens: TokenStream, errors: &mut Errors) -> Vec<Self> {
        let read = |item: TokenStream| {
            let unread = syn::Error::new_spanned(&item, NAME);
            Self::of(&syn::parse2(item).map_err(|_| unread)?)
        };
        split(tokens).into_iter().filter_map(|item| errors.keep(read(item))).collect()
    }

    /// The names as texts.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.iter().map(|step| step.unraw().to_string()).collect()
    }

    /// The last step.
    pub(crate) fn span(&self) -> Span {
        self.0.last().map_or_else(Span::call_site, Ident::span)
    }
}

impl FromMeta for Dotted {
    fn from_expr(expr: &Expr) -> darling::Result<Self> {
        Ok(Self::of(expr)?)
    }
}

/// `(a, b)`: the arguments of a key that names fields of its own entity. Read when they are asked for, so that the key
/// counts as said even where its names are wrong.
pub(crate) struct Names(Meta);

impl Names {
    /// The names; what is none is told.
    pub(crate) fn read(&self, errors: &mut Errors) -> Vec<Ident> {
        let key = self.0.path().get_ident().map(ToString::to_string).unwrap_or_default();
        let Meta::List(list) = &self.0 else {
            errors.on(&self.0, format!("name fields of this entity: `{key}(…)`"));
            return Vec::new();
        };
        if list.tokens.is_empty() {
            errors.on(&self.0, format!("name fields of this entity: `{key}(…)`"));
        }
        let mut names = Vec::new();
        for mut path in Dotted::list(list.tokens.clone(), errors) {
            match (path.0.pop(), path.0.is_empty()) {
                (Some(name), true) => names.push(name),
                (Some(last), false) => errors.at(last.span(), format!("`{key}` names fields of this entity alone")),
                (None, _) => {}
            }
        }
        names
    }
}

impl FromMeta for Names {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        Ok(Self(meta.clone()))
    }
}

/// `= function` or `(one, another)`: paths to functions of the author's. Read when they are asked for; see [`Names`].
pub(crate) struct Functions(Meta);

impl Functions {
    /// The paths; what is none is told.
    pub(crate) fn read(&self, errors: &mut Errors) -> Vec<ExprPath> {
        let key = self.0.path().get_ident().map(ToString::to_string).unwrap_or_default();
        let wanted = format!("name a function: `{key} = function`, or several: `{key}(one, another)`");
        let items = match &self.0 {
            Meta::NameValue(pair) => vec![pair.value.to_token_stream()],
            Meta::List(list) if !list.tokens.is_empty() => split(list.tokens.clone()),
            other => {
                errors.on(other, wanted);
                return Vec::new();
            }
        };
        let read = |item: TokenStream| match syn::parse2::<Expr>(item.clone()) {
            Ok(Expr::Path(path)) => Ok(path),
            Ok(Expr::Group(group)) => syn::parse2(group.expr.to_token_stream()),
            _ => Err(syn::Error::new_spanned(item, &wanted)),
        };
        items.into_iter().filter_map(|item| errors.keep(read(item))).collect()
    }
}

impl FromMeta for Functions {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        Ok(Self(meta.clone()))
    }
}

/// A text with its place.
#[derive(Clone)]
pub(crate) struct Quoted(pub(crate) LitStr);

impl FromMeta for Quoted {
    fn from_word() -> darling::Result<Self> {
        Err(darling::Error::custom("write a text behind it: `= \"…\"`"))
    }

    fn from_expr(expr: &Expr) -> darling::Result<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(Self(text.clone())),
            Expr::Group(group) => Self::from_expr(&group.expr),
            other => Err(syn::Error::new_spanned(other, "write a text in quotes: `\"…\"`").into()),
        }
    }
}

/// Any expression; what it must be is the compiler's to say.
#[derive(Clone)]
pub(crate) struct Value(pub(crate) Expr);

impl FromMeta for Value {
    fn from_expr(expr: &Expr) -> darling::Result<Self> {
        Ok(Self(expr.clone()))
    }
}

/// A key that stands alone.
#[derive(Default)]
pub(crate) struct Flag(pub(crate) bool);

impl FromMeta for Flag {
    fn from_none() -> Option<Self> {
        Some(Self(false))
    }

    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        match meta {
            Meta::Path(_) => Ok(Self(true)),
            other => {
                let key = other.path().get_ident().map(ToString::to_string).unwrap_or_default();
                Err(syn::Error::new_spanned(other, format!("write `{key}` alone, without a value")).into())
            }
        }
    }
}

/// The name of a type, or why it is none; read when it is asked for, as [`Names`] are.
pub(crate) struct Named(pub(crate) syn::Result<syn::Path>);

impl FromMeta for Named {
    fn from_expr(expr: &Expr) -> darling::Result<Self> {
        Ok(Self(match expr {
            Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
            Expr::Group(group) => return Self::from_expr(&group.expr),
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                let message = format!("types are named without quotes: `{}`", text.value());
                Err(syn::Error::new_spanned(text, message))
            }
            other => Err(syn::Error::new_spanned(other, "name an entity, as in `Membership`")),
        }))
    }
}

/// `index`, or `index = gin`.
#[derive(Default)]
pub(crate) struct IndexFlag(pub(crate) Option<bool>);

impl FromMeta for IndexFlag {
    fn from_none() -> Option<Self> {
        Some(Self(None))
    }

    fn from_word() -> darling::Result<Self> {
        Ok(Self(Some(false)))
    }

    fn from_expr(expr: &Expr) -> darling::Result<Self> {
        match expr {
            Expr::Path(path) if path.path.is_ident("gin") => Ok(Self(Some(true))),
            other => {
                let message = "say `index`, or `index = gin` to find what is inside of the values";
                Err(syn::Error::new_spanned(other, message).into())
            }
        }
    }
}

/// The alias of the crate in `crate = alias`.
#[derive(Clone)]
pub(crate) struct Krate(pub(crate) syn::Path);

impl FromMeta for Krate {
    fn from_expr(expr: &Expr) -> darling::Result<Self> {
        match expr {
            Expr::Path(path) if path.qself.is_none() => Ok(Self(path.path.clone())),
            other => Err(syn::Error::new_spanned(other, "name the crate by its path: `crate = alias`").into()),
        }
    }
}

/// The doc comment: its lines, each without the space that `///` leaves before it.
pub(crate) fn doc(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter(|attr| attr.path().is_ident("doc")).filter_map(|attr| {
        let Ok(pair) = attr.meta.require_name_value() else { return None };
        let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = &pair.value else { return None };
        let line = line.value();
        Some(line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned())
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The `#[cfg]`s, to be copied to all that is generated.
pub(crate) fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect()
}

/// The span of an attribute's name.
pub(crate) fn name_span(attr: &Attribute) -> Span {
    attr.path().span()
}
