//! The elements of a header that is a list, and their weights (RFC 9110, 5.6 and 12.4.2). Pure.
//!
//! What cannot be read is left out: whoever asks decides what that means.

use http::HeaderMap;
use http::header::AsHeaderName;

/// A weight of 1, in thousandths.
const WHOLE: u16 = 1000;

/// The elements of all lines of a header.
pub(crate) fn elements(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| split(line, ',')).filter(|element| !element.is_empty())
}

/// The value of an element, and its parameters: `application/json;q=0.5` is `application/json` and `q=0.5`.
pub(crate) fn parts(element: &str) -> (&str, impl Iterator<Item = (&str, &str)>) {
    let mut parts = split(element, ';');
    let value = parts.next().unwrap_or_default();
    (value, parts.map(pair))
}

/// `name=value`, the quotes of the value taken off; the value is empty where there is none.
pub(crate) fn pair(text: &str) -> (&str, &str) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let value = value.trim();
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    (name.trim(), inner.unwrap_or(value))
}

/// The weight that parameters say, in thousandths: 1000 where they say none, 0 where it is malformed.
pub(crate) fn weight<'a>(mut parameters: impl Iterator<Item = (&'a str, &'a str)>) -> u16 {
    let said = parameters.find(|(name, _)| name.eq_ignore_ascii_case("q"));
    said.map_or(WHOLE, |(_, value)| thousandths(value).unwrap_or(0))
}

fn thousandths(value: &str) -> Option<u16> {
    let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
    if !matches!(whole, "0" | "1") || rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rest: u16 = format!("{rest:0<3}").parse().ok()?;
    let weight = if whole == "1" { WHOLE } else { 0 } + rest;
    (weight <= WHOLE).then_some(weight)
}

/// The trimmed pieces between separators that stand outside of quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |one: char| {
        if escaped {
            escaped = false;
        } else if quoted && one == '\\' {
            escaped = true;
        } else if one == '"' {
            quoted = !quoted;
        }
        one == separator && !quoted
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::ACCEPT;

    use super::*;

    #[test]
    fn a_list_may_have_several_lines_and_empty_elements() {
        let mut headers = HeaderMap::new();
        for line in ["a, b", "", " ,", "c=\"1, \\\" 2\" ; d , e"] {
            headers.append(ACCEPT, HeaderValue::from_str(line).unwrap());
        }
        headers.append(ACCEPT, HeaderValue::from_bytes(b"\xff").unwrap());
        let found: Vec<&str> = elements(&headers, ACCEPT).collect();
        assert_eq!(found, ["a", "b", "c=\"1, \\\" 2\" ; d", "e"]);
        let (value, parameters) = parts(found[2]);
        assert_eq!((pair(value), parameters.collect::<Vec<_>>()), (("c", "1, \\\" 2"), vec![("d", "")]));
    }

    #[test]
    fn weights() {
        for (text, expected) in [
            ("a", 1000),
            ("a;q=1", 1000),
            ("a; q=0.5", 500),
            ("a;Q=0.333", 333),
            ("a;x=1;q=0", 0),
            ("a;q=1.000", 1000),
            ("a;q=0.", 0),
            ("a;q=1.001", 0),
            ("a;q=2", 0),
            ("a;q=-1", 0),
            ("a;q=0.1234", 0),
            ("a;q=x", 0),
            ("a;q", 0),
        ] {
            assert_eq!(weight(parts(text).1), expected, "{text}");
        }
    }
}
