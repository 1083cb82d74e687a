//! From tokens to a struct and the arguments of its attributes.

mod indexes;

use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::{Punct, Spacing, Span, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, Item, ItemStruct, LitStr, Meta, Token};

use crate::attr::{self, Args, Dotted, Flag, Functions, IndexFlag, Krate, Named, Names, Quoted, Value};
use crate::errors::Errors;
use crate::path::Rt;

const ENTITY: &[&str] =
    &["key", "tenant", "index", "unique", "table", "external", "validate", "label", "help", "tags", "crate"];
const FIELD: &[&str] = &[
    "id",
    "increment",
    "created",
    "updated",
    "login",
    "role",
    "pii",
    "column",
    "default",
    "len",
    "min",
    "max",
    "pattern",
    "email",
    "url",
    "ip",
    "one_of",
    "non_empty",
    "custom",
    "unique",
    "index",
    "by",
    "inverse",
    "through",
    "onward",
    "on_delete",
    "scale",
    "wide",
    "label",
    "help",
];

/// Those of [`FIELD`] that say what a column is for.
const OF_A_COLUMN: &[&str] = &[
    "id",
    "increment",
    "created",
    "updated",
    "login",
    "role",
    "pii",
    "column",
    "default",
    "custom",
    "unique",
    "by",
    "inverse",
    "through",
    "onward",
    "on_delete",
    "label",
    "help",
];

/// `#[entity(…)]`.
#[derive(Default, FromMeta)]
pub(super) struct EntityArgs {
    pub(super) key: Option<Names>,
    pub(super) tenant: Option<Dotted>,
    pub(super) table: Option<Quoted>,
    pub(super) external: Flag,
    pub(super) validate: Option<Functions>,
    pub(super) label: Option<Quoted>,
    pub(super) help: Option<Quoted>,
    pub(super) tags: Option<Tags>,
    #[darling(rename = "crate")]
    krate: Option<Krate>,
}

/// `#[field(…)]`.
#[derive(Default, FromMeta)]
pub(super) struct FieldArgs {
    pub(super) id: Flag,
    pub(super) increment: Flag,
    pub(super) created: Flag,
    pub(super) updated: Flag,
    pub(super) login: Flag,
    pub(super) role: Flag,
    pub(super) pii: Flag,
    pub(super) column: Option<Quoted>,
    pub(super) default: Option<Value>,
    pub(super) len: Option<Value>,
    pub(super) min: Option<Value>,
    pub(super) max: Option<Value>,
    pub(super) pattern: Option<Quoted>,
    pub(super) email: Flag,
    pub(super) url: Option<Schemes>,
    pub(super) ip: Option<Ip>,
    pub(super) one_of: Option<OneOf>,
    pub(super) non_empty: Flag,
    pub(super) custom: Option<Functions>,
    pub(super) unique: Option<Unique>,
    pub(super) index: IndexFlag,
    pub(super) by: Option<Names>,
    pub(super) inverse: Option<Dotted>,
    pub(super) through: Option<Named>,
    pub(super) onward: Option<Dotted>,
    pub(super) on_delete: Option<Value>,
    pub(super) scale: Option<Value>,
    pub(super) wide: Flag,
    pub(super) label: Option<Quoted>,
    pub(super) help: Option<Quoted>,
}

/// `unique`, `unique(within = org)`, `unique(within(org, year))`.
#[derive(Default)]
pub(super) struct Unique {
    pub(super) within: Vec<Dotted>,
}

impl FromMeta for Unique {
    fn from_word() -> darling::Result<Self> {
        Ok(Self::default())
    }

    fn from_list(items: &[NestedMeta]) -> darling::Result<Self> {
        let [NestedMeta::Meta(item)] = items else { return Err(darling::Error::custom(WITHIN)) };
        if !item.path().is_ident("within") {
            return Err(darling::Error::custom(WITHIN).with_span(item.path()));
        }
        let within = match item {
            Meta::NameValue(pair) => vec![Dotted::of(&pair.value)?],
            Meta::List(list) => {
                let mut errors = Errors::default();
                let within = Dotted::list(list.tokens.clone(), &mut errors);
                errors.into_darling()?;
                within
            }
            Meta::Path(path) => return Err(darling::Error::custom(WITHIN).with_span(path)),
        };
        Ok(Self { within })
    }
}

const WITHIN: &str = "say `unique`, `unique(within = org)` or `unique(within(org, year))`";

/// `url`, `url("https", "mailto")`.
pub(super) struct Schemes(pub(super) Vec<LitStr>);

impl FromMeta for Schemes {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        const SAY: &str = "say `url`, for http and https, or list the schemes as texts: `url(\"https\", \"mailto\")`";
        let list = match meta {
            Meta::Path(_) => return Ok(Self(Vec::new())),
            Meta::List(list) if !list.tokens.is_empty() => list,
            other => return Err(syn::Error::new_spanned(other, SAY).into()),
        };
        let schemes = list.parse_args_with(Punctuated::<LitStr, Token![,]>::parse_terminated);
        let schemes = schemes.map_err(|error| syn::Error::new(error.span(), SAY))?;
        Ok(Self(schemes.into_iter().collect()))
    }
}

/// `tags("billing", "sales")`.
pub(super) struct Tags(pub(super) Vec<LitStr>);

impl FromMeta for Tags {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        const SAY: &str = "list the tags as texts: `tags(\"billing\", \"sales\")`";
        let list = match meta {
            Meta::List(list) if !list.tokens.is_empty() => list,
            other => return Err(syn::Error::new_spanned(other, SAY).into()),
        };
        let tags = list.parse_args_with(Punctuated::<LitStr, Token![,]>::parse_terminated);
        let tags = tags.map_err(|error| syn::Error::new(error.span(), SAY))?;
        Ok(Self(tags.into_iter().collect()))
    }
}

/// `ip`, `ip(v4)`, `ip(v6)`.
pub(super) struct Ip(pub(super) Option<u8>);

impl FromMeta for Ip {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        const SAY: &str = "say `ip`, `ip(v4)` or `ip(v6)`";
        let list = match meta {
            Meta::Path(_) => return Ok(Self(None)),
            Meta::List(list) => list,
            other => return Err(syn::Error::new_spanned(other, SAY).into()),
        };
        match list.parse_args::<Ident>() {
            Ok(version) if version == "v4" => Ok(Self(Some(4))),
            Ok(version) if version == "v6" => Ok(Self(Some(6))),
            Ok(other) => Err(syn::Error::new_spanned(other, SAY).into()),
            Err(error) => Err(syn::Error::new(error.span(), SAY).into()),
        }
    }
}

/// `one_of("a", "b")`.
pub(super) struct OneOf(pub(super) Vec<Expr>);

impl FromMeta for OneOf {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        const SAY: &str = "list the values: `one_of(\"small\", \"large\")`";
        match meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                let values = list.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated)?;
                Ok(Self(values.into_iter().collect()))
            }
            other => Err(syn::Error::new_spanned(other, SAY).into()),
        }
    }
}

pub(super) use self::indexes::Index;

/// What the author wrote.
pub(super) struct Parsed {
    pub(super) rt: Rt,
    pub(super) on: On,
}

/// What the attribute stands on.
pub(super) enum On {
    Struct(Box<Parts>),
    /// An enum or a union, by its name.
    Other(Ident),
    Nothing,
}

/// A struct, and what its attributes say.
pub(super) struct Parts {
    pub(super) indexes: Vec<Index>,
    pub(super) args: Args<EntityArgs>,
    pub(super) item: ItemStruct,
    pub(super) fields: Vec<(syn::Field, Args<FieldArgs>)>,
}

pub(super) fn parse(args: TokenStream, item: TokenStream, errors: &mut Errors) -> Parsed {
    let (args, indexes) = indexes::take(args, errors);
    let args: Args<EntityArgs> = attr::read("entity", args, ENTITY, errors);
    let rt = Rt::new(args.read.krate.as_ref().map(|krate| &krate.0));
    let other = |ident: Ident, errors: &mut Errors| {
        errors.at(ident.span(), "an entity is a struct with named fields");
        On::Other(ident)
    };
    let on = match errors.keep(syn::parse2::<Item>(item)) {
        Some(Item::Struct(item)) => {
            let fields = item.fields.iter().map(|field| (field.clone(), field_args(field, errors))).collect();
            On::Struct(Box::new(Parts { indexes, args, item, fields }))
        }
        Some(Item::Enum(item)) => other(item.ident, errors),
        Some(Item::Union(item)) => other(item.ident, errors),
        Some(_) => {
            errors.at(Span::call_site(), "`#[entity]` belongs on a struct with named fields");
            On::Nothing
        }
        None => On::Nothing,
    };
    Parsed { rt, on }
}

/// What `#[field]` says of a type of fields: what a value of it must be, and not what a column of it is for.
pub(super) fn value_args(attrs: &[Attribute], errors: &mut Errors) -> Args<FieldArgs> {
    let known: Vec<&str> = FIELD.iter().copied().filter(|key| !OF_A_COLUMN.contains(key)).collect();
    args(attrs, &known, errors)
}

fn field_args(field: &syn::Field, errors: &mut Errors) -> Args<FieldArgs> {
    args(&field.attrs, FIELD, errors)
}

fn args(attrs: &[Attribute], known: &[&str], errors: &mut Errors) -> Args<FieldArgs> {
    let mut tokens = TokenStream::new();
    for attr in attrs {
        if attr.path().is_ident("cfg_attr") && mentions_field(attr) {
            let message = "`#[field]` cannot hang on a `cfg_attr`: put `#[cfg(…)]` on two versions of the field";
            errors.at(attr::name_span(attr), message);
        }
        if !attr.path().is_ident("field") {
            continue;
        }
        match &attr.meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                tokens.extend(list.tokens.clone());
                // Two attributes on one field are one list.
                tokens.extend([TokenTree::from(Punct::new(',', Spacing::Alone))]);
            }
            other => errors.on(other, "say something of the field, as in `#[field(unique)]`"),
        }
    }
    attr::read("field", tokens, known, errors)
}

fn mentions_field(attr: &Attribute) -> bool {
    let Meta::List(list) = &attr.meta else { return false };
    let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
    let Ok(items) = syn::parse::Parser::parse2(parser, list.tokens.clone()) else { return false };
    items.iter().skip(1).any(|meta| meta.path().is_ident("field"))
}

/// The bounds of a `len = …`: `1..=80`, `..=80`, `1..`, or exactly `5`.
pub(super) fn len(expr: &Expr) -> syn::Result<(Option<Expr>, Option<Expr>)> {
    match expr {
        Expr::Range(range) => {
            let closed = matches!(range.limits, syn::RangeLimits::Closed(_));
            if range.end.is_some() && !closed {
                return Err(syn::Error::new_spanned(range, "both ends belong to it: write `1..=80`"));
            }
            Ok((range.start.as_deref().cloned(), range.end.as_deref().cloned()))
        }
        Expr::Group(group) => len(&group.expr),
        Expr::Lit(_) | Expr::Path(_) => Ok((Some(expr.clone()), Some(expr.clone()))),
        other => Err(syn::Error::new_spanned(other, "say how long: `1..=80`, `..=80`, `1..`, or exactly `5`")),
    }
}
