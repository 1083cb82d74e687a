//! Field rules and defaults: each fits the kind of its field.

use super::Parts;
use crate::{Code, Diagnostics, Duty, Field, Fixed, Kind, Rule, Value};

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    for fragment in parts.fragments {
        for field in &fragment.entity.fields {
            let place = format!("{}.{}", fragment.entity.name, field.name);
            for rule in &field.rules {
                if let Err(message) = fits(field, rule) {
                    found.add(Code::BadRule, &place, message, "take the rule away, or change the type of the field");
                }
            }
            if let Some(default) = &field.default {
                if !is_of(field, &default.value()) {
                    let message = format!("the default does not fit a {} field", described(field));
                    found.add(Code::BadRule, &place, message, "give a default of the type of the field");
                } else if let Some(rule) = field.rules.iter().find(|rule| breaks(&default.value(), rule)) {
                    let message = format!("the default breaks the field's own `{}`", rule.code().to_lowercase());
                    found.add(Code::BadRule, &place, message, "give another default, or loosen the rule");
                }
            }
            if let (Some(min), Some(max)) = (limit(field, "MIN"), limit(field, "MAX"))
                && min > max
            {
                let message = format!("no number is at least {min} and at most {max}");
                found.add(Code::BadRule, &place, message, "swap the limits, or take one away");
            }
            if matches!(field.duty, Duty::Created | Duty::Updated) && field.kind != Kind::Timestamp {
                let message = "`created` and `updated` are moments";
                found.add(Code::BadRule, &place, message, "make it a `Timestamp`");
            }
            if field.kind == Kind::Enum && field.values.is_empty() {
                found.add(Code::BadRule, &place, "the enum has no variants", "give it at least one");
            }
        }
    }
}

/// The kind of a field in words; the digits of a decimal are part of its kind.
fn described(field: &Field) -> String {
    match field.kind {
        Kind::Decimal => format!("decimal (with at most {} digits behind the point)", field.scale),
        kind => kind.name().to_owned(),
    }
}

/// The number of the rule with this code.
fn limit(field: &Field, code: &str) -> Option<Fixed> {
    field.rules.iter().find_map(|rule| match rule {
        Rule::Min(limit) | Rule::Max(limit) if rule.code() == code => number(&limit.value()),
        _ => None,
    })
}

fn number(value: &Value) -> Option<Fixed> {
    match value {
        Value::Int(int) => Some(Fixed::new(i128::from(*int), 0)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// Whether a value breaks a rule. A pattern and an address are left to the runtime, which knows them.
fn breaks(value: &Value, rule: &Rule) -> bool {
    match (rule, value) {
        (Rule::Len { min, max }, Value::Text(text)) => {
            let length = text.chars().count() as u64;
            min.is_some_and(|min| length < min) || max.is_some_and(|max| length > max)
        }
        (Rule::Min(limit), value) => number(value).zip(number(&limit.value())).is_some_and(|(value, min)| value < min),
        (Rule::Max(limit), value) => number(value).zip(number(&limit.value())).is_some_and(|(value, max)| value > max),
        _ => false,
    }
}

fn fits(field: &Field, rule: &Rule) -> Result<(), String> {
    let number = matches!(field.kind, Kind::Int | Kind::Decimal);
    let fits = match rule {
        Rule::Len { min, max } => {
            if let (Some(min), Some(max)) = (min, max)
                && min > max
            {
                return Err(format!("no text has at least {min} and at most {max} characters"));
            }
            field.kind == Kind::Text
        }
        Rule::Min(limit) | Rule::Max(limit) => number && is_of(field, &limit.value()),
        Rule::Pattern(_) | Rule::Email => field.kind == Kind::Text,
    };
    if fits {
        Ok(())
    } else {
        Err(format!("`{}` does not fit a {} field", rule.code().to_lowercase(), field.kind.name()))
    }
}

/// Whether a constant is a value of the field; an integer is also a decimal.
fn is_of(field: &Field, value: &Value) -> bool {
    match (field.kind, value) {
        (_, Value::Null) => field.nullable,
        (Kind::Bool, Value::Bool(_))
        | (Kind::Int | Kind::Decimal, Value::Int(_))
        | (Kind::Text, Value::Text(_))
        | (Kind::Timestamp, Value::Timestamp(_))
        | (Kind::Uuid, Value::Uuid(_)) => true,
        (Kind::Decimal, Value::Decimal(number)) => number.rescale(field.scale).is_some_and(crate::Fixed::fits),
        (Kind::Enum, Value::Text(name)) => field.values.iter().any(|value| value == name.as_str()),
        _ => false,
    }
}
