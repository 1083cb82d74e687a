//! The description of an entity as tokens: the `const` data that every back end reads.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::model::{Duty, Entity, Field, OnDelete};
use super::parse::Index;
use crate::constant::Constant;
use crate::path::Rt;

/// The one `static` list of fields.
///
/// ```text
/// const FIELDS: &[FieldData] = &[field(<String as Field>::TYPE, Declared { name: &[Text::Static("number")], … }), …];
/// ```
pub(super) fn fields(entity: &Entity) -> TokenStream {
    let rt = &entity.rt;
    let fields = entity.fields.iter().map(|one| field(rt, one));
    quote! {
        const FIELDS: &[#rt::FieldData] = &[#(#fields),*];
    }
}

fn field(rt: &Rt, field: &Field) -> TokenStream {
    let Field { name, column, doc, ty, cfgs, login, role, span, .. } = field;
    let typed = rt.at(*span);
    let described = quote_spanned!(*span=> <#ty as #typed::Field>::TYPE);
    let label = field.label.as_ref().map(|label| quote!(label: #label,));
    let help = field.help.as_ref().map(|help| quote!(help: #help,));
    let semantic = semantic(field);
    let scale = field.scale.map(|scale| quote!(scale: #rt::Some(#scale),));
    let wide = field.wide.then(|| quote!(wide: true,));
    let duty = duty(rt, field.duty);
    let pii = field.pii.then(|| quote!(pii: true,));
    let key = field.key.then(|| quote!(key: true,));
    let increment = field.increment.then(|| quote!(increment: true,));
    let default = field.default.as_ref().map(|value| {
        let value = constant(rt, value);
        quote!(default: #rt::Some(&#value),)
    });
    let rules = rules(rt, field);
    let by = field.by.as_ref().map(|names| {
        let names = names.iter().map(|name| name.unraw().to_string());
        quote!(by: &[#(#rt::Text::Static(#names)),*],)
    });
    let inverse = field.inverse.as_ref().map(|inverse| {
        let inverse = inverse.names().concat();
        quote!(inverse: #inverse,)
    });
    let through = field.through.as_ref().map(|through| {
        let span = crate::errors::span(through);
        let rt = rt.at(span);
        quote_spanned!(span=> through: <#through as #rt::Entity>::NAME,)
    });
    let onward = field.onward.as_ref().map(|onward| {
        let onward = onward.names().concat();
        quote!(onward: #onward,)
    });
    let on_delete = field.on_delete.map(|action| {
        let action = on_delete(rt, action);
        quote!(on_delete: #action,)
    });
    quote! {
        #(#cfgs)* #rt::field(#described, #rt::Declared {
            name: &[#rt::Text::Static(#name)],
            column: #column,
            doc: #doc,
            #label #help
            #semantic #scale #wide
            duty: #duty,
            #key #increment
            #default
            rules: &[#(#rules),*],
            #by #inverse #through #onward #on_delete
            login: #login,
            role: #role,
            #pii
            ..#rt::Declared::NOTHING
        })
    }
}

/// What a field means beyond its storage.
fn semantic(field: &Field) -> Option<TokenStream> {
    let semantic = [("email", field.email), ("url", field.url.is_some()), ("ip", field.ip.is_some())];
    semantic.iter().find(|(_, said)| *said).map(|(name, _)| quote!(semantic: #name,))
}

/// What is said of a type of fields.
///
/// ```text
/// Declared { semantic: "email", rules: &[Rule::Email], ..Declared::NOTHING }
/// ```
pub(super) fn declared_value(rt: &Rt, field: &Field) -> TokenStream {
    let rules = rules(rt, field);
    let semantic = semantic(field);
    let scale = field.scale.map(|scale| quote!(scale: #rt::Some(#scale),));
    let wide = field.wide.then(|| quote!(wide: true,));
    quote!(#rt::Declared { rules: &[#(#rules),*], #semantic #scale #wide ..#rt::Declared::NOTHING })
}

fn duty(rt: &Rt, duty: Duty) -> TokenStream {
    match duty {
        Duty::Data => quote!(#rt::Duty::Data),
        Duty::Created => quote!(#rt::Duty::Created),
        Duty::Updated => quote!(#rt::Duty::Updated),
    }
}

fn on_delete(rt: &Rt, action: OnDelete) -> TokenStream {
    match action {
        OnDelete::Restrict => quote!(#rt::OnDelete::Restrict),
        OnDelete::Cascade => quote!(#rt::OnDelete::Cascade),
        OnDelete::SetNull => quote!(#rt::OnDelete::SetNull),
    }
}

/// The schemes of a URL that names none. Whoever opens what somebody else wrote is safe with these.
const WEB: [&str; 2] = ["http", "https"];

pub(super) fn rules(rt: &Rt, field: &Field) -> Vec<TokenStream> {
    let mut rules = Vec::new();
    if let Some((min, max)) = &field.len {
        let bound = |end: &Option<syn::Expr>| match end {
            Some(end) => quote!(#rt::Some(#end)),
            None => quote!(#rt::None),
        };
        let (min, max) = (bound(min), bound(max));
        rules.push(quote!(#rt::Rule::Len { min: #min, max: #max }));
    }
    if let Some(min) = &field.min {
        let min = constant(rt, min);
        rules.push(quote!(#rt::Rule::Min(#rt::Leaf::Static(&#min))));
    }
    if let Some(max) = &field.max {
        let max = constant(rt, max);
        rules.push(quote!(#rt::Rule::Max(#rt::Leaf::Static(&#max))));
    }
    if let Some(pattern) = &field.pattern {
        rules.push(quote!(#rt::Rule::Pattern(#rt::Text::Static(#pattern))));
    }
    if field.email {
        rules.push(quote!(#rt::Rule::Email));
    }
    if let Some(schemes) = &field.url {
        let said: Vec<String> = schemes.iter().map(syn::LitStr::value).collect();
        let schemes = if said.is_empty() { WEB.map(str::to_owned).to_vec() } else { said };
        rules.push(quote!(#rt::Rule::Url { schemes: #rt::List::Static(&[#(#rt::Text::Static(#schemes)),*]) }));
    }
    if let Some(version) = field.ip {
        let version = version.map_or_else(|| quote!(#rt::None), |version| quote!(#rt::Some(#version)));
        rules.push(quote!(#rt::Rule::Ip { version: #version }));
    }
    if !field.one_of.is_empty() {
        let values = field.one_of.iter().map(|value| constant(rt, value));
        rules.push(quote!(#rt::Rule::OneOf(#rt::List::Static(&[#(#rt::Leaf::Static(&#values)),*]))));
    }
    if field.non_empty {
        rules.push(quote!(#rt::Rule::NonEmpty));
    }
    rules
}

fn constant(rt: &Rt, constant: &Constant) -> TokenStream {
    let value = constant.tokens(rt);
    quote!(#rt::Constant(#value))
}

/// The description of the entity.
///
/// ```text
/// &EntityData { name: Text::Static("Invoice"), table: Text::Static("invoices"), fields: List::Static(FIELDS), … }
/// ```
pub(super) fn entity(entity: &Entity) -> TokenStream {
    let Entity { rt, name, doc, table, external, tags, .. } = entity;
    let said = |text: &Option<syn::LitStr>| text.as_ref().map(syn::LitStr::value).unwrap_or_default();
    let (label, help) = (said(&entity.label), said(&entity.help));
    let key = entity.key.iter().map(|key| {
        let key = &entity.fields[*key].name;
        quote!(#rt::Text::Static(#key))
    });
    let uniques = entity.fields.iter().filter_map(|field| {
        // The index is led by what the author names as the space of the names.
        let mut names: Vec<String> = field.unique.as_ref()?.iter().flat_map(|path| path.names()).collect();
        names.push(field.name.clone());
        let cfgs = &field.cfgs;
        Some(quote!(#(#cfgs)* #rt::Unique { fields: #rt::List::Static(&[#(#rt::Text::Static(#names)),*]) }))
    });
    let together = entity.indexes.iter().filter(|index| is_total(index)).map(|index| {
        let names = index.fields.iter().map(|(name, _)| name.unraw().to_string());
        quote!(#rt::Unique { fields: #rt::List::Static(&[#(#rt::Text::Static(#names)),*]) })
    });
    let uniques = uniques.chain(together);
    let indexes = entity.indexes.iter().filter(|index| !is_total(index)).map(|one| index(rt, one));
    let tenant = match &entity.tenant {
        None => quote!(#rt::None),
        Some(path) => {
            let path = path.names();
            quote!(#rt::Some(#rt::Tenant { path: #rt::List::Static(&[#(#rt::Text::Static(#path)),*]) }))
        }
    };
    quote! {
        &#rt::EntityData {
            name: #rt::Text::Static(#name),
            doc: #rt::Text::Static(#doc),
            label: #rt::Text::Static(#label),
            help: #rt::Text::Static(#help),
            tags: #rt::List::Static(&[#(#rt::Text::Static(#tags)),*]),
            table: #rt::Text::Static(#table),
            external: #external,
            fields: #rt::List::Static(FIELDS),
            key: #rt::List::Static(&[#(#key),*]),
            uniques: #rt::List::Static(&[#(#uniques),*]),
            indexes: #rt::List::Static(&[#(#indexes),*]),
            tenant: #tenant,
        }
    }
}

/// Whether an index is a unique among all rows.
pub(super) fn is_total(index: &Index) -> bool {
    index.unique && index.condition.is_none() && !index.fields.iter().any(|(_, descending)| *descending)
}

/// ```text
/// Index { fields: List::Static(&[IndexField { name: Text::Static("org"), descending: false }]), unique: false, … }
/// ```
fn index(rt: &Rt, index: &Index) -> TokenStream {
    let Index { unique, inverted, .. } = index;
    let fields = index.fields.iter().map(|(name, descending)| {
        let name = name.unraw().to_string();
        quote!(#rt::IndexField { name: #rt::Text::Static(#name), descending: #descending })
    });
    let condition = match &index.condition {
        Some(condition) => {
            let condition = condition.quoted(rt);
            quote!(#rt::Some(#condition))
        }
        None => quote!(#rt::None),
    };
    quote! {
        #rt::Index {
            fields: #rt::List::Static(&[#(#fields),*]),
            unique: #unique,
            condition: #condition,
            inverted: #inverted,
        }
    }
}
