//! The text of a parameter or of a path segment as a value of a field's kind.

use mimsy_schema::{Date, Field, Finite, Kind, Time, Timestamp, Value};

use crate::json::token;

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
        Kind::Int => token::whole(field, text).map_err(|violation| match &*violation.code {
            "TYPE" => "must be a whole number".to_owned(),
            _ => violation.detail,
        }),
        Kind::Text => part(text).map(Value::Text),
        Kind::Enum => token::choice(field, text).map_err(|violation| violation.detail),
        Kind::Decimal => token::scaled(field, text).map_err(|violation| match &*violation.code {
            "TYPE" => "must be a decimal such as 12.50".to_owned(),
            _ => violation.detail,
        }),
        Kind::Timestamp => Timestamp::parse(text).map(Value::Timestamp).ok_or_else(|| {
            let is_moment = |text: &str| Timestamp::parse(text).is_some();
            let hint = "a `+` in a URL means a space: write the offset's `+` as `%2B`, or use `Z`";
            plus(text, is_moment, hint).unwrap_or(token::TIMESTAMP).to_owned()
        }),
        Kind::Uuid => token::uuid(text).map(Value::Uuid).ok_or_else(|| token::UUID.to_owned()),
        Kind::Float => {
            Finite::parse(text).map(Value::Float).ok_or_else(|| "must be a number such as 0.5 or -1e9".to_owned())
        }
        Kind::Date => Date::parse(text).map(Value::Date).ok_or_else(|| token::DATE.to_owned()),
        Kind::Time => Time::parse(text).map(Value::Time).ok_or_else(|| token::TIME.to_owned()),
        Kind::Bytes => token::bytes(text).map(Value::Bytes).ok_or_else(|| {
            let is_base64 = |text: &str| token::bytes(text).is_some();
            let hint = "a `+` in a URL means a space: write `%2B` for it";
            plus(text, is_base64, hint).unwrap_or(token::BASE64).to_owned()
        }),
        Kind::Json => Err("is JSON, of which nothing is asked but whether it is NULL".to_owned()),
        Kind::List => Err("is a list, of which it is asked what it contains".to_owned()),
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

/// The commonest mistake gets a hint of its own: the text would be right with a `+` for a space.
fn plus(text: &str, right: impl Fn(&str) -> bool, hint: &'static str) -> Option<&'static str> {
    (text.contains(' ') && right(&text.replace(' ', "+"))).then_some(hint)
}
