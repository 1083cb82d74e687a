//! Bearer tokens: HS256 JSON Web Tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use crate::Outcome;

#[derive(Clone)]
pub(super) struct Tokens {
    mac: Hmac<Sha256>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    exp: i64,
    iat: i64,
}

impl Tokens {
    pub(super) fn new(key: &[u8]) -> Self {
        Self { mac: Hmac::new_from_slice(key).expect("HMAC takes a key of any length") }
    }

    /// A token for a user, valid for an hour.
    pub(super) fn mint(&self, sub: Uuid) -> Outcome<String> {
        let iat = Utc::now().timestamp();
        let header = serde_json::to_vec(&Header { alg: "HS256".to_owned(), typ: Some("JWT".to_owned()) })?;
        let claims = serde_json::to_vec(&Claims { sub, exp: iat + 3600, iat })?;
        let mut token = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.mac.clone().chain_update(token.as_bytes()).finalize().into_bytes();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// Whose token it is, if it is ours and has not expired.
    pub(super) fn verify(&self, token: &str) -> Option<Uuid> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.alg != "HS256" {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac.clone().chain_update(signed.as_bytes()).verify_slice(&signature).ok()?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let now = Utc::now().timestamp();
        (claims.exp > now && claims.iat <= now + 30).then_some(claims.sub)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_ours_or_nothing() {
        let (ours, theirs) = (Tokens::new(b"ours"), Tokens::new(b"theirs"));
        let user = Uuid::now_v7();
        let token = ours.mint(user).unwrap();
        assert_eq!(ours.verify(&token), Some(user));
        assert_eq!(theirs.verify(&token), None);
        assert_eq!(ours.verify(&token[..token.len() - 1]), None);
        assert_eq!(ours.verify("a.b.c"), None);
    }
}
