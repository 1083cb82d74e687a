//! What the types of an entity must be, asked of the compiler: bounds inside a function that nobody calls, and
//! assertions on `const` data. Each spans the smallest token that can be wrong.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::data;
use super::model::{Entity, Field, OnDelete, Written};
use crate::attr::Dotted;
use crate::constant::Constant;
use crate::path::Rt;
use crate::walk;

/// The function whose body is type-checked and never called.
///
/// ```text
/// fn bounds(row: &ShapeOfInvoice) {
///     key_of::<Invoice, Id<Invoice>>();
///     held_by::<Ref<Order, (Ref<Org>, i64)>, (Ref<Org>, i64)>();
///     fence(row.org);
///     accepts::<Status, _>(Status::Draft);
///     points_back::<Invoice, _>(rows::<Many<Line>>().invoice);
///     let _ = row.org;
/// }
/// ```
pub(super) fn bounds(entity: &Entity, shape: &Ident) -> TokenStream {
    let rt = &entity.rt;
    let key = entity.key.iter().map(|key| {
        let (ident, Field { ty, span, .. }) = (&entity.ident, &entity.fields[*key]);
        let rt = rt.at(*span);
        quote_spanned!(*span=> #rt::key_of::<#ident, #ty>();)
    });
    // The key of a tenant is a tenant, whatever its type.
    let is_key = |path: &Dotted| entity.key.iter().any(|key| path.names() == [entity.fields[*key].name.as_str()]);
    let tenant =
        entity.tenant.as_ref().filter(|path| !is_key(path)).map(|path| walk::end(rt, "row", path, "hop", "fence"));
    let fields = entity.fields.iter().map(|field| {
        let cfgs = &field.cfgs;
        let constants = constants(rt, field);
        let inverse = inverse(entity, field);
        let onward = onward(entity, field);
        let within = within(field);
        let by = by(entity, field);
        quote!(#(#cfgs)* { #constants #inverse #onward #within #by })
    });
    let conditions = entity.indexes.iter().filter_map(|index| Some(index.condition.as_ref()?.checked(rt, shape)));
    quote! {
        #[allow(dead_code, unused_variables, unused_parens, clippy::all)]
        fn bounds(row: &#shape) {
            #(#key)*
            #tenant
            #(#fields)*
            #(#conditions)*
        }
    }
}

/// Defaults are values of the field, and limits are values of a number.
fn constants(rt: &Rt, field: &Field) -> TokenStream {
    if !field.is_stored() {
        return TokenStream::new();
    }
    let ty = &field.ty;
    let calls = [("accepts", &field.default), ("limits", &field.min), ("limits", &field.max)];
    let calls = calls.into_iter().filter_map(|(function, constant)| Some((function, constant.as_ref()?)));
    let call = |(function, constant): (&str, &Constant)| {
        let span = constant.span();
        let (rt, function, value) = (rt.at(span), Ident::new(function, span), constant.tokens(rt));
        quote_spanned!(span=> #rt::#function::<#ty, _>(#value);)
    };
    calls.chain(field.one_of.iter().map(|value| ("accepts", value))).map(call).collect()
}

/// An `inverse` is a field of the target that points back.
fn inverse(entity: &Entity, field: &Field) -> Option<TokenStream> {
    let inverse = field.inverse.as_ref()?.0.first()?;
    let (ident, ty, span) = (&entity.ident, &field.ty, inverse.span());
    let rt = entity.rt.at(span);
    // On another type, `inverse` is told about by an assertion.
    let holds_nothing = matches!(field.written, Written::Many | Written::One);
    let rows = match &field.through {
        Some(between) => quote_spanned!(span=> #rt::between::<#between>()),
        None => quote_spanned!(span=> #rt::rows::<#ty>()),
    };
    holds_nothing.then(|| quote_spanned!(span=> #rt::points_back::<#ident, _>(#rows.#inverse);))
}

/// `onward` is a field of the entity between that leads on.
fn onward(entity: &Entity, field: &Field) -> Option<TokenStream> {
    let between = field.through.as_ref().filter(|_| field.written == Written::Many)?;
    let onward = field.onward.as_ref()?.0.first()?;
    let (ty, span) = (&field.ty, onward.span());
    let rt = entity.rt.at(span);
    Some(quote_spanned!(span=> #rt::leads_on::<#ty, _>(#rt::between::<#between>().#onward);))
}

/// `unique(within = …)` names fields of the entity.
fn within(field: &Field) -> TokenStream {
    let names = field.unique.iter().flatten().filter_map(|path| path.0.first());
    names.map(|name| quote!(let _ = row.#name;)).collect()
}

/// `by(…)` names fields that hold the key of the reference.
fn by(entity: &Entity, field: &Field) -> Option<TokenStream> {
    let names = field.by.as_ref()?;
    let find = |name: &Ident| entity.fields.iter().find(|one| one.ident == *name && one.is_stored());
    let types: Vec<&TokenStream> = names.iter().map(|name| Some(&find(name)?.ty)).collect::<Option<_>>()?;
    let (ty, span) = (&field.ty, field.keys.span("by"));
    let rt = entity.rt.at(span);
    Some(quote_spanned!(span=> #rt::held_by::<#ty, (#(#types,)*)>();))
}

/// Assertions on the kinds of fields, each at the key that needs the kind.
///
/// ```text
/// const _: () = assert!(is(<i64 as Field>::TYPE, &[Kind::Text]), "`len` counts the characters of a text, and …");
/// ```
pub(super) fn assertions(entity: &Entity) -> TokenStream {
    entity.fields.iter().map(|field| of_field(entity, field)).chain([indexes(entity), input(entity)]).collect()
}

/// An index holds values that have an order, or what is inside of others.
fn indexes(entity: &Entity) -> TokenStream {
    let named = |name: &Ident| entity.fields.iter().find(|one| one.ident == *name && one.is_stored());
    let each = entity.indexes.iter().flat_map(|index| index.fields.iter().map(move |(name, _)| (index, name)));
    let assertion = |(index, name): (&super::parse::Index, &Ident)| {
        let field = named(name)?;
        let (rt, ty) = (&entity.rt, &field.ty);
        let inside = quote!(<#ty as #rt::Field>::TYPE.kind.has_entries());
        let (holds, message) = match index.inverted {
            true => {
                (inside, format!("`gin` finds what is inside of values, and inside of those of `{name}` is nothing"))
            }
            false => {
                (quote!(!#inside), format!("the values of `{name}` have no order: say `gin` to find what is inside"))
            }
        };
        // A field that says so itself shows the word, since its name is not wrong.
        let span = if field.index.is_some() && index.fields.len() == 1 { index.span } else { name.span() };
        Some(at(rt, field, span, &holds, &message))
    };
    each.filter_map(assertion).collect()
}

fn of_field(entity: &Entity, field: &Field) -> TokenStream {
    let rt = &entity.rt;
    let mut assertions = kinds(rt, field);
    assertions.extend(required(rt, field));
    assertions.extend(increment(rt, field));
    assertions.extend(wide(rt, field));
    assertions.extend(equality(rt, field));
    assertions.extend(integers(rt, field));
    assertions.extend(optional(entity, field));
    assertions.extend(single(entity, field));
    assertions.extend(on_delete(rt, field));
    assertions
}

/// The kinds that keys of the attribute are for.
fn kinds(rt: &Rt, field: &Field) -> TokenStream {
    let text = quote!(&[#rt::Kind::Text]);
    let long = quote!(&[#rt::Kind::Text, #rt::Kind::Bytes, #rt::Kind::List]);
    let moment = quote!(&[#rt::Kind::Timestamp]);
    let decimal = quote!(&[#rt::Kind::Decimal]);
    let rows = quote!(&[#rt::Kind::Rows]);
    let choice = quote!(&[#rt::Kind::Enum]);
    let needs = [
        ("len", &long, "counts the characters of a text, bytes, or the items of a list", "a `String` or a `Vec<…>`"),
        ("pattern", &text, "matches a text", "a `String`"),
        ("email", &text, "is a rule for text", "a `String`"),
        ("url", &text, "is a rule for text", "a `String`"),
        ("ip", &text, "is a rule for text", "a `String`"),
        ("non_empty", &long, "wants something in a text, in bytes or in a list", "a `String` or a `Vec<…>`"),
        ("login", &text, "is a name to log in with", "a `String`"),
        ("scale", &decimal, "is the number of digits of a decimal", "a `Decimal`"),
        ("created", &moment, "is the moment of the row's creation", "a `Timestamp`"),
        ("updated", &moment, "is the moment of the row's last change", "a `Timestamp`"),
        ("inverse", &rows, "names the field that points back from the other entity", "a `Many<…>` or a `One<…>`"),
        ("through", &rows, "names the entity between two that are joined many to many", "a `Many<…>`"),
        ("onward", &rows, "names the field of the entity between that leads on", "a `Many<…>`"),
        ("role", &choice, "is one of the roles of an enum", "an enum with `#[derive(Enum)]`"),
    ];
    let mut assertions = TokenStream::new();
    for (key, kinds, does, wanted) in needs {
        if field.keys.has(key) && field.is_stored() {
            let message = format!("`{key}` {does}: make `{}` {wanted}, or take `{key}` away", field.name);
            let ty = &field.ty;
            // The digits of a list are those of its items.
            let is = if key == "scale" { quote!(each_is) } else { quote!(is) };
            assertions.extend(assert(rt, field, key, &quote!(#rt::#is(<#ty as #rt::Field>::TYPE, #kinds)), &message));
        }
    }
    assertions
}

/// The same of a type of fields, and what it can be made of.
pub(super) fn of_value(rt: &Rt, field: &Field) -> TokenStream {
    let (ty, name) = (&field.ty, &field.name);
    let constants = constants(rt, field);
    let inner = quote!(<#ty as #rt::Field>::TYPE);
    let is = |holds: TokenStream, message: String| at(rt, field, field.span, &holds, &message);
    let mut assertions = TokenStream::new();
    assertions.extend(kinds(rt, field));
    assertions.extend(wide(rt, field));
    assertions.extend(integers(rt, field));
    assertions.extend(is(
        quote!(!#inner.nullable),
        format!(
            "`{name}` is always a value: take the `Option` away, and write `Option<{name}>` where there may be none"
        ),
    ));
    assertions.extend(is(
        quote!(#rt::is_stored(#inner)),
        format!("`{name}` is stored in a column, and rows of another entity are not"),
    ));
    if !data::rules(rt, field).is_empty() {
        assertions.extend(is(
            quote!(#inner.rules.is_empty()),
            format!("`{name}` has rules, and what it holds has rules of its own: say them all on one of the two"),
        ));
    }
    quote! {
        #[allow(dead_code, clippy::all)]
        fn bounds() { #constants }
        #assertions
    }
}

/// What the server sets, and what an actor is asked for, is never NULL.
fn required(rt: &Rt, field: &Field) -> TokenStream {
    let ty = &field.ty;
    let keys = ["created", "updated", "role"].into_iter().filter(|key| field.keys.has(key));
    let assertion = |key| {
        let message = format!("`{key}` is always known: take the `Option` away from `{}`", field.name);
        assert(rt, field, key, &quote!(!<#ty as #rt::Field>::TYPE.nullable), &message)
    };
    keys.map(assertion).collect()
}

/// What the database counts is an integer, and no other row's key.
fn increment(rt: &Rt, field: &Field) -> Option<TokenStream> {
    let ty = &field.ty;
    let message = format!(
        "`increment` lets the database count: make `{}` an `i64`, an `i32` or an `i16`, or take `increment` away",
        field.name
    );
    let counts = quote!(#rt::counts(<#ty as #rt::Field>::TYPE));
    (field.increment && field.is_stored()).then(|| assert(rt, field, "increment", &counts, &message))
}

/// What travels as a string is an integer that needs it.
fn wide(rt: &Rt, field: &Field) -> Option<TokenStream> {
    let ty = &field.ty;
    let message = format!("`wide` sends an `i64` as a string: make `{}` an `i64`, or take `wide` away", field.name);
    let is_i64 = quote!(#rt::is(<#ty as #rt::Field>::TYPE, &[#rt::Kind::Int]) && <#ty as #rt::Field>::TYPE.bits == 64);
    (field.wide && field.is_stored()).then(|| assert(rt, field, "wide", &is_i64, &message))
}

/// What is unique, or one of several, can be equal.
fn equality(rt: &Rt, field: &Field) -> TokenStream {
    let ty = &field.ty;
    let said = [("unique", field.unique.is_some()), ("one_of", !field.one_of.is_empty())];
    let assertion = |(key, _): (&str, bool)| {
        let message = format!("`{key}` needs values that can be equal, and those of `{}` cannot", field.name);
        assert(rt, field, key, &quote!(<#ty as #rt::Field>::TYPE.kind.has_equality()), &message)
    };
    said.into_iter().filter(|(_, said)| *said && field.is_stored()).map(assertion).collect()
}

/// An integer that is written out fits the bits of its field.
fn integers(rt: &Rt, field: &Field) -> TokenStream {
    let (ty, wide) = (&field.ty, field.wide);
    let said = [("default", &field.default), ("min", &field.min), ("max", &field.max)];
    let said = said.into_iter().flat_map(|(key, constant)| constant.iter().map(move |constant| (key, constant)));
    let said = said.chain(field.one_of.iter().map(|value| ("one_of", value)));
    let assertion = |(key, constant): (&str, &Constant)| {
        let (number, span) = constant.integer()?;
        let message = format!("`{key}` is {number}, which does not fit the integers of `{}`", field.name);
        Some(at(rt, field, span, &quote!(#rt::holds(<#ty as #rt::Field>::TYPE, #wide, #number)), &message))
    };
    said.filter_map(assertion).collect()
}

/// A reference that other fields hold is an `Option` where one of them may be NULL, and only there.
fn optional(entity: &Entity, field: &Field) -> Option<TokenStream> {
    let (rt, ty, name) = (&entity.rt, &field.ty, &field.name);
    let named = |name: &Ident| entity.fields.iter().find(|one| one.ident == *name && one.is_stored());
    let holders: Vec<&Field> = field.by.as_ref()?.iter().map(named).collect::<Option<_>>()?;
    let nullable = holders.iter().map(|Field { ty, .. }| quote!(<#ty as #rt::Field>::TYPE.nullable));
    let message = format!(
        "`{name}` is an `Option<Ref<…>>` where one of the fields that hold its key is an `Option`, and only there"
    );
    let holds = quote!(<#ty as #rt::Field>::TYPE.nullable == (false #(|| #nullable)*));
    Some(assert(rt, field, "by", &holds, &message))
}

/// The reference behind a `One` is unique.
fn single(entity: &Entity, field: &Field) -> Option<TokenStream> {
    let inverse = field.inverse.as_ref().filter(|_| field.written == Written::One)?;
    let (rt, ty, back) = (&entity.rt, &field.ty, inverse.names().concat());
    let message = format!(
        "several rows can point to one `{}` by their `{back}`: say `#[field(unique)]` there, or make `{}` a `Many<…>`",
        entity.name, field.name
    );
    let once = quote!(#rt::points_once::<#ty>(#back));
    Some(at(rt, field, inverse.span(), &once, &message))
}

fn on_delete(rt: &Rt, field: &Field) -> TokenStream {
    let Some(action) = field.on_delete.filter(|_| !matches!(field.written, Written::Many | Written::One)) else {
        return TokenStream::new();
    };
    let (name, ty) = (&field.name, &field.ty);
    let message = format!("`on_delete` says what happens when the target of a `Ref<…>` goes, and `{name}` is none");
    let is_ref = quote!(#rt::is_to_one(<#ty as #rt::Field>::TYPE));
    let mut assertions = assert(rt, field, "on_delete", &is_ref, &message);
    if action == OnDelete::SetNull {
        let message = format!("`set_null` makes the reference NULL: let `{name}` be an `Option<Ref<…>>`");
        let nullable = quote!(!#rt::is_to_one(<#ty as #rt::Field>::TYPE) || <#ty as #rt::Field>::TYPE.nullable);
        assertions.extend(assert(rt, field, "on_delete", &nullable, &message));
    }
    assertions
}

/// What has no value in a draft, and hides that behind an alias, would be asked for there. One assertion an entity, since
/// one a field would cost as much as all the rest.
///
/// ```text
/// const _: () = { const HIDDEN: Missing = hidden(FIELDS, &["id", "lines"]); assert!(HIDDEN.is_nothing(), "{}", …) };
/// ```
fn input(entity: &Entity) -> TokenStream {
    let span = entity.ident.span();
    let rt = entity.rt.at(span);
    let left_out = entity.fields.iter().filter(|field| !field.is_input()).map(|field| &field.name);
    quote_spanned! {span=>
        const _: () = {
            const HIDDEN: #rt::Missing = #rt::hidden(FIELDS, &[#(#left_out),*]);
            #rt::assert!(HIDDEN.is_nothing(), "{}", HIDDEN.as_str())
        };
    }
}

fn assert(rt: &Rt, field: &Field, key: &str, holds: &TokenStream, message: &str) -> TokenStream {
    at(rt, field, field.keys.span(key), holds, message)
}

fn at(rt: &Rt, field: &Field, span: Span, holds: &TokenStream, message: &str) -> TokenStream {
    let (rt, cfgs) = (rt.at(span), &field.cfgs);
    quote_spanned!(span=> #(#cfgs)* const _: () = #rt::assert!(#holds, #message);)
}
