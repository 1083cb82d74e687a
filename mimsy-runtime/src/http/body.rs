//! The bytes of a body: its type, its size, and what becomes of one that nobody reads.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, EXPECT};
use http::{HeaderMap, HeaderValue};
use http_body::Body as _;
use http_body_util::BodyExt;

use super::problem::{Problem, code};

/// Whether the body says that it is one of these types, plainly encoded.
pub(crate) fn check_type(headers: &HeaderMap, types: &[&str]) -> Result<(), Problem> {
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        let problem = Problem::new(&code::UNSUPPORTED_MEDIA_TYPE, "Send the body without `Content-Encoding`.");
        // What would have been taken instead (RFC 9110, 15.5.16), here and below.
        return Err(problem.with(ACCEPT_ENCODING, HeaderValue::from_static("identity")));
    }
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (essence, parameters) = said.split_once(';').unwrap_or((said, ""));
    let known = types.iter().any(|known| essence.trim().eq_ignore_ascii_case(known));
    if known && is_utf8(parameters) {
        return Ok(());
    }
    let detail = format!("Send `Content-Type: {}`.", types.join("` or `"));
    let problem = Problem::new(&code::UNSUPPORTED_MEDIA_TYPE, detail);
    Err(match HeaderValue::try_from(types.join(", ")) {
        Ok(types) => problem.with(ACCEPT, types),
        Err(_) => problem,
    })
}

/// JSON is UTF-8 (RFC 8259, 8.1); another charset would be read wrongly.
fn is_utf8(parameters: &str) -> bool {
    parameters.split(';').filter_map(|one| one.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    })
}

/// All bytes of a body.
pub(crate) async fn read(body: &mut Body, limit: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        let detail = format!("The body has more than {limit} bytes.");
        Problem::new(&code::BODY_TOO_LARGE, detail)
    };
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let Some(first) = chunk(body).await? else { return Ok(Bytes::new()) };
    if first.len() > limit {
        return Err(too_large());
    }
    // Most bodies come in one piece, which need not be copied.
    if body.is_end_stream() {
        return Ok(first);
    }
    let mut whole = BytesMut::from(first);
    while let Some(next) = chunk(body).await? {
        if whole.len() + next.len() > limit {
            return Err(too_large());
        }
        whole.extend_from_slice(&next);
    }
    Ok(whole.freeze())
}

async fn chunk(body: &mut Body) -> Result<Option<Bytes>, Problem> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::new(&code::BAD_REQUEST, "The body ended before its end."))?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// Read and throw away what is left of a body, within limits: a sender that is cut off while it still writes may never
/// see the answer. One that waits for `100 Continue` has not begun, and need not.
pub(crate) async fn drain(body: &mut Body, headers: &HeaderMap, most: usize, time: Duration) {
    if body.is_end_stream() || headers.contains_key(EXPECT) {
        return;
    }
    let all = async {
        let mut left = most;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(length) {
                Some(less) => left = less,
                None => break,
            }
        }
    };
    // Past the time, the connection is closed as it is.
    let _ = tokio::time::timeout(time, all).await;
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn types() {
        for (name, value, expected) in [
            (CONTENT_TYPE, "application/json", true),
            (CONTENT_TYPE, "Application/JSON; charset=UTF-8", true),
            (CONTENT_TYPE, "application/json;charset=\"utf-8\"", true),
            (CONTENT_TYPE, "application/json; charset=latin1", false),
            (CONTENT_TYPE, "application/merge-patch+json", false),
            (CONTENT_TYPE, "text/plain", false),
            (CONTENT_TYPE, "", false),
            (CONTENT_ENCODING, "gzip", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(check_type(&headers, &["application/json"]).is_ok(), expected, "{value}");
        }
        assert!(check_type(&HeaderMap::new(), &["application/json"]).is_err());
    }

    fn pieces(sizes: &[usize]) -> Body {
        let chunks: Vec<Result<Bytes, std::io::Error>> =
            sizes.iter().map(|n| Ok(Bytes::from(vec![b'x'; *n]))).collect();
        Body::from_stream(futures_util::stream::iter(chunks))
    }

    #[test]
    fn a_body_is_read_up_to_its_limit() {
        for (sizes, expected) in
            [(&[][..], Some(0)), (&[10], Some(10)), (&[11], None), (&[4, 0, 6], Some(10)), (&[4, 4, 4], None)]
        {
            let read = read(&mut pieces(sizes), 10).now_or_never().expect("the body is at hand");
            assert_eq!(read.ok().map(|bytes| bytes.len()), expected, "{sizes:?}");
        }
        let mut whole = Body::from("eleven byte");
        assert!(read(&mut whole, 10).now_or_never().unwrap().is_err());
        assert!(!whole.is_end_stream(), "a body that says its size is refused unread");
    }
}
