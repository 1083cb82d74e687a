//! Ed25519 keys (RFC 8032) as tokens use them (RFC 8037), and as files hold them: PEM (RFC 7468, RFC 8410) and JSON Web
//! Keys (RFC 7517). Pure: texts in, texts out.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::TokenRules;

/// A signature has this many bytes.
pub(super) const SIGNATURE: usize = 64;

/// What stands before the 32 bytes of a private key in its PKCS #8 form (RFC 8410, 7).
const PRIVATE: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// What stands before the 32 bytes of a public key (RFC 8410, 4).
const PUBLIC: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

/// Why a text holds no key that can be used. The words repeat nothing of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No PEM of this kind.
    #[error("there is no `-----BEGIN {0}-----` with its end and base64 between them")]
    NotPem(&'static str),
    /// Another kind of key.
    #[error("it is no Ed25519 key; make one by the command `signing-key`, or by `openssl genpkey -algorithm ed25519`")]
    NotEd25519,
    /// No JSON Web Key.
    #[error("it is no JSON Web Key, and no set of them: {0}")]
    NotJwk(String),
    /// A private key where a public one belongs.
    #[error("it holds a private key (`d`): leave that where tokens are signed, and give the public one here")]
    Private,
    /// Nothing that can be used.
    #[error("it holds no key for EdDSA with Ed25519, which is all that is taken")]
    Nothing,
}

/// A key that signs tokens. Its `Debug` tells its name alone.
#[derive(Clone)]
pub struct SigningKey(Arc<Ed25519KeyPair>);

impl SigningKey {
    /// The key of 32 random bytes, and its PEM: what [`from_pem`](Self::from_pem) reads.
    #[must_use]
    pub fn from_entropy(entropy: &[u8; 32]) -> (Self, String) {
        let pair = Ed25519KeyPair::from_seed_unchecked(entropy).expect("every 32 bytes are a key");
        (Self(Arc::new(pair)), pem("PRIVATE KEY", &[&PRIVATE[..], entropy].concat()))
    }

    /// From PEM: `-----BEGIN PRIVATE KEY-----`, as OpenSSL writes it.
    ///
    /// # Errors
    /// Where there is none, or it is of another kind.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let bytes = unpem("PRIVATE KEY", text)?.into_iter().next().ok_or(KeyError::NotPem("PRIVATE KEY"))?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes).map_err(|_| KeyError::NotEd25519)?;
        Ok(Self(Arc::new(pair)))
    }

    /// What verifies its signatures.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(bytes)
    }

    pub(super) fn sign(&self, text: &[u8]) -> impl AsRef<[u8]> + use<> {
        self.0.sign(text)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public().thumbprint())
    }
}

/// A key that verifies tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Its name where none was given: the thumbprint of RFC 7638.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(self.0));
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
    }

    /// A set of JSON Web Keys with this one in it, to hand to those who verify.
    #[must_use]
    pub fn jwks(&self) -> String {
        let (x, kid) = (URL_SAFE_NO_PAD.encode(self.0), self.thumbprint());
        let key = Shown { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use_: "sig", kid, x };
        serde_json::to_string(&ShownSet { keys: [key] }).expect("texts always serialise")
    }

    /// As PEM: `-----BEGIN PUBLIC KEY-----`.
    #[must_use]
    pub fn pem(&self) -> String {
        pem("PUBLIC KEY", &[&PUBLIC[..], &self.0].concat())
    }

    pub(super) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(text, signature).is_ok()
    }
}

/// Public keys of somebody whose tokens are taken, and what is demanded of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKeys {
    pub(super) keys: Vec<(String, PublicKey)>,
    pub(super) rules: TokenRules,
}

impl TrustedKeys {
    /// From PEM, one key or several; each is named by its [thumbprint](PublicKey::thumbprint).
    ///
    /// # Errors
    /// Where there is none, or one is of another kind.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        if text.contains("PRIVATE KEY-----") {
            return Err(KeyError::Private);
        }
        let key = |bytes: Vec<u8>| {
            let key = bytes.strip_prefix(&PUBLIC[..]).and_then(|key| key.try_into().ok());
            key.map(PublicKey).ok_or(KeyError::NotEd25519)
        };
        let keys: Vec<PublicKey> = unpem("PUBLIC KEY", text)?.into_iter().map(key).collect::<Result<_, _>>()?;
        Self::of(keys.into_iter().map(|key| (key.thumbprint(), key)).collect())
    }

    /// From JSON Web Keys: a set, or a single one. Keys for other algorithms, and for other uses than signatures, are
    /// passed over: an issuer may have them as well.
    ///
    /// # Errors
    /// Where none is left, or one is private.
    pub fn from_jwks(text: &str) -> Result<Self, KeyError> {
        let not = |error: serde_json::Error| KeyError::NotJwk(format!("{:?} error", error.classify()));
        let keys = match serde_json::from_str::<Set>(text) {
            Ok(set) => set.keys,
            Err(_) => vec![serde_json::from_str::<Jwk>(text).map_err(not)?],
        };
        if keys.iter().any(|key| key.d.is_some()) {
            return Err(KeyError::Private);
        }
        Self::of(keys.iter().filter_map(Jwk::key).collect())
    }

    /// From either.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem) and [`from_jwks`](Self::from_jwks).
    pub fn read(text: &str) -> Result<Self, KeyError> {
        if text.trim_start().starts_with('{') { Self::from_jwks(text) } else { Self::from_pem(text) }
    }

    fn of(keys: Vec<(String, PublicKey)>) -> Result<Self, KeyError> {
        if keys.is_empty() { Err(KeyError::Nothing) } else { Ok(Self { keys, rules: TokenRules::default() }) }
    }

    /// What is demanded of their tokens: say at least the issuer.
    #[must_use]
    pub fn rules(mut self, rules: TokenRules) -> Self {
        self.rules = rules;
        self
    }

    /// The names of the keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(kid, _)| kid.as_str())
    }
}

#[derive(Serialize)]
struct ShownSet {
    keys: [Shown; 1],
}

#[derive(Serialize)]
struct Shown {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    #[serde(rename = "use")]
    use_: &'static str,
    kid: String,
    x: String,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    use_: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

impl Jwk {
    /// The key, if it is one that verifies tokens.
    fn key(&self) -> Option<(String, PublicKey)> {
        let says = |said: &Option<String>, wanted: &[&str]| said.as_deref().is_none_or(|said| wanted.contains(&said));
        let fits = self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519");
        if !fits || !says(&self.alg, &["EdDSA", "Ed25519"]) || !says(&self.use_, &["sig"]) {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(self.x.as_deref()?).ok()?;
        let key = PublicKey(bytes.try_into().ok()?);
        Some((self.kid.clone().unwrap_or_else(|| key.thumbprint()), key))
    }
}

fn pem(label: &str, bytes: &[u8]) -> String {
    // Keys are short: their base64 fits into one line.
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(bytes))
}

/// What stands between every pair of lines with a label; other lines are comments (RFC 7468, 2).
fn unpem(label: &'static str, text: &str) -> Result<Vec<Vec<u8>>, KeyError> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(&begin) {
        let (inside, next) = after.split_once(&end).ok_or(KeyError::NotPem(label))?;
        let inside: String = inside.split_ascii_whitespace().collect();
        found.push(STANDARD.decode(inside).map_err(|_| KeyError::NotPem(label))?);
        rest = next;
    }
    if found.is_empty() { Err(KeyError::NotPem(label)) } else { Ok(found) }
}

#[cfg(test)]
mod tests;
