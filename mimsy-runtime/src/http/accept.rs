//! What the caller can read: `Accept` (RFC 9110, 12.5.1). Pure.
//!
//! Everything here is JSON, so there is nothing to choose; but somebody who asks for XML is told, instead of being sent
//! what they cannot read. A missing header accepts everything.

use http::HeaderMap;
use http::header::ACCEPT;

use super::elements::{elements, parts, weight};
use super::problem::{Problem, code};

/// What is sent. A caller that takes problems alone will read the problem that it gets.
const TYPES: [&str; 2] = ["application/json", "application/problem+json"];

/// Refuse a caller that cannot read JSON.
pub(crate) fn check(headers: &HeaderMap) -> Result<(), Problem> {
    let mut values = headers.get_all(ACCEPT).iter();
    let plain = match values.next() {
        None => true,
        Some(value) => values.next().is_none() && matches!(value.as_bytes(), b"application/json" | b"*/*"),
    };
    if plain || TYPES.iter().any(|known| takes(headers, known)) {
        return Ok(());
    }
    let detail = "All that there is here is JSON: send `Accept: application/json`, or leave it out.";
    Err(Problem::new(&code::NOT_ACCEPTABLE, detail))
}

/// Whether a type is taken: the most specific range that matches it decides.
fn takes(headers: &HeaderMap, known: &str) -> bool {
    let of = |element| {
        let (range, parameters) = parts(element);
        Some((specificity(range, known)?, weight(parameters)))
    };
    elements(headers, ACCEPT).filter_map(of).max().is_some_and(|(_, weight)| weight > 0)
}

/// How closely a range matches a type, if it does.
fn specificity(range: &str, known: &str) -> Option<u8> {
    let (kind, _) = known.split_once('/')?;
    match range.split_once('/')? {
        ("*", "*") => Some(0),
        (one, "*") if one.eq_ignore_ascii_case(kind) => Some(1),
        _ if range.eq_ignore_ascii_case(known) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn ranges() {
        for (lines, taken) in [
            (&[][..], true),
            (&["application/json"], true),
            (&["*/*"], true),
            (&["application/*"], true),
            (&["Application/JSON; charset=utf-8"], true),
            (&["application/problem+json"], true),
            (&["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], true),
            (&["text/html", "application/json;q=0.1"], true),
            (&["text/html"], false),
            (&["application/xml"], false),
            (&["application/jsonp"], false),
            (&["application/json;q=0"], false),
            (&["application/json;q=nonsense"], false),
            (&["*/*;q=0"], false),
            (&["*/*, application/json;q=0, application/problem+json;q=0"], false),
            (&["*/*;q=0, application/json"], true),
            (&["*/json"], false),
            (&["json"], false),
            (&[""], false),
            (&["text/plain, */*"], true),
        ] {
            let headers = lines.iter().map(|line| (ACCEPT, HeaderValue::from_str(line).unwrap())).collect();
            assert_eq!(check(&headers).is_ok(), taken, "{lines:?}");
        }
    }
}
