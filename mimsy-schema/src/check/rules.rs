//! Field rules and defaults: each fits the kind of its field.

use std::cmp::Ordering;

use super::Parts;
use crate::{Code, Diagnostics, Duty, Field, Fixed, Kind, Leaf, Rule, Value, rule};

pub(super) fn check(parts: &Parts<'_>, found: &mut Diagnostics) {
    for fragment in parts.fragments {
        for field in &fragment.entity.fields {
            let place = format!("{}.{}", fragment.entity.name, field.name);
            let item = field.as_item();
            let of_items = item.iter().flat_map(|item| item.rules.iter().map(move |rule| (item, rule)));
            for (field, rule) in field.all_rules().map(|rule| (field, rule)).chain(of_items) {
                if let Err(message) = fits(field, rule) {
                    found.add(Code::BadRule, &place, message, "take the rule away, or change the type of the field");
                }
            }
            if let Some(default) = &field.default {
                if !is_of(field, &default.value()) {
                    let message = format!("the default does not fit a {} field", described(field));
                    found.add(Code::BadRule, &place, message, "give a default of the type of the field");
                } else if let Some(rule) = field.all_rules().find(|rule| breaks(field, &default.value(), rule)) {
                    let message = format!("the default breaks the field's own `{}`", rule.code().to_lowercase());
                    found.add(Code::BadRule, &place, message, "give another default, or loosen the rule");
                }
            }
            if let (Some(min), Some(max)) = (limit(field, "MIN"), limit(field, "MAX"))
                && order(field, &min, &max) == Some(Ordering::Greater)
            {
                let message = "no value is as large as `min` and as small as `max`";
                found.add(Code::BadRule, &place, message, "swap the limits, or take one away");
            }
            if matches!(field.duty, Duty::Created | Duty::Updated) && field.kind != Kind::Timestamp {
                let message = "`created` and `updated` are moments";
                found.add(Code::BadRule, &place, message, "make it a `Timestamp`");
            }
            if !matches!((field.item.unwrap_or(field.kind), field.bits), (Kind::Int, 16 | 32) | (_, 64)) {
                let message = format!("a {} field has no {} bits", field.kind.name(), field.bits);
                found.add(Code::BadRule, &place, message, "an integer has 16, 32 or 64 bits");
            }
            if field.wide && (field.kind != Kind::Int || field.bits != 64) {
                let message = "`wide` makes a string of an integer of 64 bits, and this is none";
                found.add(Code::BadRule, &place, message, "take `wide` away, or make it an `i64`");
            }
            if (field.kind == Kind::List) != field.item.is_some() {
                found.add(
                    Code::BadRule,
                    &place,
                    "a list has items of a kind, and nothing else has",
                    "say what it holds",
                );
            }
            if field.item.is_some_and(|kind| !is_item(kind)) {
                let message = "the items of a list are single values that JSON can write";
                found.add(Code::BadRule, &place, message, "make it a `Json` field");
            }
            if field.kind == Kind::Enum && field.values.is_empty() {
                found.add(Code::BadRule, &place, "the enum has no variants", "give it at least one");
            }
        }
    }
}

/// Whether values of this kind are items of lists.
fn is_item(kind: Kind) -> bool {
    !matches!(kind, Kind::Bytes | Kind::Json | Kind::List | Kind::Row | Kind::Rows)
}

/// The kind of a field in words; the digits of a decimal and the range of an integer are part of its kind.
fn described(field: &Field) -> String {
    match field.kind {
        Kind::Decimal => format!("decimal (with at most {} digits behind the point)", field.scale),
        Kind::Int => {
            let (least, most) = field.int_range();
            format!("int (from {least} to {most})")
        }
        kind => kind.name().to_owned(),
    }
}

/// The limit of the rule with this code.
fn limit(field: &Field, code: &str) -> Option<Value> {
    field.all_rules().find_map(|rule| match rule {
        Rule::Min(limit) | Rule::Max(limit) if rule.code() == code => Some(limit.value()),
        _ => None,
    })
}

/// The order of two values of a field; `None` where they have none.
fn order(field: &Field, a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        _ if field.kind == Kind::Float => Some(a.as_float()?.cmp(&b.as_float()?)),
        (Value::Int(_) | Value::Decimal(_), Value::Int(_) | Value::Decimal(_)) => exact(a)?.partial_cmp(&exact(b)?),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn exact(value: &Value) -> Option<Fixed> {
    match value {
        Value::Int(int) => Some(Fixed::new(i128::from(*int), 0)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// Whether two values of a field are the same.
fn is_same(field: &Field, a: &Value, b: &Value) -> bool {
    a == b || order(field, a, b) == Some(Ordering::Equal)
}

/// Whether a value breaks a rule. A pattern and addresses are left to the runtime, which knows them.
fn breaks(field: &Field, value: &Value, rule: &Rule) -> bool {
    let beyond = |limit: &Leaf, beyond: Ordering| order(field, value, &limit.value()) == Some(beyond);
    match (rule, value) {
        (Rule::Len { min, max }, _) => value
            .length()
            .is_some_and(|length| min.is_some_and(|min| length < min) || max.is_some_and(|max| length > max)),
        (Rule::Min(limit), _) => beyond(limit, Ordering::Less),
        (Rule::Max(limit), _) => beyond(limit, Ordering::Greater),
        (Rule::OneOf(values), _) => !values.iter().any(|one| is_same(field, value, &one.value())),
        (Rule::NonEmpty, _) => value.length() == Some(0),
        _ => false,
    }
}

fn fits(field: &Field, rule: &Rule) -> Result<(), String> {
    let limited = field.kind.is_ordered() && field.kind != Kind::Text;
    let fits = match rule {
        Rule::Len { min, max } => {
            if let (Some(min), Some(max)) = (min, max)
                && min > max
            {
                return Err(format!("nothing has a length of at least {min} and at most {max}"));
            }
            field.kind.has_length()
        }
        Rule::Min(limit) | Rule::Max(limit) => limited && is_of(field, &limit.value()),
        Rule::Pattern(_) | Rule::Email => field.kind == Kind::Text,
        Rule::Url { schemes } => {
            if schemes.is_empty() {
                return Err("no scheme is listed, so no URL would do".to_owned());
            }
            if let Some(scheme) = schemes.iter().find(|scheme| !rule::is_scheme(scheme)) {
                return Err(format!("`{scheme}` is no scheme of a URL"));
            }
            field.kind == Kind::Text
        }
        Rule::Ip { version } => {
            if let Some(version) = version.filter(|version| !matches!(version, 4 | 6)) {
                return Err(format!("there is no version {version} of IP"));
            }
            field.kind == Kind::Text
        }
        Rule::OneOf(values) => {
            if values.is_empty() {
                return Err("no value is listed, so none would do".to_owned());
            }
            let fits = |one: &Leaf| !matches!(one.value(), Value::Null) && is_of(field, &one.value());
            if field.kind.has_equality() && !values.iter().all(fits) {
                return Err(format!("one of the values does not fit a {} field", described(field)));
            }
            field.kind.has_equality() && field.relation.is_none()
        }
        Rule::NonEmpty => field.kind.has_length(),
    };
    if fits {
        Ok(())
    } else {
        Err(format!("`{}` does not fit a {} field", rule.code().to_lowercase(), field.kind.name()))
    }
}

/// Whether a constant is a value of the field; an integer is also a decimal, and either is also a float.
fn is_of(field: &Field, value: &Value) -> bool {
    match (field.kind, value) {
        (_, Value::Null) => field.nullable,
        (Kind::Int, Value::Int(number)) => {
            let (least, most) = field.int_range();
            (least..=most).contains(number)
        }
        (Kind::Bool, Value::Bool(_))
        | (Kind::Decimal, Value::Int(_))
        | (Kind::Text, Value::Text(_))
        | (Kind::Timestamp, Value::Timestamp(_))
        | (Kind::Uuid, Value::Uuid(_))
        | (Kind::Bytes, Value::Bytes(_))
        | (Kind::Date, Value::Date(_))
        | (Kind::Time, Value::Time(_))
        | (Kind::Json, Value::Json(_)) => true,
        (Kind::List, Value::List(items)) => {
            field.as_item().is_some_and(|item| items.iter().all(|one| is_of(&item, one)))
        }
        (Kind::Float, number) => number.as_float().is_some(),
        (Kind::Decimal, Value::Decimal(number)) => number.rescale(field.scale).is_some_and(Fixed::fits),
        (Kind::Enum, Value::Text(name)) => field.values.iter().any(|value| value == name.as_str()),
        _ => false,
    }
}
