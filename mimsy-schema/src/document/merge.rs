//! RFC 7396 on canonical texts: both sides are sorted, so they are merged like two sorted lists.

use std::cmp::Ordering;

use super::parts;

/// The canonical text of `target` with `patch` merged into it.
pub(super) fn merge(target: &str, patch: &str) -> String {
    let mut out = String::with_capacity(target.len() + patch.len());
    into(&mut out, target, patch);
    out
}

fn into(out: &mut String, target: &str, patch: &str) {
    let Some(changes) = members(patch) else { return out.push_str(patch) };
    // What is no object counts as an empty one.
    let kept = members(target).unwrap_or_default();
    let (mut kept, mut changes) = (kept.into_iter().peekable(), changes.into_iter().peekable());
    let mut lead = '{';
    let mut name = |out: &mut String, key: &str| {
        out.push(lead);
        lead = ',';
        out.push_str(key);
        out.push(':');
    };
    loop {
        let order = match (kept.peek(), changes.peek()) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let old = kept.next_if(|_| order.is_le());
        match (old, changes.next_if(|_| order.is_ge())) {
            (_, Some((_, "null"))) | (None, None) => {}
            (Some((key, old)), None) => {
                name(out, key);
                out.push_str(old);
            }
            (old, Some((key, new))) => {
                name(out, key);
                into(out, old.map_or("null", |(_, old)| old), new);
            }
        }
    }
    if lead == '{' {
        out.push('{');
    }
    out.push('}');
}

/// The members of an object, each key as it is written; `None` where the text is no object.
fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    parts(inner).into_iter().map(|member| member.split_at_checked(key_end(member))).map(after_colon).collect()
}

fn after_colon<'a>(split: Option<(&'a str, &'a str)>) -> Option<(&'a str, &'a str)> {
    let (key, value) = split?;
    Some((key, value.strip_prefix(':')?))
}

/// The length of the quoted key that a member starts with.
fn key_end(member: &str) -> usize {
    let mut escaped = false;
    let closing = member.bytes().enumerate().skip(1).find(|(_, byte)| {
        let closes = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closes
    });
    closing.map_or(member.len(), |(at, _)| at + 1)
}
