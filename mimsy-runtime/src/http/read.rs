//! List and get.

use axum::response::Response;
use http::header::{IF_MATCH, LINK};
use http::{HeaderValue, StatusCode};
use mimsy_schema::Value;

use super::dispatch::Asked;
use super::params::without;
use super::problem::{Problem, code};
use super::write::expected;
use super::{answer, etag};
use crate::actions::{Count, Listed};
use crate::json::{JsonRows, write};
use crate::page::binding;
use crate::query::{Start, Way};

/// Room for a row; a page takes what it needs.
pub(crate) const ROW: usize = 512;

const PAGE: usize = 16 << 10;

/// A page of rows.
pub(crate) async fn list(asked: Asked<'_>) -> Result<Response, Problem> {
    if asked.parts.headers.contains_key(IF_MATCH) {
        let detail = "`If-Match` is not supported here: a list has no `ETag` to compare. Leave it out.";
        return Err(Problem::new(&code::BAD_HEADER, detail));
    }
    let query = asked.params().list(asked.query()).map_err(Problem::parameters)?;
    let (limit, is_first) = (query.limit, query.start == Start::First);
    let bound = binding(asked.schema, asked.model, &query);
    let output = JsonRows::new(asked.schema.clone(), b"{\"data\":[", PAGE.min(limit as usize * ROW));
    let listed = asked.door.actions().list(&asked.who, asked.model.id, query, output).await?;
    let Listed { output, next, prev, count, .. } = listed;
    let cursors = asked.door.cursors();
    let next = next.map(|position| cursors.seal(&position, bound.towards(Way::Forwards)));
    let prev = prev.map(|position| cursors.seal(&position, bound.towards(Way::Backwards)));
    let mut bytes = output.into_bytes();
    page(&mut bytes, next.as_deref(), prev.as_deref(), limit, count);
    let mut response = answer::json(StatusCode::OK, bytes);
    if let Some(link) = links(&asked, next.as_deref(), prev.as_deref(), is_first) {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

/// One row. `If-Match` comes before `If-None-Match` (RFC 9110, 13.2.2), and compares the version, as in a write.
pub(crate) async fn get(asked: Asked<'_>, key: Vec<Value>) -> Result<Response, Problem> {
    let expected = expected(&asked)?;
    let view = asked.params().view(asked.query()).map_err(Problem::parameters)?;
    let output = JsonRows::new(asked.schema.clone(), b"{\"data\":", ROW);
    let actions = asked.door.actions();
    let got = actions.get(&asked.who, asked.model.id, key, view.clone(), output).await?;
    expected.check(got.version)?;
    let tag = etag::of(asked.schema, actions.scope_hash(&asked.who, asked.model.id), &view, got.version);
    if let Some(known) = etag::none_match(&asked.parts.headers, tag.as_ref()) {
        return Ok(answer::tagged(answer::not_modified(), Some(known)));
    }
    let mut bytes = got.output.into_bytes();
    bytes.push(b'}');
    Ok(answer::tagged(answer::json(StatusCode::OK, bytes), tag))
}

/// What follows the rows: `],"page":{…}}`.
fn page(out: &mut Vec<u8>, next: Option<&str>, prev: Option<&str>, limit: u32, count: Option<Count>) {
    for (lead, cursor) in [(&b"],\"page\":{\"next\":"[..], next), (b",\"prev\":", prev)] {
        out.extend_from_slice(lead);
        match cursor {
            Some(cursor) => write::text(out, cursor),
            None => out.extend_from_slice(b"null"),
        }
    }
    out.extend_from_slice(b",\"limit\":");
    write::digits(out, u64::from(limit), 1);
    if let Some(count) = count {
        out.extend_from_slice(b",\"count\":{\"value\":");
        write::digits(out, count.value, 1);
        out.extend_from_slice(b",\"kind\":");
        write::text(out, if count.at_least { "at_least" } else { "exact" });
        out.push(b'}');
    }
    out.extend_from_slice(b"}}");
}

/// `Link: <…>; rel="next", <…>; rel="prev", <…>; rel="first"` (RFC 8288): the same query from another start.
fn links(asked: &Asked<'_>, next: Option<&str>, prev: Option<&str>, is_first: bool) -> Option<HeaderValue> {
    if is_first && next.is_none() {
        return None;
    }
    let (path, query) = (asked.collection(), without(asked.query(), &["after", "before", "offset"]));
    let cursor = |name: &str, rel: &str, cursor: &str| format!("<{path}?{query}{name}={cursor}>; rel=\"{rel}\"");
    let first = || match query.trim_end_matches('&') {
        "" => format!("<{path}>; rel=\"first\""),
        query => format!("<{path}?{query}>; rel=\"first\""),
    };
    let next = next.map(|next| cursor("after", "next", next));
    let prev = prev.map(|prev| cursor("before", "prev", prev));
    let first = (!is_first).then(first);
    let all: Vec<String> = [next, prev, first].into_iter().flatten().collect();
    HeaderValue::try_from(all.join(", ")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_page() {
        let count = |value, at_least| Some(Count { value, at_least });
        for (next, prev, limit, count, expected) in [
            (None, None, 50, None, r#"],"page":{"next":null,"prev":null,"limit":50}}"#),
            (
                Some("abc"),
                Some("def"),
                1,
                count(12, false),
                r#"],"page":{"next":"abc","prev":"def","limit":1,"count":{"value":12,"kind":"exact"}}}"#,
            ),
            (
                None,
                None,
                2,
                count(10_000, true),
                r#"],"page":{"next":null,"prev":null,"limit":2,"count":{"value":10000,"kind":"at_least"}}}"#,
            ),
        ] {
            let mut out = Vec::new();
            page(&mut out, next, prev, limit, count);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
