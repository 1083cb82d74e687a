use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_800_000_000;

fn tokens() -> Tokens {
    Tokens::new(&[7; 32])
}

fn claims() -> Claims {
    Claims { sub: "ada".to_owned(), exp: NOW + 60, iat: Some(NOW), nbf: None, iss: None, aud: None }
}

/// A token with any header and payload, rightly signed.
fn signed(header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = tokens().mac.chain_update(signed.as_bytes()).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn the_short_cut_is_the_header() {
    assert_eq!(URL_SAFE_NO_PAD.encode(HEADER), HEADER_TEXT);
}

#[test]
fn a_minted_token_is_verified() {
    let token = tokens().mint(&claims());
    assert_eq!(tokens().verify(&token, &TokenRules::default(), NOW), Ok(claims()));
}

#[test]
fn a_token_of_another_key_is_refused() {
    let token = Tokens::new(&[8; 32]).mint(&claims());
    assert_eq!(tokens().verify(&token, &TokenRules::default(), NOW), Err(TokenError::Signature));
}

#[test]
fn headers() {
    let payload = format!(r#"{{"sub":"ada","exp":{}}}"#, NOW + 1);
    for (header, expected) in [
        (r#"{"typ":"JWT","alg":"HS256"}"#, None),
        (r#"{"alg":"HS256"}"#, None),
        (r#"{"alg":"HS256","typ":"jwt","kid":"1"}"#, None),
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

proptest! {
    #[test]
    fn a_changed_token_is_refused(at in 0usize..150, to in any::<char>()) {
        let token = tokens().mint(&claims());
        let changed: String =
            token.chars().enumerate().map(|(i, c)| if i == at % token.len() { to } else { c }).collect();
        prop_assume!(changed != token);
        prop_assert!(tokens().verify(&changed, &TokenRules::default(), NOW).is_err());
    }
}
