//! Entity tags (RFC 9110, 8.8.3): `"version-hash"`. The hash covers what else shapes the answer: what its reader may see,
//! which fields were asked for, the schema.

use bytes::Bytes;
use http::HeaderValue;
use http::header::{HeaderMap, HeaderName};
use mimsy_schema::Schema;
use mimsy_schema::hash::Fnv;

use super::compression::SUFFIX;
use crate::actions::Expected;
use crate::json::write;
use crate::query::View;

/// No row has this version: what a tag that is none of ours stands for.
const NEVER: i64 = -1;

/// The tag of a row as `view` shows it; none with included relations, which change without it, nor
/// of a row without a version.
pub(crate) fn of(schema: &Schema, scope: u128, view: &View, version: i64) -> Option<HeaderValue> {
    // A row of a table of others has no version, which reads as 0.
    if version == 0 || !view.include.is_empty() {
        return None;
    }
    // Both are hashes already. Turned against each other, so that equal ones do not cancel out.
    let mut hash = schema.hash() ^ scope.rotate_left(61);
    if let Some(fields) = &view.fields {
        let start = Fnv::START.bytes(&hash.to_le_bytes());
        hash = fields.iter().fold(start, |hash, field| hash.bytes(&field.to_le_bytes())).finish();
    }
    // Folded to half: enough for what no adversary can gain from.
    let mut text = Vec::with_capacity(40);
    text.push(b'"');
    write::digits(&mut text, version.unsigned_abs(), 1);
    text.push(b'-');
    write::digits(&mut text, (hash ^ (hash >> 64)) as u64, 20);
    text.push(b'"');
    HeaderValue::from_maybe_shared(Bytes::from(text)).ok()
}

/// A tag that tells the version only: what `If-Match` reads.
pub(crate) fn version(version: i64) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("\"{version}\"")).ok()
}

/// The tag that `If-None-Match` names (weakly, as RFC 9110, 13.1.2 says) or means by `*`: that of the answer, or of its
/// compressed form.
pub(crate) fn none_match(headers: &HeaderMap, tag: Option<&HeaderValue>) -> Option<HeaderValue> {
    let (tag, text) = tag.and_then(|tag| Some((tag, tag.to_str().ok()?)))?;
    let opaque = text.trim_matches('"');
    let mut values = headers.get_all(http::header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.find_map(|value| {
        if value.trim() == "*" {
            return Some(tag.clone());
        }
        let sent = tags(value)?.into_iter().map(|one| one.opaque);
        let mut matching = sent.filter(|sent| sent.strip_suffix(SUFFIX).unwrap_or(sent) == opaque);
        HeaderValue::try_from(format!("\"{}\"", matching.next()?)).ok()
    })
}

/// The versions that `If-Match` expects.
///
/// # Errors
/// The name of the header, when its value is malformed.
pub(crate) fn expected(headers: &HeaderMap) -> Result<Expected, HeaderName> {
    let name = http::header::IF_MATCH;
    let mut values = headers.get_all(&name).iter().peekable();
    if values.peek().is_none() {
        return Ok(Expected::Any);
    }
    let mut found = Vec::new();
    for value in values {
        match value.to_str().ok().and_then(versions).ok_or(name.clone())? {
            Expected::Versions(versions) if !versions.is_empty() => found.extend(versions),
            any => return Ok(any),
        }
    }
    Ok(Expected::Versions(found))
}

/// The versions that a list of tags expects; `None` where it is malformed.
pub(crate) fn versions(text: &str) -> Option<Expected> {
    if text.trim() == "*" {
        return Some(Expected::Versions(Vec::new()));
    }
    let version = |tag: Tag<'_>| {
        // If-Match compares strongly: a weak tag never matches, and a tag that is none of ours names no version.
        let version = tag.opaque.split_once('-').map_or(tag.opaque, |(version, _)| version);
        // `parse` would also read a sign.
        let digits = version.bytes().all(|byte| byte.is_ascii_digit()) && !tag.weak;
        let version = digits.then(|| version.parse().ok()).flatten();
        version.filter(|version| *version > 0).unwrap_or(NEVER)
    };
    Some(Expected::Versions(tags(text)?.into_iter().map(version).collect()))
}

#[derive(Debug, PartialEq)]
struct Tag<'a> {
    weak: bool,
    opaque: &'a str,
}

/// What follows the empty elements at the start of a list.
fn next(list: &str) -> &str {
    list.trim_start_matches([',', ' ', '\t'])
}

/// The tags of a list; `None` if it is malformed or has none. A comma may stand inside a tag; elements may be empty (RFC
/// 9110, 5.6.1.2).
fn tags(text: &str) -> Option<Vec<Tag<'_>>> {
    let mut found = Vec::new();
    let mut rest = next(text);
    while !rest.is_empty() {
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(after) => (true, after),
            None => (false, rest),
        };
        let (opaque, after) = quoted.strip_prefix('"')?.split_once('"')?;
        found.push(Tag { weak, opaque });
        let after = after.trim_start();
        if !after.is_empty() && !after.starts_with(',') {
            return None;
        }
        rest = next(after);
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::sample;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::try_from(value).unwrap())])
    }

    #[test]
    fn if_match() {
        for (value, expected_versions) in [
            ("*", Some(vec![])),
            ("\"3-00000000000000ab\"", Some(vec![3])),
            ("\"3\"", Some(vec![3])),
            ("\"3-a-gzip\"", Some(vec![3])),
            ("\"3-a\", \"4-b\"", Some(vec![3, 4])),
            ("\"3-a\",\"4-b\",", Some(vec![3, 4])),
            (", \"3-a\"", Some(vec![3])),
            ("\"3-a\",,\"4-b\" , ,", Some(vec![3, 4])),
            ("W/\"3-a\"", Some(vec![NEVER])),
            ("\"+3\"", Some(vec![NEVER])),
            ("\"+3-a\"", Some(vec![NEVER])),
            ("\"x\"", Some(vec![NEVER])),
            ("\"\"", Some(vec![NEVER])),
            ("\"-3\"", Some(vec![NEVER])),
            ("\"0\"", Some(vec![NEVER])),
            ("\"a,b\"", Some(vec![NEVER])),
            ("", None),
            (",", None),
            (" , ,", None),
            ("3", None),
            ("\"3", None),
            ("\"3\" \"4\"", None),
            ("w/\"3\"", None),
        ] {
            let found = expected(&headers(http::header::IF_MATCH, value)).ok();
            assert_eq!(found, expected_versions.map(Expected::Versions), "{value}");
        }
        assert_eq!(expected(&HeaderMap::new()), Ok(Expected::Any));
    }

    #[test]
    fn if_none_match() {
        let tag = HeaderValue::from_static("\"3-ab\"");
        for (value, matches) in [
            ("*", Some("\"3-ab\"")),
            ("\"3-ab\"", Some("\"3-ab\"")),
            ("W/\"3-ab\"", Some("\"3-ab\"")),
            ("\"1\", \"3-ab\"", Some("\"3-ab\"")),
            (", \"3-ab\"", Some("\"3-ab\"")),
            ("\"1\",,\"3-ab\"", Some("\"3-ab\"")),
            ("\"3-ab-gzip\"", Some("\"3-ab-gzip\"")),
            ("\"3-ac\"", None),
            ("\"3-ac-gzip\"", None),
            ("\"3-ab-br\"", None),
            ("\"3\"", None),
            ("3-ab", None),
            ("", None),
        ] {
            let found = none_match(&headers(http::header::IF_NONE_MATCH, value), Some(&tag));
            assert_eq!(found.as_ref().map(|tag| tag.to_str().unwrap()), matches, "{value}");
        }
        assert_eq!(none_match(&headers(http::header::IF_NONE_MATCH, "*"), None), None);
        assert_eq!(none_match(&HeaderMap::new(), Some(&tag)), None);
    }

    #[test]
    fn a_tag_changes_with_all_that_shapes_the_answer() {
        let schema = sample::schema();
        let view = View::default();
        let narrow = View { fields: Some(vec![0]), ..View::default() };
        let tag = |scope, view: &View, version| of(&schema, scope, view, version).unwrap();
        assert_eq!(tag(1, &view, 3), tag(1, &view, 3));
        assert_ne!(tag(1, &view, 3), tag(1, &view, 4));
        assert_ne!(tag(1, &view, 3), tag(2, &view, 3));
        assert_ne!(tag(1, &view, 3), tag(1, &narrow, 3));
        let sent = headers(http::header::IF_MATCH, tag(1, &view, 3).to_str().unwrap());
        assert_eq!(expected(&sent), Ok(Expected::Versions(vec![3])), "what we give is what we read");
    }
}
