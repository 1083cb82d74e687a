//! What contradicts itself in one policy, as far as tokens tell.

use mimsy_schema::name;

use super::model::{Policy, Rule};
use super::parse::Whom;
use crate::errors::Errors;

pub(super) fn check(policy: &Policy, errors: &mut Errors) {
    for rule in policy.rules() {
        three_parameters(rule, errors);
        if rule.params.len() > 1 && policy.actor.is_none() && policy.sound {
            let actor = &rule.params[0].ident;
            errors.at(actor.span(), "the rule speaks of an actor: say who acts by `#[policy(actor = …)]`");
        }
    }
    for shorthand in &policy.shorthands {
        if matches!(shorthand.whom, Whom::Authenticated | Whom::Roles(_)) && policy.actor.is_none() && policy.sound {
            let message = format!("`{}` speaks of an actor: say who acts by `#[policy(actor = …)]`", shorthand.key);
            errors.at(shorthand.span, message);
        }
    }
}

fn three_parameters(rule: &Rule, errors: &mut Errors) {
    let only_changes = rule.verbs.iter().all(|verb| matches!(verb.as_str(), "update" | "upsert"));
    if rule.params.len() == 3 && !only_changes {
        let verbs = name::listed(rule.verbs.iter().map(String::as_str));
        let message =
            format!("only an `update` or an `upsert` has an old row and a new one, and this rule speaks of {verbs}");
        errors.at(rule.span, message);
    }
}
