//! One JSON value as a value of a field's kind.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mimsy_schema::field::LARGEST_INT;
use mimsy_schema::name::{listed, nearest};
use mimsy_schema::{Date, Document, Field, Finite, Fixed, Kind, Time, Timestamp, Value};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::violation::Violation;

/// A JSON number has at most this many significant digits where a decimal is meant: what a double holds exactly.
const MOST_DIGITS: usize = 15;

/// The value that a JSON token (trimmed, valid JSON) gives a field; never NULL.
///
/// # Errors
/// What is wrong with it, in the field's own terms.
pub fn read(field: &Field, token: &str) -> Result<Value, Violation> {
    match field.kind {
        Kind::Bool => match token {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(wrong_type(field, "`true` or `false`", token)),
        },
        Kind::Int => int(field, token),
        Kind::Decimal => decimal(field, token),
        Kind::Text => {
            let text = string(field, "a text", token)?;
            if text.contains('\0') {
                return Err(Violation::field(&field.name, "NUL", "a text cannot hold the character U+0000"));
            }
            Ok(Value::Text(text.into_owned()))
        }
        Kind::Enum => choice(field, &string(field, &choices(field), token)?),
        Kind::Timestamp => {
            let text = string(field, "a timestamp", token)?;
            Timestamp::parse(&text).map(Value::Timestamp).ok_or_else(|| format(field, TIMESTAMP))
        }
        Kind::Uuid => {
            let text = string(field, "a UUID", token)?;
            uuid(&text).map(Value::Uuid).ok_or_else(|| format(field, UUID))
        }
        Kind::Float => float(field, token),
        Kind::Bytes => {
            let text = string(field, "bytes in base64", token)?;
            bytes(&text).map(Value::Bytes).ok_or_else(|| Violation::field(&field.name, "BASE64", BASE64))
        }
        Kind::Date => {
            let text = string(field, "a day", token)?;
            Date::parse(&text).map(Value::Date).ok_or_else(|| format(field, DATE))
        }
        Kind::Time => {
            let text = string(field, "a time of day", token)?;
            Time::parse(&text).map(Value::Time).ok_or_else(|| format(field, TIME))
        }
        Kind::Json => Document::parse(token).map(Value::Json).map_err(|flaw| Violation::inside(&field.name, flaw)),
        Kind::List => list(field, token).map_err(|mut found| found.swap_remove(0)),
        Kind::Row | Kind::Rows => Err(wrong_type(field, "nothing", token)),
    }
}

/// The items of a list.
///
/// # Errors
/// What is wrong with each of them; at least one violation.
pub fn list(field: &Field, token: &str) -> Result<Value, Vec<Violation>> {
    let wrong = || vec![wrong_type(field, "a list", token)];
    let item = field.as_item().filter(|_| token.starts_with('[')).ok_or_else(wrong)?;
    let tokens: Vec<&RawValue> = serde_json::from_str(token).map_err(|_| wrong())?;
    let (mut items, mut found) = (Vec::with_capacity(tokens.len()), Vec::new());
    for (at, token) in tokens.into_iter().enumerate() {
        let one = match token.get() {
            "null" => Err(Violation::field(&field.name, "REQUIRED", "an item cannot be null")),
            token => read(&item, token),
        };
        match one {
            Ok(one) => items.push(one),
            Err(violation) => found.push(violation.at(&field.name, at)),
        }
    }
    if found.is_empty() { Ok(Value::List(items)) } else { Err(found) }
}

/// How a day is written, for messages.
pub const DATE: &str = "not a day of the years 0001 to 9999; write ISO 8601, such as 2026-11-20";

/// How a time of day is written, for messages.
pub const TIME: &str = "not a time of day; write ISO 8601 with at most six digits of a second, such as 12:00:00 or \
                        12:00:00.5";

/// How bytes are written, for messages.
pub const BASE64: &str = "not base64; write RFC 4648's standard alphabet, padded by `=`";

/// Bytes in base64: the standard alphabet, padded, and without bits that mean nothing (RFC 4648, sections 3.5 and 4).
#[must_use]
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// How a timestamp is written, for messages.
pub const TIMESTAMP: &str = "not a timestamp; write RFC 3339 with at most six digits of a second, such as \
                             2026-11-20T12:00:00Z";

/// How a UUID is written, for messages.
pub const UUID: &str = "not a UUID; write 36 characters such as 0193f2a4-5b6c-7d8e-9f00-112233445566";

/// A UUID in its one canonical form, in either case of the letters. (The `uuid` crate also reads braces, URNs and plain
/// hexadecimal.)
#[must_use]
pub fn uuid(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

/// The stored name of an enum's variant.
pub(crate) fn choice(field: &Field, text: &str) -> Result<Value, Violation> {
    if field.values.iter().any(|value| value == text) {
        return Ok(Value::Text(text.to_owned()));
    }
    let names = || field.values.iter().map(mimsy_schema::Text::as_str);
    let hint = nearest(text, names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let detail = format!("must be one of {}{hint}", listed(names()));
    Err(Violation::field(&field.name, "ENUM", detail).with("values", names().map(str::to_owned).collect::<Vec<_>>()))
}

/// A plain decimal at the scale of a field.
pub(crate) fn scaled(field: &Field, text: &str) -> Result<Value, Violation> {
    let out_of_range = || {
        let detail = format!("must have at most {} digits before the point", 18 - usize::from(field.scale.min(18)));
        Violation::field(&field.name, "RANGE", detail)
    };
    let Some(number) = Fixed::parse(text) else {
        // More digits than `Fixed` reads, or no number at all.
        let shape = text.strip_prefix('-').unwrap_or(text);
        let plain = shape.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && shape.len() > 38;
        return Err(if plain { out_of_range() } else { wrong_type(field, "a decimal such as \"12.50\"", text) });
    };
    match number.rescale(field.scale) {
        Some(number) if number.fits() => Ok(Value::Decimal(number)),
        None if number.scale > field.scale => {
            let detail = format!("must have at most {} digits behind the point; it is never rounded", field.scale);
            Err(Violation::field(&field.name, "SCALE", detail).with("scale", field.scale))
        }
        _ => Err(out_of_range()),
    }
}

fn int(field: &Field, token: &str) -> Result<Value, Violation> {
    if field.wide && token.starts_with('"') {
        return whole(field, &string(field, "a whole number", token)?);
    }
    let value = whole(field, token)?;
    match value {
        Value::Int(number) if field.wide && !(-LARGEST_INT..=LARGEST_INT).contains(&number) => {
            let detail = "a JSON number carries 15 digits safely; send a longer integer as a string";
            Err(Violation::field(&field.name, "RANGE", detail).with("digits", MOST_DIGITS))
        }
        value => Ok(value),
    }
}

/// Digits, with or without a minus, as an integer of a field.
pub(crate) fn whole(field: &Field, text: &str) -> Result<Value, Violation> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong_type(field, "a whole number", text));
    }
    let (least, most) = field.int_range();
    match text.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(Value::Int(number)),
        _ => Err(range(field)),
    }
}

/// An integer lies outside what its field takes.
fn range(field: &Field) -> Violation {
    let (least, most) = field.int_range();
    let detail = format!("must lie between {least} and {most}");
    let violation = Violation::field(&field.name, "RANGE", detail);
    if field.wide {
        return violation.with("min", least.to_string()).with("max", most.to_string());
    }
    violation.with("min", least).with("max", most)
}

fn float(field: &Field, token: &str) -> Result<Value, Violation> {
    if !token.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Err(wrong_type(field, "a number", token));
    }
    // The token is a JSON number, so it can only be too large.
    let too_large = || Violation::field(&field.name, "RANGE", "is larger than a floating-point number can be");
    Finite::parse(token).map(Value::Float).ok_or_else(too_large)
}

fn decimal(field: &Field, token: &str) -> Result<Value, Violation> {
    if token.starts_with('"') {
        return scaled(field, &string(field, "a decimal", token)?);
    }
    if !token.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Err(wrong_type(field, "a decimal such as \"12.50\"", token));
    }
    if token.contains(['e', 'E']) {
        return Err(wrong_type(field, "a decimal without an exponent, such as \"12.50\"", token));
    }
    let significant = token.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    if significant > MOST_DIGITS {
        let detail = "a JSON number carries 15 digits safely; send a longer decimal as a string";
        return Err(Violation::field(&field.name, "RANGE", detail).with("digits", MOST_DIGITS));
    }
    scaled(field, token)
}

/// The text of a string token.
fn string<'a>(field: &Field, expected: &str, token: &'a str) -> Result<Cow<'a, str>, Violation> {
    let Some(inner) = token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Err(wrong_type(field, expected, token));
    };
    if !inner.contains('\\') {
        return Ok(Cow::Borrowed(inner));
    }
    // Valid JSON can still hold half of a surrogate pair, which is no text.
    let lone = |_| Violation::field(&field.name, "TYPE", "a text cannot hold a lone surrogate such as \\ud800");
    serde_json::from_str::<String>(token).map(Cow::Owned).map_err(lone)
}

fn choices(field: &Field) -> String {
    format!("one of {}", listed(field.values.iter().map(mimsy_schema::Text::as_str)))
}

fn wrong_type(field: &Field, expected: &str, token: &str) -> Violation {
    let got = match token.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "a boolean",
        Some(b'"') => "a string",
        Some(b'-' | b'0'..=b'9') => "a number",
        _ => "something else",
    };
    Violation::field(&field.name, "TYPE", format!("must be {expected}, and is {got}"))
}

fn format(field: &Field, detail: &str) -> Violation {
    Violation::field(&field.name, "FORMAT", detail)
}
