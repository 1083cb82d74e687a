//! Values as JSON bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mimsy_schema::{Field, Fixed, Value};
use uuid::Uuid;

use crate::row::Cell;

/// Append the cell of a field.
pub fn field(out: &mut Vec<u8>, field: &Field, value: Cell<'_>) {
    if field.wide && matches!(value, Cell::Int(_)) {
        out.push(b'"');
        cell(out, value);
        out.push(b'"');
    } else {
        cell(out, value);
    }
}

/// A value as plain text: what stands in a URL, and names an actor. NULL and what cannot be stored are empty.
#[must_use]
pub fn plain(value: &Value) -> String {
    let mut out = Vec::new();
    match value {
        Value::Null | Value::List(_) | Value::Merge(_) | Value::Flawed(_) => {}
        Value::Text(text) => return text.clone(),
        Value::Json(document) => return document.to_string(),
        value => cell(&mut out, Cell::of(value)),
    }
    // Of these, none needs an escape.
    let text = String::from_utf8(out).unwrap_or_default();
    text.trim_matches('"').to_owned()
}

/// Append a cell.
pub fn cell(out: &mut Vec<u8>, cell: Cell<'_>) {
    match cell {
        Cell::Null => out.extend_from_slice(b"null"),
        Cell::Bool(true) => out.extend_from_slice(b"true"),
        Cell::Bool(false) => out.extend_from_slice(b"false"),
        Cell::Int(value) => {
            sign(out, value < 0);
            digits(out, value.unsigned_abs(), 1);
        }
        Cell::Text(value) => text(out, value),
        Cell::Decimal(value) => decimal(out, value),
        Cell::Timestamp(value) => quoted(out, &value.to_ascii()),
        Cell::Uuid(value) => uuid(out, value),
        Cell::Float(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Cell::Bytes(value) => quoted(out, STANDARD.encode(value).as_bytes()),
        Cell::Date(value) => quoted(out, &value.to_ascii()),
        Cell::Time(value) => quoted(out, &value.to_ascii()),
        Cell::Json(value) => out.extend_from_slice(value.as_str().as_bytes()),
    }
}

/// Append a text in quotes, escaped (RFC 8259, section 7).
pub fn text(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = first_special(rest) {
        out.extend_from_slice(&rest[..at]);
        escape(out, rest[at]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Append the name of a member: `lead` (`{` or `,`, and a comma from then on), the name, a colon.
pub fn name(out: &mut Vec<u8>, lead: &mut u8, name: &str) {
    out.push(*lead);
    *lead = b',';
    text(out, name);
    out.push(b':');
}

/// Append an unsigned number with at least `width` digits.
pub fn digits(out: &mut Vec<u8>, mut number: u64, width: usize) {
    let mut buffer = [b'0'; 20];
    let mut at = buffer.len();
    while number > 0 {
        at -= 1;
        // A remainder of ten is a digit.
        buffer[at] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    at = at.min(buffer.len() - width.min(buffer.len()));
    out.extend_from_slice(&buffer[at..]);
}

fn sign(out: &mut Vec<u8>, negative: bool) {
    if negative {
        out.push(b'-');
    }
}

fn decimal(out: &mut Vec<u8>, number: Fixed) {
    out.push(b'"');
    match u64::try_from(number.unscaled.unsigned_abs()) {
        Ok(unscaled) if number.scale <= 18 => {
            sign(out, number.unscaled < 0);
            let divisor = 10u64.pow(u32::from(number.scale));
            digits(out, unscaled / divisor, 1);
            if number.scale > 0 {
                out.push(b'.');
                digits(out, unscaled % divisor, usize::from(number.scale));
            }
        }
        // No column holds such a number.
        _ => out.extend_from_slice(number.to_string().as_bytes()),
    }
    out.push(b'"');
}

fn uuid(out: &mut Vec<u8>, uuid: Uuid) {
    let mut buffer = [0; 36];
    uuid.hyphenated().encode_lower(&mut buffer);
    quoted(out, &buffer);
}

fn quoted(out: &mut Vec<u8>, plain: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(plain);
    out.push(b'"');
}

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Whether a byte of eight must be escaped: a quote, a backslash, or below a space. Eight at a time, as in "Bit Twiddling
/// Hacks" (Anderson): a byte borrows into its high bit exactly if it is less than what is taken away.
fn any_special(word: u64) -> bool {
    let below = |word: u64, limit: u8| word.wrapping_sub(EACH * u64::from(limit)) & !word & HIGH;
    let equal = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    below(word, 0x20) | equal(b'"') | equal(b'\\') != 0
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn first_special(bytes: &[u8]) -> Option<usize> {
    let (words, tail) = bytes.as_chunks::<8>();
    let clean = words.iter().take_while(|word| !any_special(u64::from_ne_bytes(**word))).count();
    let from = if clean == words.len() { bytes.len() - tail.len() } else { clean * 8 };
    bytes[from..].iter().position(|byte| is_special(*byte)).map(|at| from + at)
}

fn escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
            out.extend([b'\\', b'u', b'0', b'0', high, low]);
            return;
        }
    };
    out.extend([b'\\', short]);
}

#[cfg(test)]
mod tests {
    use mimsy_schema::{Date, Finite, Time, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn written(value: Cell<'_>) -> String {
        let mut out = Vec::new();
        cell(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells() {
        for (value, expected) in [
            (Cell::Null, "null"),
            (Cell::Bool(true), "true"),
            (Cell::Bool(false), "false"),
            (Cell::Int(0), "0"),
            (Cell::Int(-7), "-7"),
            (Cell::Int(i64::MAX), "9223372036854775807"),
            (Cell::Int(i64::MIN), "-9223372036854775808"),
            (Cell::Text(""), r#""""#),
            (Cell::Text("plain, and longer than eight"), r#""plain, and longer than eight""#),
            (
                Cell::Text("a \"b\" \\ \n\r\t\u{1}\u{1f} é 漢 🦀"),
                "\"a \\\"b\\\" \\\\ \\n\\r\\t\\u0001\\u001f é 漢 🦀\"",
            ),
            (Cell::Decimal(Fixed::new(0, 2)), r#""0.00""#),
            (Cell::Decimal(Fixed::new(5, 2)), r#""0.05""#),
            (Cell::Decimal(Fixed::new(-5, 2)), r#""-0.05""#),
            (Cell::Decimal(Fixed::new(123_456, 2)), r#""1234.56""#),
            (Cell::Decimal(Fixed::new(7, 0)), r#""7""#),
            (Cell::Decimal(Fixed::new(-999_999_999_999_999_999, 18)), r#""-0.999999999999999999""#),
            (Cell::Decimal(Fixed::new(i128::MAX, 2)), r#""1701411834604692317316873037158841057.27""#),
            (Cell::Timestamp(Timestamp::UNIX_EPOCH), r#""1970-01-01T00:00:00.000000Z""#),
            (Cell::Uuid(Uuid::from_u128(0xab)), r#""00000000-0000-0000-0000-0000000000ab""#),
            (Cell::Float(Finite::new(-0.5).unwrap()), "-0.5"),
            (Cell::Float(Finite::new(1e300).unwrap()), "1e300"),
            (Cell::Bytes(b""), r#""""#),
            (Cell::Bytes(&[0xfb, 0xff]), r#""+/8=""#),
            (Cell::Date(Date::new(2026, 11, 21)), r#""2026-11-21""#),
            (Cell::Time(Time::new(9, 5, 0)), r#""09:05:00.000000""#),
        ] {
            assert_eq!(written(value), expected);
        }
    }

    #[test]
    fn a_wide_integer_is_a_string() {
        let wide = Field { wide: true, ..Field::EMPTY };
        for (described, expected) in [(&wide, "[\"-7\",null]"), (&Field::EMPTY, "[-7,null]")] {
            let mut out = b"[".to_vec();
            field(&mut out, described, Cell::Int(-7));
            out.push(b',');
            field(&mut out, described, Cell::Null);
            out.push(b']');
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn plain_text_is_json_without_its_quotes() {
        for (value, expected) in [
            (Value::Null, ""),
            (Value::Text("\"a\"".to_owned()), "\"a\""),
            (Value::Int(-7), "-7"),
            (Value::Decimal(Fixed::new(150, 2)), "1.50"),
            (Value::Date(Date::new(2026, 1, 2)), "2026-01-02"),
            (Value::Bytes(vec![0]), "AA=="),
        ] {
            assert_eq!(plain(&value), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(value: String) {
            prop_assert_eq!(serde_json::from_str::<String>(&written(Cell::Text(&value))).unwrap(), value);
        }

        #[test]
        fn any_bytes_below_a_space_are_read_back(value in "[\\x00-\\x22\\\\é]{0,40}") {
            prop_assert_eq!(serde_json::from_str::<String>(&written(Cell::Text(&value))).unwrap(), value);
        }

        #[test]
        fn numbers_are_written_as_the_standard_library_writes_them(int: i64, unscaled: i64, scale in 0u8..19) {
            prop_assert_eq!(written(Cell::Int(int)), int.to_string());
            let number = Fixed::new(unscaled.into(), scale);
            prop_assert_eq!(written(Cell::Decimal(number)), format!("\"{number}\""));
        }
    }
}
