//! Policies: one actor, and rules that type-check.

use super::{Parts, expr};
use crate::assemble::delegate::Delegates;
use crate::routes::is_public;
use crate::{Code, Diagnostics, Kind, Root, name};

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    let mut first: Option<&str> = None;
    for (index, fragment) in parts.fragments.iter().enumerate() {
        let Some(policy) = &fragment.policy else { continue };
        let place = fragment.entity.name.as_str();
        if !policy.actor.is_empty() {
            if parts.index(&policy.actor).is_none() {
                let names = parts.fragments.iter().map(|one| one.entity.name.as_str());
                let help = match name::nearest(&policy.actor, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add `{}` to `schema!`", policy.actor),
                };
                found.add(
                    Code::UnknownEntity,
                    place,
                    format!("the schema does not hold the actor `{}`", policy.actor),
                    help,
                );
                continue;
            }
            if *first.get_or_insert(&policy.actor) != policy.actor.as_str() {
                let message =
                    format!("its actor is `{}`, and another policy's is `{}`", policy.actor, first.unwrap_or_default());
                found.add(Code::TwoActors, place, message, "let every policy name one actor");
            }
        }
        for field in fragment.entity.fields.iter().filter(|field| field.pii && is_public(policy, "read")) {
            let message = "it is `pii`, and a rule lets everybody read it";
            let help = "let that rule ask for an actor, or keep the field in an entity of its own";
            found.add(Code::PublicPii, format!("{place}.{}", field.name), message, help);
        }
        let scope = expr::Scope::of(parts, index, parts.actor());
        for rule in &policy.rules {
            let place = format!("{place}::{}", rule.name);
            if rule.body.mentions(Root::Actor) && policy.actor.is_empty() {
                let message = "the rule speaks of the actor, and the policy names none";
                found.add(Code::BadExpression, &place, message, "say `#[policy(actor = …)]`").at = rule.at.clone();
                continue;
            }
            let resolved = match Delegates::new(parts).resolve(&rule.body, index, &[]) {
                Ok(resolved) => resolved,
                Err(message) => {
                    let help = "ask a policy that does not ask this one";
                    found.add(Code::BadDelegation, &place, message, help).at = rule.at.clone();
                    continue;
                }
            };
            match expr::check(&scope, &resolved) {
                Err(message) => {
                    found.add(Code::BadExpression, &place, message, "").at = rule.at.clone();
                }
                Ok(typed) if typed.kind != Some(Kind::Bool) => {
                    let message = "a rule answers yes or no";
                    found.add(Code::BadExpression, &place, message, "compare with something").at = rule.at.clone();
                }
                Ok(_) => {}
            }
        }
    }
}
