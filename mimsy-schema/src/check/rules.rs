//! Field rules and defaults: each fits the kind of its field.

use super::Parts;
use crate::{Code, Diagnostics, Duty, Field, Kind, Rule, Value};

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    for fragment in parts.fragments {
        for field in &fragment.entity.fields {
            let place = format!("{}.{}", fragment.entity.name, field.name);
            for rule in &field.rules {
                if let Err(message) = fits(field, rule) {
                    found.add(Code::BadRule, &place, message, "take the rule away, or change the type of the field");
                }
            }
            if let Some(default) = &field.default
                && !is_of(field, &default.value())
            {
                let message = format!("the default does not fit a {} field", field.kind.name());
                found.add(Code::BadRule, &place, message, "give a default of the type of the field");
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
