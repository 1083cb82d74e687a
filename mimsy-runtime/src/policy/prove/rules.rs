//! Rules that do nothing: that never hold, always hold, are overruled, or say what another one says.

use mimsy_schema::{Code, Diagnostics, Effect, Expr, Model, Op, PolicyRule, Schema, Value, schema::FENCE};

use super::worlds;
use crate::policy::{Over, constant, judged};

const YES: Value = Value::Bool(true);

/// The shorthands of `#[policy]`, which say on purpose what a function would say by accident.
const SHORTHANDS: [&str; 8] = ["read", "create", "update", "upsert", "delete", "reference", "write", "all"];

pub(super) fn prove(schema: &Schema, model: &Model, found: &mut Diagnostics) {
    let Some(policy) = &model.policy else { return };
    let rules: Vec<&PolicyRule> = policy.rules.iter().filter(|rule| rule.name != FENCE).collect();
    for (n, rule) in rules.iter().enumerate() {
        let place = format!("{}::{}", model.name(), rule.name);
        let told = alone(schema, model, rule)
            .or_else(|| overruled(schema, model, rule))
            .or_else(|| repeated(schema, model, rule, &rules[..n], &rules[n + 1..]));
        if let Some((code, message, help)) = told {
            found.add(code, place, message, help).at = rule.at.clone();
        }
    }
}

type Told = (Code, String, String);

/// What can be told of a rule by itself.
fn alone(schema: &Schema, model: &Model, rule: &PolicyRule) -> Option<Told> {
    let always = |holds: &dyn Fn(&Value) -> bool| {
        worlds::always(schema, model, &[&rule.body], |values| holds(&values[0])) == Some(true)
    };
    if always(&|value| *value != YES) {
        let does = match rule.effect {
            Effect::Can => "allows nothing",
            Effect::Cannot => "forbids nothing",
            Effect::Must => "forbids everything to everybody",
        };
        let message = format!("it never holds, so it {does}");
        return Some((Code::RuleNever, message, "mend the condition, or take the rule away".to_owned()));
    }
    let on_purpose = constant(&rule.body).is_some() && SHORTHANDS.contains(&rule.name.as_str());
    // With an actor, a rule that always holds still asks for somebody.
    if on_purpose || (rule.params > 1 && rule.effect == Effect::Can) || !always(&|value| *value == YES) {
        return None;
    }
    Some(match rule.effect {
        Effect::Can => {
            let verb = rule.actions.0.first().map_or("read", |verb| if verb == "*" { "all" } else { verb.as_str() });
            let help = format!("say `#[policy({verb} = public)]` if that is meant");
            (Code::RuleAlways, "it always holds, so it opens the entity to everybody".to_owned(), help)
        }
        Effect::Cannot => {
            let message = "it always holds, so nobody may ever do what it speaks of".to_owned();
            (Code::RuleAlways, message, "take the `can` rules and the routes of that away instead".to_owned())
        }
        Effect::Must => {
            (Code::RuleAlways, "it always holds, so it requires nothing".to_owned(), "take it away".to_owned())
        }
    })
}

/// The verbs that a rule speaks of.
fn spoken<'a>(model: &'a Model, rule: &PolicyRule) -> Vec<&'a str> {
    model.spoken().into_iter().filter(|verb| rule.actions.holds(verb)).collect()
}

fn on(rule: &PolicyRule, verb: &str) -> Expr {
    judged(rule, Over::of(verb), false)
}

/// A `can` whose every yes is forbidden by other rules, for all that it speaks of.
fn overruled(schema: &Schema, model: &Model, rule: &PolicyRule) -> Option<Told> {
    if rule.effect != Effect::Can {
        return None;
    }
    let dead = |verb: &&str| {
        let others = model.rules(verb).filter_map(|other| match other.effect {
            Effect::Must => Some(on(other, verb)),
            Effect::Cannot => Some(Expr::op(Op::Not, [on(other, verb)])),
            Effect::Can => None,
        });
        let all: Vec<Expr> = others.chain([on(rule, verb)]).collect();
        let all: Vec<&Expr> = all.iter().collect();
        worlds::always(schema, model, &all, |values| values.iter().any(|value| *value != YES)) == Some(true)
    };
    let verbs = spoken(model, rule);
    if verbs.is_empty() || !verbs.iter().all(dead) {
        return None;
    }
    let message = "all that it allows is forbidden by other rules, so it allows nothing".to_owned();
    Some((Code::RuleDead, message, "loosen the `cannot` and `must` rules beside it, or take it away".to_owned()))
}

/// A rule that says no more than another one of its kind. Of two that say the same, the later one is told.
fn repeated(
    schema: &Schema,
    model: &Model,
    rule: &PolicyRule,
    before: &[&PolicyRule],
    after: &[&PolicyRule],
) -> Option<Told> {
    let verbs = spoken(model, rule);
    let covers = |other: &PolicyRule| {
        // To nobody, a rule that speaks of an actor is unknown, and so allows nothing.
        let as_wide = rule.effect != Effect::Can || other.params == 1 || rule.params > 1;
        other.effect == rule.effect
            && as_wide
            && !verbs.is_empty()
            && verbs.iter().all(|verb| {
                let implied = |values: &[Value]| match rule.effect {
                    // What this one allows or forbids, the other does, too.
                    Effect::Can | Effect::Cannot => values[0] != YES || values[1] == YES,
                    // What the other one lets pass, this one does, too.
                    Effect::Must => values[1] != YES || values[0] == YES,
                };
                let (own, others) = (on(rule, verb), on(other, verb));
                other.actions.holds(verb) && worlds::always(schema, model, &[&own, &others], implied) == Some(true)
            })
    };
    let covered_by = |other: &&&PolicyRule| covers(other);
    let mutual = |other: &PolicyRule| repeated_by(schema, model, other, rule);
    let other =
        before.iter().find(covered_by).or_else(|| after.iter().filter(|other| !mutual(other)).find(covered_by))?;
    let message = format!("`{}` says all that it says, so it adds nothing", other.name);
    Some((Code::RuleSubsumed, message, format!("take it away, or say what `{}` does not", other.name)))
}

/// Whether a rule says no more than one other.
fn repeated_by(schema: &Schema, model: &Model, rule: &PolicyRule, other: &PolicyRule) -> bool {
    repeated(schema, model, rule, &[other], &[]).is_some()
}
