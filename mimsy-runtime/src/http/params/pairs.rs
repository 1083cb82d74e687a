//! A query string as names and values (the form encoding of the URL standard: `+` is a space).

use std::borrow::Cow;
use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use super::Faults;

/// A parameter.
pub(super) struct Pair<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    /// The value before decoding: `in` splits at commas, and `%2C` is none.
    pub(super) raw: &'a str,
}

/// The parameters, in their order. One that is not UTF-8, or that was there already, is a fault.
pub(super) fn split<'a>(text: &'a str, faults: &mut Faults) -> Vec<Pair<'a>> {
    let mut pairs: Vec<Pair<'a>> = Vec::with_capacity(4);
    let mut seen: HashSet<Cow<'a, str>> = HashSet::new();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (name, raw) = part.split_once('=').unwrap_or((part, ""));
        let (Some(name), Some(value)) = (decode(name), decode(raw)) else {
            faults.add(name, "BAD_ENCODING", "must be UTF-8, percent-encoded");
            continue;
        };
        if !seen.insert(name.clone()) {
            faults.add(&name, "DUPLICATE_PARAMETER", "is there twice; which one is meant?");
            continue;
        }
        pairs.push(Pair { name, value, raw });
    }
    pairs
}

/// A query string without some parameters, however they are written; empty, or with a `&` behind it.
pub(in crate::http) fn without(text: &str, names: &[&str]) -> String {
    let is_it = |part: &&str| {
        let name = decode(part.split_once('=').map_or(*part, |(name, _)| name));
        name.is_some_and(|name| names.contains(&name.as_ref()))
    };
    let kept = text.split('&').filter(|part| !part.is_empty() && !is_it(part));
    kept.flat_map(|part| [part, "&"]).collect()
}

/// Percent-decode; `None` where that gives no UTF-8.
pub(super) fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('+') {
        return percent_decode_str(text).decode_utf8().ok();
    }
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(|text| Cow::Owned(text.into_owned()))
}
