//! An entity as it was declared: attributes read, names decided, types still tokens.

mod key;

use mimsy_schema::name;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprLit, ExprPath, Fields, Ident, Lit, LitStr, Type, Visibility};

use super::parse::{self, FieldArgs, Index, On, Parsed, Parts, Unique};
use crate::attr::{self, Args, Dotted, Keys};
use crate::constant::Constant;
use crate::errors::{self, Errors};
use crate::path::Rt;

/// What `#[entity]` is about.
pub(super) enum Subject {
    Entity(Box<Entity>),
    /// A type of this name that cannot be an entity.
    Broken(Ident),
    /// Nothing that a name could be read of.
    Nothing,
}

/// An entity.
pub(super) struct Entity {
    pub(super) rt: Rt,
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) label: Option<LitStr>,
    pub(super) help: Option<LitStr>,
    pub(super) tags: Vec<LitStr>,
    pub(super) table: String,
    /// Whether the table belongs to others.
    pub(super) external: bool,
    pub(super) tenant: Option<Dotted>,
    /// The positions of the key's parts; none after a mistake.
    pub(super) key: Vec<usize>,
    pub(super) indexes: Vec<Index>,
    pub(super) fields: Vec<Field>,
    /// The functions that judge a whole row.
    pub(super) validate: Vec<ExprPath>,
}

/// Who sets a field. Whether the server makes a key is left to its type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    Data,
    Created,
    Updated,
}

/// What happens on a delete of the target.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OnDelete {
    Restrict,
    Cascade,
    SetNull,
}

/// The types that a draft has to know by how they are written. What hides behind an alias is told by an assertion.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Id,
    Many,
    One,
    Else,
}

/// A field.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) vis: Visibility,
    /// The type, with `Self` spelled out.
    pub(super) ty: TokenStream,
    /// Where the type was written, its first token and its last: what is wrong with it is shown there.
    pub(super) span: Span,
    pub(super) end: Span,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) docs: Vec<Attribute>,
    pub(super) doc: String,
    pub(super) label: Option<LitStr>,
    pub(super) help: Option<LitStr>,
    pub(super) column: String,
    pub(super) duty: Duty,
    pub(super) written: Written,
    /// Whether it is a part of the key.
    pub(super) key: bool,
    /// Whether the database counts it.
    pub(super) increment: bool,
    /// Whether it is the direct tenant.
    pub(super) tenant: bool,
    pub(super) default: Option<Constant>,
    pub(super) len: Option<(Option<Expr>, Option<Expr>)>,
    pub(super) min: Option<Constant>,
    pub(super) max: Option<Constant>,
    pub(super) pattern: Option<LitStr>,
    pub(super) email: bool,
    /// The schemes of a URL; none listed: those of the web.
    pub(super) url: Option<Vec<LitStr>>,
    /// The version of an IP address, if it is said.
    pub(super) ip: Option<Option<u8>>,
    pub(super) one_of: Vec<Constant>,
    pub(super) non_empty: bool,
    /// The functions that judge a value.
    pub(super) custom: Vec<ExprPath>,
    /// The names beside which it is unique.
    pub(super) unique: Option<Vec<Dotted>>,
    /// Whether it has an index, and one of what is inside of its values.
    pub(super) index: Option<bool>,
    /// The fields that hold the key of the reference.
    pub(super) by: Option<Vec<Ident>>,
    pub(super) inverse: Option<Dotted>,
    /// The entity between.
    pub(super) through: Option<syn::Path>,
    /// Its field that leads on.
    pub(super) onward: Option<Dotted>,
    pub(super) on_delete: Option<OnDelete>,
    pub(super) scale: Option<u8>,
    /// Whether it travels as a string.
    pub(super) wide: bool,
    pub(super) login: bool,
    pub(super) role: bool,
    /// Whether it tells about a person.
    pub(super) pii: bool,
    /// Where the keys of its attribute stand.
    pub(super) keys: Keys,
}

impl Field {
    /// Whether a draft carries it.
    pub(super) fn is_input(&self) -> bool {
        self.duty == Duty::Data && self.is_stored() && !self.is_made()
    }

    /// Whether it has a column.
    pub(super) fn is_stored(&self) -> bool {
        !matches!(self.written, Written::Many | Written::One) && self.by.is_none()
    }

    /// Whether the server makes it, as a key.
    pub(super) fn is_made(&self) -> bool {
        self.key && (self.written == Written::Id || self.increment)
    }
}

impl Subject {
    pub(super) fn new(parsed: Parsed, errors: &mut Errors) -> Self {
        let parts = match parsed.on {
            On::Struct(parts) => *parts,
            On::Other(ident) => return Self::Broken(ident),
            On::Nothing => return Self::Nothing,
        };
        let ident = &parts.item.ident;
        if !parts.item.generics.params.is_empty() {
            errors.on(&parts.item.generics, "an entity is one table, so it has no type parameters and no lifetimes");
            return Self::Nothing;
        }
        if !matches!(parts.item.fields, Fields::Named(_)) {
            let message = format!("an entity has named fields: `struct {ident} {{ pub id: Id<Self>, … }}`");
            errors.at(ident.span(), message);
            return Self::Broken(ident.clone());
        }
        Self::Entity(Box::new(Entity::new(parsed.rt, parts, errors)))
    }
}

impl Entity {
    /// The model of a struct with named fields.
    fn new(rt: Rt, parts: Parts, errors: &mut Errors) -> Self {
        let Parts { mut indexes, args, item, fields } = parts;
        let ident = item.ident;
        let mut fields: Vec<Field> =
            fields.into_iter().filter_map(|(field, args)| Field::new(&ident, field, args, errors)).collect();
        let key = key::read(&ident, args.read.key, &mut fields, errors);
        let tenant = args.read.tenant;
        if let Some([direct]) = tenant.as_ref().map(|path| path.0.as_slice()) {
            for field in fields.iter_mut().filter(|field| field.duty == Duty::Data && field.ident == *direct) {
                field.tenant = true;
            }
        }
        for index in &indexes {
            for (name, _) in &index.fields {
                let word = name.unraw().to_string();
                if !fields.iter().any(|field| field.name == word && field.is_stored()) {
                    errors.at(name.span(), unknown(&word, &fields));
                }
            }
        }
        indexes.extend(
            fields.iter().filter_map(|field| Some(Index::of(&field.ident, field.keys.span("index"), field.index?))),
        );
        let name = ident.unraw().to_string();
        let table = args.read.table.map_or_else(|| name::table(&name), |table| table.0.value());
        let validate = args.read.validate.map(|functions| functions.read(errors)).unwrap_or_default();
        Self {
            rt,
            name,
            doc: attr::doc(&item.attrs),
            label: args.read.label.map(|label| label.0),
            help: args.read.help.map(|help| help.0),
            tags: args.read.tags.map(|tags| tags.0).unwrap_or_default(),
            table,
            external: args.read.external.0,
            tenant,
            key,
            indexes,
            fields,
            validate,
            ident,
        }
    }
}

impl Field {
    pub(super) fn new(entity: &Ident, field: syn::Field, args: Args<FieldArgs>, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident?;
        let Args { read, keys } = args;
        let name = ident.unraw().to_string();
        let duty = duty(&read, &keys, errors);
        let constant = |value: Option<attr::Value>, errors: &mut Errors| {
            value.and_then(|value| errors.keep(Constant::of(&value.0)))
        };
        let unique = read.unique.map(|Unique { within }| within);
        for path in unique.iter().flatten().filter(|path| path.0.len() > 1) {
            errors.at(path.span(), "`within` names fields of this entity, not of another one");
        }
        let mut single = |key: &str, path: Option<Dotted>| {
            let several = path.as_ref().filter(|path| path.0.len() > 1);
            if let Some(path) = several {
                errors.at(path.span(), format!("`{key}` names one field of the other entity"));
            }
            path.filter(|path| path.0.len() == 1)
        };
        let (inverse, onward) = (single("inverse", read.inverse), single("onward", read.onward));
        Some(Self {
            vis: field.vis,
            span: errors::span(&field.ty),
            end: errors::end(&field.ty),
            ty: spell_self(field.ty.to_token_stream(), entity),
            cfgs: attr::cfgs(&field.attrs),
            docs: field.attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect(),
            doc: attr::doc(&field.attrs),
            label: read.label.map(|label| label.0),
            help: read.help.map(|help| help.0),
            column: read.column.map_or_else(|| name.clone(), |column| column.0.value()),
            duty,
            written: written(&field.ty),
            key: read.id.0,
            increment: read.increment.0,
            tenant: false,
            default: constant(read.default, errors),
            len: read.len.and_then(|value| errors.keep(parse::len(&value.0))),
            min: constant(read.min, errors),
            max: constant(read.max, errors),
            pattern: read.pattern.map(|pattern| pattern.0),
            email: read.email.0,
            url: read.url.map(|schemes| schemes.0),
            ip: read.ip.map(|ip| ip.0),
            one_of: read
                .one_of
                .into_iter()
                .flat_map(|values| values.0)
                .filter_map(|value| errors.keep(Constant::of(&value)))
                .collect(),
            non_empty: read.non_empty.0,
            custom: read.custom.map(|functions| functions.read(errors)).unwrap_or_default(),
            unique,
            index: read.index.0,
            by: read.by.map(|names| names.read(errors)),
            inverse,
            through: read.through.and_then(|through| errors.keep(through.0)),
            onward,
            on_delete: read.on_delete.and_then(|value| errors.keep(on_delete(&value.0))),
            scale: read.scale.and_then(|value| errors.keep(scale(&value.0))),
            wide: read.wide.0,
            login: read.login.0,
            role: read.role.0,
            pii: read.pii.0,
            name,
            ident,
            keys,
        })
    }
}

fn duty(read: &FieldArgs, keys: &Keys, errors: &mut Errors) -> Duty {
    let said = [
        // What is the key is told by `key`; here it stands against the others.
        ("id", &read.id, Duty::Data),
        ("created", &read.created, Duty::Created),
        ("updated", &read.updated, Duty::Updated),
    ];
    let mut said = said.into_iter().filter(|(_, flag, _)| flag.0);
    let Some((first, _, duty)) = said.next() else { return Duty::Data };
    for (second, ..) in said {
        errors.at(keys.span(second), format!("a field is `{first}` or `{second}`, not both"));
    }
    if keys.has("default") {
        let message = match first {
            "id" => "a key names one row, so no default can be one".to_owned(),
            _ => format!("the server sets a field that is `{first}`, so a default would never be used"),
        };
        errors.at(keys.span("default"), message);
    }
    if keys.has("unique") && first == "id" {
        errors.at(keys.span("unique"), "the key is unique by itself");
    }
    duty
}

fn written(ty: &Type) -> Written {
    match ty {
        Type::Path(path) => match path.path.segments.last() {
            Some(last) if last.ident == "Id" => Written::Id,
            Some(last) if last.ident == "Many" => Written::Many,
            Some(last) if last.ident == "One" => Written::One,
            _ => Written::Else,
        },
        Type::Group(group) => written(&group.elem),
        Type::Paren(paren) => written(&paren.elem),
        _ => Written::Else,
    }
}

/// A name in an attribute that is no field of the entity.
pub(super) fn unknown(word: &str, fields: &[Field]) -> String {
    let names = || fields.iter().filter(|field| field.is_stored()).map(|field| field.name.as_str());
    match name::nearest(word, names()) {
        Some(near) => format!("there is no field `{word}`; did you mean `{near}`?"),
        None => format!("there is no field `{word}`; there are {}", name::listed(names())),
    }
}

fn on_delete(expr: &Expr) -> syn::Result<OnDelete> {
    const WORDS: [&str; 3] = ["restrict", "cascade", "set_null"];
    let word = Dotted::of(expr)?.names().join(".");
    match word.as_str() {
        "restrict" => Ok(OnDelete::Restrict),
        "cascade" => Ok(OnDelete::Cascade),
        "set_null" => Ok(OnDelete::SetNull),
        other => {
            let hint = match name::nearest(other, WORDS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("say {}", name::listed(WORDS)),
            };
            Err(syn::Error::new_spanned(expr, format!("`on_delete` knows no `{other}`; {hint}")))
        }
    }
}

fn scale(expr: &Expr) -> syn::Result<u8> {
    let number = match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse::<u8>().ok(),
        _ => None,
    };
    number
        .filter(|scale| *scale <= mimsy_schema::fixed::MAX_SCALE)
        .ok_or_else(|| syn::Error::new_spanned(expr, "`scale` is the number of digits behind the point, from 0 to 18"))
}

/// Write the entity's name for `Self`, since types are repeated where `Self` is another type.
fn spell_self(tokens: TokenStream, entity: &Ident) -> TokenStream {
    let spell = |tree| match tree {
        TokenTree::Ident(word) if word == "Self" => {
            let mut entity = entity.clone();
            entity.set_span(entity.span().located_at(word.span()));
            TokenTree::Ident(entity)
        }
        TokenTree::Group(group) => {
            let mut spelled = proc_macro2::Group::new(group.delimiter(), spell_self(group.stream(), entity));
            spelled.set_span(group.span());
            TokenTree::Group(spelled)
        }
        other => other,
    };
    tokens.into_iter().map(spell).collect()
}
