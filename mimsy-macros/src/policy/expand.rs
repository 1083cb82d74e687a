//! What `#[policy]` expands to.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Type};

use super::checked;
use super::model::{On, Policy, Rule};
use super::parse::{Effect, Shorthand, Whom};
use super::quoter::{Kind, Node, Root};
use crate::errors::{self, Errors};
use crate::path::{Rt, at};

/// The item as it was, where nothing could be read of it.
pub(super) fn unread(item: &TokenStream, errors: Errors) -> TokenStream {
    let errors = errors.into_tokens();
    quote!(#item #errors)
}

/// The struct and an `impl` with the policy, or the `impl` with its rules checked and quoted.
pub(super) fn expand(item: &TokenStream, policy: &Policy, errors: Errors) -> TokenStream {
    let errors = errors.into_tokens();
    match &policy.on {
        On::Struct(ident) => {
            let constant = constant(policy);
            // pub struct Post { … }  impl Post { pub const __ONE_POLICY_PER_ENTITY: … = …; }
            quote! {
                #item
                impl #ident { #constant }
                #errors
            }
        }
        On::Impl(block) => {
            let (attrs, ty, rest) = (&block.item.attrs, &block.item.self_ty, &block.item.items);
            let checked = block.rules.iter().map(|rule| checked_rule(policy, ty, rule));
            let constant = constant(policy);
            // impl Invoice { const LIMIT: i64 = 5; fn same_org(…) … pub const __ONE_POLICY_PER_ENTITY: … = …; }
            quote! {
                #(#attrs)*
                impl #ty {
                    #(#rest)*
                    #(#checked)*
                    #constant
                }
                #errors
            }
        }
    }
}

/// ```text
/// fn same_org(user: &<User as Entity>::Shape, invoice: &<Invoice as Entity>::Shape) -> bool {
///     is_actor::<User, User>(); is_row::<Invoice, Invoice>();
///     eq(invoice.org, user.org)
/// }
/// ```
fn checked_rule(policy: &Policy, row: &Type, rule: &Rule) -> TokenStream {
    let rt = &policy.rt;
    let Rule { function, params, .. } = rule;
    let (attrs, vis, name) = (&function.attrs, &function.vis, &function.sig.ident);
    let Some(body) = &rule.body else {
        // The mistake has been told; the name stays known to an editor.
        return quote!(#(#attrs)* #[allow(dead_code)] #vis fn #name() {});
    };
    let shapes = params.iter().map(|param| {
        let (ident, ty) = (&param.ident, &param.ty);
        let span = errors::span(ty);
        let rt = rt.at(span);
        quote_spanned!(span=> #ident: &<#ty as #rt::Entity>::Shape)
    });
    let actor = policy.actor.as_ref().filter(|_| params.len() > 1).map(|actor| {
        let ty = &params[0].ty;
        let span = errors::span(ty);
        let rt = rt.at(span);
        quote_spanned!(span=> #rt::is_actor::<#ty, #actor>();)
    });
    let rows = params.iter().skip(usize::from(params.len() > 1)).map(|param| {
        let ty = &param.ty;
        let span = errors::span(ty);
        let rt = rt.at(span);
        quote_spanned!(span=> #rt::is_row::<#ty, #row>();)
    });
    let body = checked::copy(rt, &body.written);
    quote! {
        #(#attrs)*
        #[allow(dead_code, unused_parens, clippy::all, clippy::pedantic)]
        #vis fn #name(#(#shapes),*) -> bool {
            #actor
            #(#rows)*
            #body
        }
    }
}

/// ```text
/// #[doc(hidden)]
/// pub const __ONE_POLICY_PER_ENTITY: Option<&'static PolicyData> = {
///     Some(&PolicyData { actor: Text::Static(<User as Entity>::NAME), rules: List::Static(&[…]) })
/// };
/// ```
fn constant(policy: &Policy) -> TokenStream {
    let rt = &policy.rt;
    let actor = match &policy.actor {
        Some(actor) => {
            let span = errors::span(actor);
            let rt = rt.at(span);
            quote_spanned!(span=> <#actor as #rt::Entity>::NAME)
        }
        None => quote!(""),
    };
    let roles = policy.shorthands.iter().any(|one| matches!(one.whom, Whom::Roles(_)));
    let role = policy.actor.as_ref().filter(|_| roles).map(|actor| {
        // `<User as Actor>::Role::Billing` is no path; an alias is.
        let span = errors::span(actor);
        let rt = rt.at(span);
        quote_spanned!(span=> type Role = <#actor as #rt::Actor>::Role;)
    });
    let shorthands = policy.shorthands.iter().map(|one| shorthand(policy, one));
    let rules = policy.rules().iter().map(|one| rule(rt, one));
    quote! {
        #[doc(hidden)]
        pub const __ONE_POLICY_PER_ENTITY: #rt::Option<&'static #rt::PolicyData> = {
            #role
            #rt::Some(&#rt::PolicyData {
                actor: #rt::Text::Static(#actor),
                rules: #rt::List::Static(&[#(#shorthands,)* #(#rules,)*]),
            })
        };
    }
}

/// ```text
/// PolicyRule { name: Text::Static("same_org"), effect: Effect::Can, params: 2, body: Expr { … }, … }
/// ```
fn rule(rt: &Rt, rule: &Rule) -> TokenStream {
    let effect = match rule.effect {
        Effect::Can => quote!(Can),
        Effect::Cannot => quote!(Cannot),
        Effect::Must => quote!(Must),
    };
    let body = match &rule.body {
        Some(body) => node(rt, &body.quoted),
        None => yes(rt, rule.span),
    };
    let cfgs = &rule.cfgs;
    let params = u8::try_from(rule.params.len()).unwrap_or(u8::MAX);
    let data = policy_rule(rt, &rule.name, &rule.doc, &effect, &rule.verbs, params, &body, rule.span);
    quote!(#(#cfgs)* #data)
}

/// ```text
/// PolicyRule { name: Text::Static("write"), body: Expr { Eq(actor.role, Role::Editor) }, … }
/// ```
fn shorthand(policy: &Policy, shorthand: &Shorthand) -> TokenStream {
    let rt = &policy.rt;
    let span = shorthand.span;
    let actor = |fields: TokenStream| {
        let path = quote!(#rt::Node::Path(#rt::Path { root: #rt::Root::Actor, fields: #rt::List::Static(&[#fields]) }));
        expr(rt, &path, span)
    };
    let (doc, params, body) = match (&shorthand.whom, &policy.actor) {
        (Whom::Authenticated, Some(_)) => {
            let who = actor(quote!());
            let signed_in = quote!(#rt::Node::Op(#rt::Op::IsSome, #rt::List::Static(&[#who])));
            ("Open to everybody who is signed in.".to_owned(), 2, expr(rt, &signed_in, span))
        }
        (Whom::Roles(roles), Some(entity)) => {
            let span = errors::span(entity);
            let typed = rt.at(span);
            let name = quote_spanned!(span=> <#entity as #typed::Actor>::ROLE);
            let field = actor(quote!(#rt::Text::Static(#name)));
            let names = roles.iter().map(|role| {
                // At the actor's place, so that an actor without a role is told once.
                let roles = Ident::new("Role", span);
                constant_node(rt, &quote!(#roles::#role), role.span())
            });
            let op = if roles.len() == 1 { format_ident!("Eq") } else { format_ident!("In") };
            let body = quote!(#rt::Node::Op(#rt::Op::#op, #rt::List::Static(&[#field, #(#names),*])));
            let listed = roles.iter().map(|role| mimsy_schema::name::snake(&role.to_string()));
            (format!("Open to the role {}.", listed.collect::<Vec<_>>().join(" or ")), 2, expr(rt, &body, span))
        }
        _ => ("Open to everybody.".to_owned(), 1, yes(rt, span)),
    };
    let verbs: Vec<String> = shorthand.verbs.iter().map(|verb| (*verb).to_owned()).collect();
    policy_rule(rt, shorthand.key, &doc, &quote!(Can), &verbs, params, &body, span)
}

#[allow(clippy::too_many_arguments)]
fn policy_rule(
    rt: &Rt,
    name: &str,
    doc: &str,
    effect: &TokenStream,
    verbs: &[String],
    params: u8,
    body: &TokenStream,
    span: Span,
) -> TokenStream {
    let at = at(rt, span);
    quote! {
        #rt::PolicyRule {
            name: #rt::Text::Static(#name),
            doc: #rt::Text::Static(#doc),
            effect: #rt::Effect::#effect,
            actions: #rt::Actions(#rt::List::Static(&[#(#rt::Text::Static(#verbs)),*])),
            params: #params,
            body: #body,
            at: #at,
        }
    }
}

pub(super) fn node(rt: &Rt, quoted: &Node) -> TokenStream {
    let inner = match &quoted.kind {
        Kind::Const(constant) => return constant_node(rt, &constant.tokens(rt), quoted.span),
        Kind::Path(root, fields) => {
            let path = path(rt, *root, fields);
            quote!(#rt::Node::Path(#path))
        }
        Kind::Many(many, root, fields, body) => {
            let (many, path) = (Ident::new(many, Span::call_site()), path(rt, *root, fields));
            let body = body.iter().map(|one| node(rt, one));
            quote!(#rt::Node::Many(#rt::Quantifier::#many, #path, #rt::List::Static(&[#(#body),*])))
        }
        Kind::Can(root, fields, verb) => {
            let path = path(rt, *root, fields);
            quote!(#rt::Node::Can(#path, #rt::Text::Static(#verb)))
        }
        Kind::Span(name, count) => {
            let (typed, count) = (rt.at(name.span()), count.tokens(rt));
            return constant_node(rt, &quote!(#typed::#name(#count)), quoted.span);
        }
        Kind::Op(op, operands) => {
            let op = Ident::new(op, Span::call_site());
            let operands = operands.iter().map(|operand| node(rt, operand));
            quote!(#rt::Node::Op(#rt::Op::#op, #rt::List::Static(&[#(#operands),*])))
        }
    };
    expr(rt, &inner, quoted.span)
}

fn path(rt: &Rt, root: Root, fields: &[String]) -> TokenStream {
    let root = match root {
        Root::Actor => quote!(Actor),
        Root::Row => quote!(Row),
        Root::Old => quote!(Old),
        Root::New => quote!(New),
        Root::Each(depth) => quote!(Each(#depth)),
    };
    quote! {
        #rt::Path {
            root: #rt::Root::#root,
            fields: #rt::List::Static(&[#(#rt::Text::Static(#fields)),*]),
        }
    }
}

fn constant_node(rt: &Rt, value: &TokenStream, span: Span) -> TokenStream {
    expr(rt, &quote!(#rt::Node::Const(#rt::Leaf::Static(&#rt::Constant(#value)))), span)
}

fn yes(rt: &Rt, span: Span) -> TokenStream {
    constant_node(rt, &quote!(true), span)
}

fn expr(rt: &Rt, node: &TokenStream, span: Span) -> TokenStream {
    let at = at(rt, span);
    quote!(#rt::Expr { node: #node, at: #at })
}
