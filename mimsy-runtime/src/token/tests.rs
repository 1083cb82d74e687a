use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_800_000_000;

fn tokens() -> Tokens {
    Tokens::new(&[7; 32])
}

fn claims() -> Claims {
    Claims { sub: "ada".to_owned(), exp: NOW + 60, iat: Some(NOW), nbf: None, iss: None, aud: None }
}

/// A header as tokens had it before keys had names.
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// A token with any header and payload, rightly signed by HS256.
fn signed(header: &str, payload: &str) -> String {
    signed_with(&[7; 32], header, payload)
}

fn signed_with(key: &[u8], header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    let signature = mac.chain_update(signed.as_bytes()).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn pair(seed: u8) -> SigningKey {
    SigningKey::from_entropy(&[seed; 32]).0
}

/// A token with any header and payload, rightly signed by EdDSA.
fn signed_by(key: &SigningKey, header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn payload() -> String {
    format!(r#"{{"sub":"ada","exp":{}}}"#, NOW + 1)
}

fn verified(tokens: &Tokens, token: &str) -> Option<TokenError> {
    tokens.verify(token, &TokenRules::default(), NOW).err()
}

/// The header of a token, as JSON.
fn header_of(token: &str) -> serde_json::Value {
    let header = URL_SAFE_NO_PAD.decode(token.split_once('.').unwrap().0).unwrap();
    serde_json::from_slice(&header).unwrap()
}

#[test]
fn a_minted_token_is_verified() {
    let token = tokens().mint(&claims());
    assert_eq!(tokens().verify(&token, &TokenRules::default(), NOW), Ok(claims()));
}

#[test]
fn a_token_of_another_key_is_refused() {
    assert_eq!(verified(&tokens(), &Tokens::new(&[8; 32]).mint(&claims())), Some(TokenError::UnknownKey));
    assert_eq!(verified(&tokens(), &signed_with(&[8; 32], HEADER, &payload())), Some(TokenError::Signature));
}

#[test]
fn headers() {
    let payload = format!(r#"{{"sub":"ada","exp":{}}}"#, NOW + 1);
    for (header, expected) in [
        (r#"{"typ":"JWT","alg":"HS256"}"#, None),
        (r#"{"alg":"HS256"}"#, None),
        (r#"{"alg":"HS256","typ":"jwt","kid":"1"}"#, Some(TokenError::UnknownKey)),
        (r#"{"alg":"HS256","kid":""}"#, Some(TokenError::UnknownKey)),
        (r#"{"alg":"HS256","kid":7}"#, Some(TokenError::Malformed)),
        (r#"{"alg":"EdDSA"}"#, Some(TokenError::Algorithm)),
        (r#"{"alg":"none"}"#, Some(TokenError::Algorithm)),
        (r#"{"alg":"None"}"#, Some(TokenError::Algorithm)),
        (r#"{"alg":"hs256"}"#, Some(TokenError::Algorithm)),
        (r#"{"alg":"HS384"}"#, Some(TokenError::Algorithm)),
        (r#"{"alg":"RS256"}"#, Some(TokenError::Algorithm)),
        (r#"{"alg":"HS256","crit":["exp"]}"#, Some(TokenError::Malformed)),
        (r#"{"alg":"HS256","typ":"at+jwt"}"#, Some(TokenError::Malformed)),
        (r#"{"alg":"HS256","alg":"none"}"#, Some(TokenError::Malformed)),
        (r#"{"typ":"JWT"}"#, Some(TokenError::Malformed)),
        ("[]", Some(TokenError::Malformed)),
        ("", Some(TokenError::Malformed)),
    ] {
        let verified = tokens().verify(&signed(header, &payload), &TokenRules::default(), NOW);
        assert_eq!(verified.err(), expected, "{header}");
    }
}

#[test]
fn claims_and_rules() {
    let plain = TokenRules::default();
    let strict =
        TokenRules { issuer: Some("https://id.test".to_owned()), audience: Some("shop".to_owned()), leeway: 0 };
    let lenient = TokenRules { leeway: 30, ..TokenRules::default() };
    let boundless = TokenRules { leeway: 1_000_000, ..TokenRules::default() };
    for (rules, payload, expected) in [
        (&plain, r#"{"sub":"a","exp":1800000001}"#, None),
        (&plain, r#"{"sub":"a","exp":1800000001.5}"#, None),
        (&plain, r#"{"sub":"a","exp":1800000001,"other":{"x":[1]}}"#, None),
        (&plain, r#"{"sub":"a","exp":1800000000}"#, Some(TokenError::Expired)),
        (&plain, r#"{"sub":"a","exp":1799999999}"#, Some(TokenError::Expired)),
        (&lenient, r#"{"sub":"a","exp":1799999971}"#, None),
        (&lenient, r#"{"sub":"a","exp":1799999970}"#, Some(TokenError::Expired)),
        (&boundless, r#"{"sub":"a","exp":1799999940}"#, Some(TokenError::Expired)),
        (&plain, r#"{"sub":"a"}"#, Some(TokenError::NoExpiry)),
        (&plain, r#"{"sub":"a","exp":null}"#, Some(TokenError::NoExpiry)),
        (&plain, r#"{"sub":"a","exp":"1800000001"}"#, Some(TokenError::Malformed)),
        (&plain, r#"{"sub":"a","exp":1e300}"#, None),
        (&plain, r#"{"sub":"a","exp":1800000009,"nbf":1800000000}"#, None),
        (&plain, r#"{"sub":"a","exp":1800000009,"nbf":1800000001}"#, Some(TokenError::Early)),
        (&lenient, r#"{"sub":"a","exp":1800000009,"nbf":1800000030}"#, None),
        (&plain, r#"{"sub":"a","exp":1800000009,"iat":1800000001}"#, Some(TokenError::Early)),
        (&plain, r#"{"exp":1800000009}"#, Some(TokenError::NoSubject)),
        (&plain, r#"{"sub":"","exp":1800000009}"#, Some(TokenError::NoSubject)),
        (&plain, r#"{"sub":7,"exp":1800000009}"#, Some(TokenError::Malformed)),
        (&strict, r#"{"sub":"a","exp":1800000009,"iss":"https://id.test","aud":"shop"}"#, None),
        (&strict, r#"{"sub":"a","exp":1800000009,"iss":"https://id.test","aud":["x","shop"]}"#, None),
        (&strict, r#"{"sub":"a","exp":1800000009,"iss":"https://id.test","aud":["x"]}"#, Some(TokenError::Audience)),
        (&strict, r#"{"sub":"a","exp":1800000009,"iss":"https://id.test"}"#, Some(TokenError::Audience)),
        (&strict, r#"{"sub":"a","exp":1800000009,"iss":"https://evil.test","aud":"shop"}"#, Some(TokenError::Issuer)),
        (&strict, r#"{"sub":"a","exp":1800000009,"aud":"shop"}"#, Some(TokenError::Issuer)),
    ] {
        assert_eq!(tokens().verify(&signed(HEADER, payload), rules, NOW).err(), expected, "{payload}");
    }
}

#[test]
fn what_is_no_token_is_refused() {
    let good = tokens().mint(&claims());
    let unsigned = good.rsplit_once('.').unwrap().0;
    for text in ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", unsigned, &format!("{unsigned}."), &"x".repeat(5000)] {
        assert!(tokens().verify(text, &TokenRules::default(), NOW).is_err(), "{text}");
    }
}

#[test]
fn a_token_names_its_key() {
    let token = tokens().mint(&claims());
    let header = header_of(&token);
    assert_eq!((&header["alg"], &header["typ"]), (&"HS256".into(), &"JWT".into()));
    assert_ne!(header["kid"], header_of(&Tokens::new(&[8; 32]).mint(&claims()))["kid"]);
    let eddsa = tokens().signed_by(pair(1)).mint(&claims());
    let header = header_of(&eddsa);
    assert_eq!((&header["alg"], &header["kid"]), (&"EdDSA".into(), &pair(1).public().thumbprint().into()));
}

#[test]
fn a_new_secret_takes_the_tokens_of_the_old_one() {
    let (old, new) = (tokens(), Tokens::new(&[8; 32]).with_previous(&[9; 32]).with_previous(&[7; 32]));
    assert_eq!(verified(&new, &old.mint(&claims())), None);
    assert_eq!(verified(&new, &signed(HEADER, &payload())), None, "also those that name no key");
    assert_eq!(
        verified(&old, &new.mint(&claims())),
        Some(TokenError::UnknownKey),
        "new ones are signed by the new one"
    );
    assert_eq!(verified(&Tokens::new(&[8; 32]), &old.mint(&claims())), Some(TokenError::UnknownKey));
}

#[test]
fn a_ring_of_all_kinds_takes_each() {
    let theirs = TokenRules { issuer: Some("https://id.test".to_owned()), ..TokenRules::default() };
    let jwks = |seed: u8| TrustedKeys::from_jwks(&pair(seed).public().jwks()).unwrap();
    let ring = tokens().signed_by(pair(1)).trusting(&jwks(2).rules(theirs)).trusting(&jwks(3));
    assert_eq!(verified(&ring, &tokens().mint(&claims())), None);
    assert_eq!(verified(&ring, &ring.mint(&claims())), None);
    let outer = |seed: u8, claims: &Claims| Tokens::new(&[0; 32]).signed_by(pair(seed)).mint(claims);
    assert_eq!(verified(&ring, &outer(3, &claims())), None);
    assert_eq!(verified(&ring, &outer(4, &claims())), Some(TokenError::UnknownKey));
    // Each key brings its own rules.
    assert_eq!(verified(&ring, &outer(2, &claims())), Some(TokenError::Issuer));
    let from = |issuer: &str| Claims { iss: Some(issuer.to_owned()), ..claims() };
    assert_eq!(verified(&ring, &outer(2, &from("https://id.test"))), None);
    assert_eq!(verified(&ring, &outer(2, &from("https://evil.test"))), Some(TokenError::Issuer));
    let ours = TokenRules { issuer: Some("https://shop.test".to_owned()), ..TokenRules::default() };
    let verify = |token: &str| ring.verify(token, &ours, NOW).err();
    assert_eq!(verify(&outer(2, &from("https://id.test"))), None);
    assert_eq!(verify(&ring.mint(&from("https://id.test"))), Some(TokenError::Issuer));
    assert_eq!(verify(&outer(2, &from("https://shop.test"))), Some(TokenError::Issuer), "nobody speaks for us");
}

/// A public key is no secret, and a header does not choose how it is read.
#[test]
fn no_key_is_taken_for_another() {
    let (key, kid) = (pair(1), pair(1).public().thumbprint());
    let ring = tokens().signed_by(key.clone());
    let hs256_kid = header_of(&tokens().mint(&claims()))["kid"].as_str().unwrap().to_owned();
    let header = |alg: &str, kid: &str| format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#);
    let jwks = key.public().jwks();
    let x = serde_json::from_str::<serde_json::Value>(&jwks).unwrap()["keys"][0]["x"].as_str().unwrap().to_owned();
    let bytes = URL_SAFE_NO_PAD.decode(&x).unwrap();
    // The classic: the public key, in every form that is public, used as the secret of HS256.
    for secret in [bytes.as_slice(), x.as_bytes(), jwks.as_bytes(), key.public().pem().as_bytes()] {
        for header in [header("HS256", &kid), header("HS256", &hs256_kid), HEADER.to_owned(), header("EdDSA", &kid)] {
            assert!(verified(&ring, &signed_with(secret, &header, &payload())).is_some(), "{header}");
        }
    }
    assert_eq!(verified(&ring, &signed(&header("HS256", &kid), &payload())), Some(TokenError::Algorithm));
    assert_eq!(
        verified(&ring, &signed_by(&key, &header("EdDSA", &hs256_kid), &payload())),
        Some(TokenError::Algorithm)
    );
    for alg in ["none", "None", "", "ES256", "RS256", "ed25519", "eddsa", "EdDSA ", "HS512"] {
        let bare = format!("{}.{}.", URL_SAFE_NO_PAD.encode(header(alg, &kid)), URL_SAFE_NO_PAD.encode(payload()));
        assert_eq!(verified(&ring, &bare), Some(TokenError::Algorithm), "{alg}");
        let signed = signed_by(&key, &header(alg, &kid), &payload());
        assert_eq!(verified(&ring, &signed), Some(TokenError::Algorithm), "{alg}");
    }
    assert_eq!(verified(&ring, &signed_by(&key, &header("Ed25519", &kid), &payload())), None, "RFC 9864's name");
    // A key that the token brings along is not looked at.
    let evil = pair(9);
    let own = format!(r#"{{"alg":"EdDSA","kid":"{kid}","jwk":{}}}"#, evil.public().jwks());
    assert_eq!(verified(&ring, &signed_by(&evil, &own, &payload())), Some(TokenError::Signature));
}

#[test]
fn one_key_needs_no_name_and_several_do() {
    let nameless = |seed: u8| signed_by(&pair(seed), r#"{"alg":"EdDSA"}"#, &payload());
    let one = tokens().signed_by(pair(1));
    assert_eq!(verified(&one, &nameless(1)), None);
    assert_eq!(verified(&one, &nameless(2)), Some(TokenError::Signature));
    let two = one.trusting(&TrustedKeys::from_jwks(&pair(2).public().jwks()).unwrap());
    assert_eq!(verified(&two, &nameless(1)), Some(TokenError::NoKey));
    assert_eq!(verified(&tokens(), &nameless(1)), Some(TokenError::Algorithm));
}

#[test]
fn two_issuers_may_use_one_name() {
    let jwks = |seed: u8| {
        let text = pair(seed).public().jwks().replace(&pair(seed).public().thumbprint(), "key-1");
        TrustedKeys::from_jwks(&text).unwrap()
    };
    let ring = tokens().trusting(&jwks(1)).trusting(&jwks(2));
    for (typ, seed) in [("", 1), ("", 2), (r#","typ":"JWT""#, 1), (r#","typ":"JWT""#, 2)] {
        let token = signed_by(&pair(seed), &format!(r#"{{"alg":"EdDSA","kid":"key-1"{typ}}}"#), &payload());
        assert_eq!(verified(&ring, &token), None, "{seed}{typ}");
    }
    let token = signed_by(&pair(3), r#"{"alg":"EdDSA","kid":"key-1"}"#, &payload());
    assert_eq!(verified(&ring, &token), Some(TokenError::Signature));
}

proptest! {
    #[test]
    fn a_changed_token_of_eddsa_is_refused(at in 0usize..300, to in any::<char>()) {
        let ring = tokens().signed_by(pair(1));
        let token = ring.mint(&claims());
        let changed: String =
            token.chars().enumerate().map(|(i, c)| if i == at % token.len() { to } else { c }).collect();
        prop_assume!(changed != token);
        prop_assert!(verified(&ring, &changed).is_some());
    }

    #[test]
    fn any_text_is_no_token(text: String) {
        prop_assert!(verified(&tokens().signed_by(pair(1)), &text).is_some());
    }

    #[test]
    fn a_changed_token_is_refused(at in 0usize..150, to in any::<char>()) {
        let token = tokens().mint(&claims());
        let changed: String =
            token.chars().enumerate().map(|(i, c)| if i == at % token.len() { to } else { c }).collect();
        prop_assume!(changed != token);
        prop_assert!(tokens().verify(&changed, &TokenRules::default(), NOW).is_err());
    }
}
