//! From tokens to the shorthand of a policy and the functions that are its rules.

use darling::FromMeta;
use mimsy_schema::name;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Item, ItemImpl, Meta, Path, Token, Type};

use crate::attr::{self, Args, Krate, Value};
use crate::errors::Errors;
use crate::path::Rt;

const POLICY: &[&str] =
    &["actor", "read", "create", "update", "upsert", "delete", "reference", "write", "all", "crate"];

/// `#[policy(…)]`.
#[derive(Default, FromMeta)]
pub(super) struct PolicyArgs {
    actor: Option<ActorPath>,
    read: Option<Value>,
    create: Option<Value>,
    update: Option<Value>,
    upsert: Option<Value>,
    delete: Option<Value>,
    reference: Option<Value>,
    write: Option<Value>,
    all: Option<Value>,
    #[darling(rename = "crate")]
    krate: Option<Krate>,
}

struct ActorPath(Path);

impl FromMeta for ActorPath {
    fn from_expr(expr: &Expr) -> darling::Result<Self> {
        match expr {
            Expr::Path(path) if path.qself.is_none() => Ok(Self(path.path.clone())),
            other => Err(syn::Error::new_spanned(other, "name the entity that acts: `actor = User`").into()),
        }
    }
}

/// Whom a shorthand allows.
pub(super) enum Whom {
    Public,
    Authenticated,
    Roles(Vec<Ident>),
}

/// One shorthand: `write = role(Editor)`.
pub(super) struct Shorthand {
    pub(super) key: &'static str,
    pub(super) verbs: &'static [&'static str],
    pub(super) whom: Whom,
    pub(super) span: Span,
}

/// What the attribute stands on.
pub(super) enum Target {
    Struct(Ident),
    Impl(Box<ItemImpl>),
}

/// What the author wrote.
pub(super) struct Parsed {
    pub(super) rt: Rt,
    pub(super) actor: Option<Path>,
    /// Whether the arguments could be read at all; if not, nothing is concluded from what they lack.
    pub(super) sound: bool,
    pub(super) shorthands: Vec<Shorthand>,
    pub(super) target: Option<Target>,
}

pub(super) fn parse(args: TokenStream, item: TokenStream, errors: &mut Errors) -> Parsed {
    let before = errors.len();
    let Args { read, keys } = attr::read::<PolicyArgs>("policy", args, POLICY, errors);
    let rt = Rt::new(read.krate.as_ref().map(|krate| &krate.0));
    let said = [
        ("read", &["read"][..], read.read),
        ("create", &["create"], read.create),
        ("update", &["update"], read.update),
        ("upsert", &["upsert"], read.upsert),
        ("delete", &["delete"], read.delete),
        ("reference", &["reference"], read.reference),
        ("write", &["create", "update", "delete"], read.write),
        ("all", &["*"], read.all),
    ];
    let shorthands = said.into_iter().filter_map(|(key, verbs, value)| {
        let whom = errors.keep(whom(&value?.0))?;
        Some(Shorthand { key, verbs, whom, span: keys.span(key) })
    });
    let shorthands = shorthands.collect();
    let target = match syn::parse2::<Item>(item) {
        // A struct with type parameters is told about by `#[entity]`.
        Ok(Item::Struct(item)) => item.generics.params.is_empty().then_some(Target::Struct(item.ident)),
        Ok(Item::Impl(item)) if item.trait_.is_none() && is_plain(&item) => Some(Target::Impl(Box::new(item))),
        Ok(Item::Impl(item)) => {
            errors.on(&item.self_ty, "`#[policy]` belongs on an `impl` of the entity itself: `impl Invoice { … }`");
            None
        }
        Ok(_) => {
            errors.at(Span::call_site(), "`#[policy]` belongs on the entity's struct, or on an `impl` block of it");
            None
        }
        Err(error) => errors.keep(Err(error)),
    };
    Parsed { rt, actor: read.actor.map(|actor| actor.0), sound: errors.len() == before, shorthands, target }
}

fn is_plain(item: &ItemImpl) -> bool {
    item.generics.params.is_empty() && matches!(&*item.self_ty, Type::Path(path) if path.qself.is_none())
}

const WHOM: &str = "say `public`, `authenticated` or `role(…)` with roles of the actor, as in `role(Billing, Admin)`";

fn whom(expr: &Expr) -> syn::Result<Whom> {
    let words = ["public", "authenticated", "role"];
    match expr {
        Expr::Group(group) => whom(&group.expr),
        Expr::Path(path) if path.path.is_ident("public") => Ok(Whom::Public),
        Expr::Path(path) if path.path.is_ident("authenticated") => Ok(Whom::Authenticated),
        Expr::Call(call) if matches!(&*call.func, Expr::Path(path) if path.path.is_ident("role")) => {
            if call.args.is_empty() {
                return Err(syn::Error::new_spanned(call, "name a role: `role(Billing)`"));
            }
            call.args.iter().map(role).collect::<syn::Result<_>>().map(Whom::Roles)
        }
        Expr::Path(path) => {
            let word = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
            let hint = match name::nearest(&word, words) {
                Some(near) => format!("did you mean `{near}`?"),
                None => WHOM.to_owned(),
            };
            Err(syn::Error::new_spanned(path, format!("nobody is called `{word}` here; {hint}")))
        }
        other => Err(syn::Error::new_spanned(other, WHOM)),
    }
}

fn role(expr: &Expr) -> syn::Result<Ident> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident().cloned().ok_or_else(|| {
            syn::Error::new_spanned(path, "name the variant alone: its enum is the actor's `#[field(role)]`")
        }),
        other => Err(syn::Error::new_spanned(other, "name a variant of the enum of the actor's `#[field(role)]`")),
    }
}

/// What a rule does, as the variant's name in the schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Can,
    Cannot,
    Must,
}

impl Effect {
    /// The effect that an attribute stands for.
    pub(super) fn of(attr: &Attribute) -> Option<Self> {
        // `#[mimsy::can(…)]` is the same as `#[can(…)]`.
        match attr.path().segments.last()?.ident.to_string().as_str() {
            "can" => Some(Self::Can),
            "cannot" => Some(Self::Cannot),
            "must" => Some(Self::Must),
            _ => None,
        }
    }
}

/// What a rule can speak of. `upsert`: to put a row under a key of the caller's choice, whether it is there or not. `reference`: to point to a row from another one; as `read` unless a rule says.
const VERBS: [&str; 6] = ["read", "create", "update", "upsert", "delete", "reference"];

/// The verbs of `#[can(create, update)]`; `*` is every verb.
pub(super) fn verbs(effect: Effect, attr: &Attribute, errors: &mut Errors) -> Vec<String> {
    let every = || vec!["*".to_owned()];
    let list = match &attr.meta {
        Meta::List(list) => list,
        Meta::Path(_) if effect == Effect::Must => return every(),
        other => {
            errors.on(other, "say which actions: `#[can(read)]`, `#[can(create, update)]`, `#[can(*)]`");
            return Vec::new();
        }
    };
    let tokens: Vec<TokenTree> = list.tokens.clone().into_iter().collect();
    if matches!(tokens.as_slice(), [TokenTree::Punct(star)] if star.as_char() == '*') {
        return every();
    }
    let parser = Punctuated::<Ident, Token![,]>::parse_terminated_with;
    let words = syn::parse::Parser::parse2(
        |input: syn::parse::ParseStream<'_>| parser(input, Ident::parse_any),
        list.tokens.clone(),
    );
    let Ok(words) = words else {
        errors.on(&list.tokens, "name actions: `read`, `create`, `update`, `delete`, or `*` for all of them");
        return Vec::new();
    };
    if words.is_empty() {
        errors.at(list.path.span(), "say which actions: `read`, `create`, `update`, `delete`, or `*` for all of them");
    }
    let mut verbs = Vec::new();
    for word in words {
        let verb = word.to_string();
        if VERBS.contains(&verb.as_str()) {
            verbs.push(verb);
        } else {
            errors.at(word.span(), unknown(&verb));
        }
    }
    verbs
}

fn unknown(verb: &str) -> String {
    if matches!(verb, "list" | "get") {
        return format!("a rule speaks of `read`, which is both `list` and `get`, not of `{verb}`");
    }
    let hint = match name::nearest(verb, VERBS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("a rule speaks of {}, or of all by `*`", name::listed(VERBS)),
    };
    format!("there is no action `{verb}`; {hint}")
}
