//! Smaller answers for those who can read them: gzip (RFC 9110, 8.4 and 12.5.3).
//!
//! Gzip alone: every client reads it, and of what others would save on JSON, little is worth a second library in each
//! program. A proxy in front may do better; it is left what it needs, the plain answer and `Vary`.
//!
//! An entity tag names the bytes that are sent, so the tag of a compressed answer is another one: `"3-ab"` becomes
//! `"3-ab-gzip"`. [`etag`](super::etag) reads both.

use std::cell::RefCell;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use flate2::{Compress, FlushCompress, Status};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;

use super::elements::{elements, parts, weight};

/// From this size on, a thread of its own does it: others wait for this one.
const LARGE: usize = 64 << 10;

/// The window of gzip, as a power of two.
const WINDOW: u8 = 15;

/// What is behind the tag of a compressed answer.
pub(crate) const SUFFIX: &str = "-gzip";

/// Which answers are compressed, and how hard.
///
/// An answer that holds a secret beside something that an attacker chose can leak the secret by its compressed length
/// (BREACH), if the attacker can make a browser send requests in the victim's name and see how long the answers are. A
/// bearer token is never sent by a browser on its own, so nobody can. With a cookie or with client certificates, by
/// [`App::actor`](crate::app::App::actor), somebody can: then turn compression off, or keep what callers write out of the
/// answers that hold secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compression {
    /// Bodies of fewer bytes are sent as they are.
    pub threshold: usize,
    /// From 1, quick, to 9, small.
    pub level: u32,
}

impl Default for Compression {
    fn default() -> Self {
        Self { threshold: 1024, level: 2 }
    }
}

/// The answer, compressed where it is worth it and its reader can read it.
pub(crate) async fn apply(how: &Compression, asked: &HeaderMap, response: Response) -> Response {
    let size = response.body().size_hint().exact().unwrap_or(0);
    if size < how.threshold as u64 || !is_text(&response) || !takes_gzip(asked) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(plain) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return Response::from_parts(head, Body::empty());
    };
    let level = how.level;
    let small = if plain.len() < LARGE {
        SQUEEZE.with_borrow_mut(|kept| {
            let mut own = kept.take().filter(|(of, _)| *of == level).unwrap_or_else(|| (level, compressor(level)));
            let small = squeeze(&mut own.1, &plain);
            *kept = Some(own);
            small
        })
    } else {
        let whole = plain.clone();
        tokio::task::spawn_blocking(move || squeeze(&mut compressor(level), &whole)).await.ok().flatten()
    };
    let Some(small) = small else { return Response::from_parts(head, Body::from(plain)) };
    head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    head.headers.remove(CONTENT_LENGTH);
    if let Some(tag) = head.headers.get(ETAG).and_then(suffixed) {
        head.headers.insert(ETAG, tag);
    }
    Response::from_parts(head, Body::from(small))
}

thread_local! {
    /// Kept with its level, since its tables are larger than most answers.
    static SQUEEZE: RefCell<Option<(u32, Compress)>> = const { RefCell::new(None) };
}

fn compressor(level: u32) -> Compress {
    Compress::new_gzip(flate2::Compression::new(level), WINDOW)
}

/// The bytes as gzip; `None` where that is no smaller.
fn squeeze(compressor: &mut Compress, plain: &[u8]) -> Option<Bytes> {
    compressor.reset();
    let mut small = Vec::with_capacity(plain.len());
    let done = compressor.compress_vec(plain, &mut small, FlushCompress::Finish);
    matches!(done, Ok(Status::StreamEnd)).then(|| Bytes::from(small))
}

/// Whether it is something that compresses, and not yet compressed.
fn is_text(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let text = kind.starts_with(b"application/json")
        || kind.starts_with(b"application/problem+json")
        || kind.starts_with(b"text/");
    text && response.status() != StatusCode::PARTIAL_CONTENT && !response.headers().contains_key(CONTENT_ENCODING)
}

/// Whether gzip is taken, and not liked less than no coding.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let (mut gzip, mut any, mut plain) = (None, None, None);
    for element in elements(asked, ACCEPT_ENCODING) {
        let (name, parameters) = parts(element);
        let weight = weight(parameters);
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gzip = gzip.max(Some(weight)),
            "*" => any = Some(weight),
            "identity" => plain = Some(weight),
            _ => {}
        }
    }
    let gzip = gzip.or(any).unwrap_or(0);
    gzip > 0 && plain.is_none_or(|plain| gzip >= plain)
}

/// The tag of the compressed answer.
fn suffixed(tag: &HeaderValue) -> Option<HeaderValue> {
    let inner = tag.to_str().ok()?.strip_suffix('"')?;
    HeaderValue::try_from(format!("{inner}{SUFFIX}\"")).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_taken() {
        for (lines, taken) in [
            (&[][..], false),
            (&["gzip"], true),
            (&["gzip, deflate, br, zstd"], true),
            (&["br", "GZIP;q=0.2"], true),
            (&["x-gzip"], true),
            (&["*"], true),
            (&["*;q=0.1, gzip;q=0"], false),
            (&["gzip;q=0"], false),
            (&["gzip;q=nonsense"], false),
            (&["identity"], false),
            (&["identity, gzip;q=0.5"], false),
            (&["identity;q=0.5, gzip"], true),
            (&["br;q=1, *;q=0"], false),
            (&["deflate"], false),
            (&[""], false),
        ] {
            let headers = lines.iter().map(|line| (ACCEPT_ENCODING, HeaderValue::from_str(line).unwrap())).collect();
            assert_eq!(takes_gzip(&headers), taken, "{lines:?}");
        }
    }

    #[test]
    fn a_tag_of_its_own() {
        for (tag, expected) in [("\"3-ab\"", "\"3-ab-gzip\""), ("W/\"3\"", "W/\"3-gzip\"")] {
            assert_eq!(suffixed(&HeaderValue::from_static(tag)).unwrap(), expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn what_was_squeezed_is_the_same_again(pieces in proptest::collection::vec("[a-z\"{}:, ]{0,200}", 0..200), level in 1..=9_u32) {
            let mut compressor = compressor(level);
            // Twice, since it is kept.
            for plain in [pieces.concat(), pieces.join("é")] {
                let small = squeeze(&mut compressor, plain.as_bytes());
                prop_assert!(small.is_some() || plain.len() < 1024, "{} bytes did not shrink", plain.len());
                if let Some(small) = small {
                    prop_assert!(small.len() <= plain.len());
                    let mut again = String::new();
                    flate2::read::GzDecoder::new(&small[..]).read_to_string(&mut again).unwrap();
                    prop_assert_eq!(again, plain);
                }
            }
        }
    }
}
