//! The text of a parameter or of a path segment as a value of a field's kind.

use mimsy_schema::{Field, Kind, Timestamp, Value};

use crate::json::{LARGEST_INT, token};

/// The value of a text; never NULL.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(field: &Field, text: &str) -> Result<Value, String> {
    match field.kind {
        Kind::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err("must be `true` or `false`".to_owned()),
        },
        Kind::Int => int(text),
        Kind::Text => part(text).map(Value::Text),
        Kind::Enum => token::choice(field, text).map_err(|violation| violation.detail),
        Kind::Decimal => token::scaled(field, text).map_err(|violation| match violation.code {
            "TYPE" => "must be a decimal such as 12.50".to_owned(),
            _ => violation.detail,
        }),
        Kind::Timestamp => Timestamp::parse(text).map(Value::Timestamp).ok_or_else(|| timestamp(text)),
        Kind::Uuid => token::uuid(text).map(Value::Uuid).ok_or_else(|| token::UUID.to_owned()),
        Kind::Row | Kind::Rows => Err("is a relation to other rows and has no value".to_owned()),
    }
}

/// A text that may become a bind.
pub(super) fn part(text: &str) -> Result<String, String> {
    if text.contains('\0') {
        return Err("a text cannot hold the character U+0000".to_owned());
    }
    Ok(text.to_owned())
}

fn int(text: &str) -> Result<Value, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("must be a whole number".to_owned());
    }
    match text.parse::<i64>() {
        Ok(number) if (-LARGEST_INT..=LARGEST_INT).contains(&number) => Ok(Value::Int(number)),
        _ => Err(format!("must lie between -{LARGEST_INT} and {LARGEST_INT}")),
    }
}

/// What is wrong with a timestamp. The commonest mistake gets its own hint.
fn timestamp(text: &str) -> String {
    if Timestamp::parse(&text.replace(' ', "+")).is_some() {
        return "a `+` in a URL means a space: write the offset's `+` as `%2B`, or use `Z`".to_owned();
    }
    token::TIMESTAMP.to_owned()
}
