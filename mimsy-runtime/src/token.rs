//! Bearer tokens: JSON Web Tokens (RFC 7519, RFC 7515), minted and verified. Pure, given `now`.
//!
//! Signed by HS256 with a key that follows from the installation's secret, or by EdDSA with Ed25519 (RFC 8037). A key ring
//! holds what is taken: each key has one algorithm and a name (`kid`), and a token is verified with the key that it names
//! by that key's algorithm, whatever else its header says. So a public key is never taken for a secret, and `none` for
//! nothing at all.
//!
//! Own code over `hmac`, `sha2` and `ring`, which are here for other reasons anyway: jsonwebtoken 11 would bring fifty
//! packages and an open advisory of `rsa` for algorithms that nobody may use here.
//!
//! Must not know: who the subject is, HTTP, files.

pub mod api_key;
mod claims;
pub mod ed25519;

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use self::claims::Said;
use self::ed25519::{PublicKey, SIGNATURE, SigningKey, TrustedKeys};

/// Longer tokens are refused unread.
const LONGEST: usize = 4096;

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
    /// An algorithm that is not taken here, `none` included, or another one than that of the key that it names.
    #[error("the token's algorithm is not one that is taken here")]
    Algorithm,
    /// A key that is not known here.
    #[error("the token names a key that is not known here")]
    UnknownKey,
    /// No key, where there are several of its algorithm.
    #[error("the token does not say by its `kid` which key signed it")]
    NoKey,
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

/// Mints and verifies tokens. Cheap enough to clone; the schedules of its keys are computed once.
#[derive(Clone)]
pub struct Tokens {
    /// What is taken. The first is the secret's own, the key that HS256 signs with.
    keys: Vec<Key>,
    /// What signs instead, if there is one.
    signs: Option<(SigningKey, String)>,
}

/// A key that tokens are verified with.
#[derive(Clone)]
struct Key {
    kid: String,
    /// The header of the tokens that are minted under this name, in base64url: such a header need not be parsed.
    header: String,
    how: How,
    /// What is demanded of a token; `None`: what the application demands of its own.
    rules: Option<TokenRules>,
}

#[derive(Clone)]
enum How {
    Hs256(Hmac<Sha256>),
    Ed25519(PublicKey),
}

/// The algorithms that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Hs256,
    EdDsa,
}

impl Algorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
        }
    }

    fn read(name: &str) -> Option<Self> {
        match name {
            "HS256" => Some(Self::Hs256),
            // The second name is that of RFC 9864.
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

impl Key {
    fn new(kid: String, how: How, rules: Option<TokenRules>) -> Self {
        let mut key = Self { kid, header: String::new(), how, rules };
        key.header = header(key.algorithm(), &key.kid);
        key
    }

    fn hs256(key: &[u8; 32]) -> Self {
        let mac = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
        Self::new(own_kid(&mac), How::Hs256(mac), None)
    }

    fn algorithm(&self) -> Algorithm {
        match self.how {
            How::Hs256(_) => Algorithm::Hs256,
            How::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        match &self.how {
            How::Hs256(mac) => mac.clone().chain_update(signed).verify_slice(signature).is_ok(),
            How::Ed25519(key) => key.verifies(signed, signature),
        }
    }
}

/// The name of a secret key: it follows from the key, and tells nothing of it.
fn own_kid(mac: &Hmac<Sha256>) -> String {
    let digest = mac.clone().chain_update(b"the name of this key").finalize().into_bytes();
    URL_SAFE_NO_PAD.encode(&digest[..9])
}

/// The header of a token, in base64url.
fn header(algorithm: Algorithm, kid: &str) -> String {
    let header = Minted { alg: algorithm.name(), kid, typ: "JWT" };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).expect("texts always serialise"))
}

#[derive(Serialize)]
struct Minted<'a> {
    alg: &'static str,
    kid: &'a str,
    typ: &'static str,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    /// With a secret key; see [`Secret::token_key`](crate::secret::Secret::token_key).
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self { keys: vec![Key::hs256(key)], signs: None }
    }

    /// Also take what was signed with an earlier secret key.
    #[must_use]
    pub fn with_previous(mut self, key: &[u8; 32]) -> Self {
        self.keys.push(Key::hs256(key));
        self
    }

    /// Sign by EdDSA from now on, and take what is signed so.
    #[must_use]
    pub fn signed_by(mut self, key: SigningKey) -> Self {
        let own = Key::new(key.public().thumbprint(), How::Ed25519(key.public()), None);
        self.signs = Some((key, own.header.clone()));
        self.keys.push(own);
        self
    }

    /// Also take what others sign.
    #[must_use]
    pub fn trusting(mut self, trusted: &TrustedKeys) -> Self {
        let theirs =
            |(kid, key): &(String, PublicKey)| Key::new(kid.clone(), How::Ed25519(*key), Some(trusted.rules.clone()));
        self.keys.extend(trusted.keys.iter().map(theirs));
        self
    }

    /// A signed token.
    #[must_use]
    pub fn mint(&self, claims: &Claims) -> String {
        let payload = serde_json::to_vec(claims).expect("texts and numbers always serialise");
        let own = &self.keys[0];
        let mut token = self.signs.as_ref().map_or(&own.header, |(_, header)| header).clone();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = match (&self.signs, &own.how) {
            (Some((key, _)), _) => URL_SAFE_NO_PAD.encode(key.sign(token.as_bytes())),
            (None, How::Hs256(mac)) => {
                URL_SAFE_NO_PAD.encode(mac.clone().chain_update(token.as_bytes()).finalize().into_bytes())
            }
            (None, How::Ed25519(_)) => unreachable!("the first key is the secret's own"),
        };
        token.push('.');
        token.push_str(&signature);
        token
    }

    /// What a token says, if it is signed by a key that is taken and holds at `now` (seconds since the epoch). `rules` are
    /// demanded of tokens of our own keys; others bring theirs.
    ///
    /// # Errors
    /// Why it is refused. The signature is checked, in constant time, before anything of the payload is read.
    pub fn verify(&self, token: &str, rules: &TokenRules, now: i64) -> Result<Claims, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let mut bytes = [0; SIGNATURE + 2];
        let length = URL_SAFE_NO_PAD.decode_slice(signature, &mut bytes).map_err(|_| TokenError::Signature)?;
        let signature = &bytes[..length];
        let fits = |key: &&Key| key.verifies(signed.as_bytes(), signature);
        let mut known = self.keys.iter().filter(|key| key.header == header).peekable();
        let key = match known.peek() {
            Some(_) => known.find(fits),
            None => self.named(header)?.into_iter().find(fits),
        };
        let rules = key.ok_or(TokenError::Signature)?.rules.as_ref().unwrap_or(rules);
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| TokenError::Malformed)?;
        let said: Said = serde_json::from_slice(&payload).map_err(|_| TokenError::Malformed)?;
        said.check(rules, now)
    }

    /// The keys that a header may mean.
    fn named(&self, text: &str) -> Result<Vec<&Key>, TokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Malformed)?;
        let header: Header<'_> = serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)?;
        let algorithm = Algorithm::read(&header.alg).ok_or(TokenError::Algorithm)?;
        if header.crit.is_some() || header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(TokenError::Malformed);
        }
        let Some(kid) = header.kid else {
            let of: Vec<&Key> = self.keys.iter().filter(|key| key.algorithm() == algorithm).collect();
            // Secret keys are all our own, and tokens of before had no name of one in them.
            return match of.as_slice() {
                [] => Err(TokenError::Algorithm),
                [_, _, ..] if algorithm != Algorithm::Hs256 => Err(TokenError::NoKey),
                _ => Ok(of),
            };
        };
        let named: Vec<&Key> = self.keys.iter().filter(|key| key.kid == *kid).collect();
        if named.is_empty() {
            return Err(TokenError::UnknownKey);
        }
        // Two issuers may have given one name to two keys.
        let of: Vec<&Key> = named.into_iter().filter(|key| key.algorithm() == algorithm).collect();
        if of.is_empty() { Err(TokenError::Algorithm) } else { Ok(of) }
    }
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow, default)]
    kid: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    typ: Option<Cow<'a, str>>,
    /// Extensions that must be understood (RFC 7515, 4.1.11); none is.
    #[serde(default)]
    crit: Option<serde::de::IgnoredAny>,
}

#[cfg(test)]
mod tests;
