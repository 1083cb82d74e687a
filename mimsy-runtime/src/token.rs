//! Bearer tokens: JSON Web Tokens signed by HS256 (RFC 7519, RFC 7515), minted and verified. Pure, given `now`.
//!
//! Own code over `hmac` and `sha2`: one algorithm is all there is, so nothing can be confused about it, and jsonwebtoken
//! 11 would bring fifty packages and an open advisory of `rsa` for algorithms that nobody may use here.
//!
//! Must not know: who the subject is, HTTP.

pub mod api_key;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::Sha256;

/// The header of every token that is minted here.
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// [`HEADER`] in base64url; most tokens carry it, so the header need not be parsed.
const HEADER_TEXT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Longer tokens are refused unread.
const LONGEST: usize = 4096;

/// The largest leeway, in seconds.
const MOST_LEEWAY: u32 = 60;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Who: the key of the actor's row.
    pub sub: String,
    /// Until when, in seconds since the epoch; exclusive.
    pub exp: i64,
    /// Since when it was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// From when, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// For whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
}

/// What is demanded of a token besides its signature and its times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenRules {
    /// It must be issued by this one.
    pub issuer: Option<String>,
    /// It must be meant for this one.
    pub audience: Option<String>,
    /// By how many seconds clocks may differ; at most 60 count.
    pub leeway: u32,
}

/// Why a token is refused. The words go to the caller: they tell nothing that the caller does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url, or not the JSON that belongs there.
    #[error("the token is not a JSON Web Token")]
    Malformed,
    /// Another algorithm than HS256, `none` included.
    #[error("the token's algorithm is not HS256")]
    Algorithm,
    /// Signed by somebody else, or changed since.
    #[error("the token's signature is wrong")]
    Signature,
    /// No `exp`.
    #[error("the token has no `exp`")]
    NoExpiry,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies ahead.
    #[error("the token is not valid yet")]
    Early,
    /// Another `iss`.
    #[error("the token's issuer is not the one that is expected")]
    Issuer,
    /// Another `aud`.
    #[error("the token's audience is not the one that is expected")]
    Audience,
    /// No `sub`.
    #[error("the token has no `sub`")]
    NoSubject,
}

/// Mints and verifies tokens with one key. Cheap to clone; the key's schedule is computed once.
#[derive(Clone)]
pub struct Tokens {
    mac: Hmac<Sha256>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    /// With a key; see [`Secret::token_key`](crate::secret::Secret::token_key).
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self { mac: Hmac::new_from_slice(key).expect("HMAC takes a key of any length") }
    }

    /// A signed token.
    #[must_use]
    pub fn mint(&self, claims: &Claims) -> String {
        let payload = serde_json::to_vec(claims).expect("texts and numbers always serialise");
        let mut token = URL_SAFE_NO_PAD.encode(HEADER);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.mac.clone().chain_update(token.as_bytes()).finalize().into_bytes();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token
    }

    /// What a token says, if it is ours and holds at `now` (seconds since the epoch).
    ///
    /// # Errors
    /// Why it is refused. The signature is checked, in constant time, before anything of the payload is read.
    pub fn verify(&self, token: &str, rules: &TokenRules, now: i64) -> Result<Claims, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        if header != HEADER_TEXT {
            check_header(header)?;
        }
        let mut bytes = [0; 33];
        let length = URL_SAFE_NO_PAD.decode_slice(signature, &mut bytes).map_err(|_| TokenError::Signature)?;
        self.mac
            .clone()
            .chain_update(signed.as_bytes())
            .verify_slice(&bytes[..length])
            .map_err(|_| TokenError::Signature)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| TokenError::Malformed)?;
        let said: Said = serde_json::from_slice(&payload).map_err(|_| TokenError::Malformed)?;
        said.check(rules, now)
    }
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    typ: Option<std::borrow::Cow<'a, str>>,
    /// Extensions that must be understood (RFC 7515, 4.1.11); none is.
    #[serde(default)]
    crit: Option<serde::de::IgnoredAny>,
}

fn check_header(text: &str) -> Result<(), TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Malformed)?;
    let header: Header<'_> = serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)?;
    if header.alg != "HS256" {
        return Err(TokenError::Algorithm);
    }
    if header.crit.is_some() || header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(TokenError::Malformed);
    }
    Ok(())
}

/// The payload as others may write it: unknown claims are ignored, times may have fractions.
#[derive(Deserialize)]
struct Said {
    sub: Option<String>,
    exp: Option<NumericDate>,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
    iss: Option<String>,
    aud: Option<Audience>,
}

/// Whole seconds since the epoch; RFC 7519 allows a fraction, which is rounded down. (Not an untagged enum: serde would
/// copy the value first.)
#[derive(Clone, Copy)]
struct NumericDate(i64);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seconds;
        impl Visitor<'_> for Seconds {
            type Value = NumericDate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds since the epoch")
            }

            fn visit_i64<E>(self, seconds: i64) -> Result<NumericDate, E> {
                Ok(NumericDate(seconds))
            }

            fn visit_u64<E>(self, seconds: u64) -> Result<NumericDate, E> {
                Ok(NumericDate(i64::try_from(seconds).unwrap_or(i64::MAX)))
            }

            // The cast saturates at the ends of i64, which is what a comparison with `now` needs.
            fn visit_f64<E>(self, seconds: f64) -> Result<NumericDate, E> {
                Ok(NumericDate(seconds.floor() as i64))
            }
        }
        deserializer.deserialize_any(Seconds)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Some(Vec<String>),
}

impl Audience {
    fn holds(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Some(all) => all.iter().any(|one| one == wanted),
        }
    }
}

impl Said {
    fn check(self, rules: &TokenRules, now: i64) -> Result<Claims, TokenError> {
        let leeway = i64::from(rules.leeway.min(MOST_LEEWAY));
        let exp = self.exp.ok_or(TokenError::NoExpiry)?.0;
        if now >= exp.saturating_add(leeway) {
            return Err(TokenError::Expired);
        }
        let (nbf, iat) = (self.nbf.map(|date| date.0), self.iat.map(|date| date.0));
        if [nbf, iat].into_iter().flatten().any(|from| from > now.saturating_add(leeway)) {
            return Err(TokenError::Early);
        }
        if rules.issuer.is_some() && self.iss != rules.issuer {
            return Err(TokenError::Issuer);
        }
        if let Some(wanted) = &rules.audience
            && !self.aud.as_ref().is_some_and(|aud| aud.holds(wanted))
        {
            return Err(TokenError::Audience);
        }
        let sub = self.sub.filter(|sub| !sub.is_empty()).ok_or(TokenError::NoSubject)?;
        let aud = match self.aud {
            Some(Audience::One(one)) => Some(one),
            _ => rules.audience.clone(),
        };
        Ok(Claims { sub, exp, iat, nbf, iss: self.iss, aud })
    }
}

#[cfg(test)]
mod tests;
