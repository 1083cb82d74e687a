//! The vectors of RFC 8037, appendix A, and what is no key.

use super::*;
use crate::token::{Claims, TokenError, TokenRules, Tokens};

/// A.1, the private key as a JSON Web Key.
const PRIVATE_JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// A.2, the public key.
const PUBLIC_JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// A.3, its thumbprint.
const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

/// A.4, header and payload, and what they are signed with.
const SIGNED: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
const SIGNATURE_TEXT: &str = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

fn key() -> (SigningKey, String) {
    let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    SigningKey::from_entropy(&seed.try_into().unwrap())
}

#[test]
fn rfc_8037() {
    let (key, _) = key();
    let trusted = TrustedKeys::from_jwks(PUBLIC_JWK).unwrap();
    assert_eq!(trusted.keys, [(THUMBPRINT.to_owned(), key.public())]);
    assert_eq!(URL_SAFE_NO_PAD.encode(key.sign(SIGNED.as_bytes())), SIGNATURE_TEXT);
    let signature = URL_SAFE_NO_PAD.decode(SIGNATURE_TEXT).unwrap();
    assert!(key.public().verifies(SIGNED.as_bytes(), &signature));
    assert!(!key.public().verifies(&SIGNED.as_bytes()[1..], &signature));
    // A rightly signed text is no token for that alone.
    let token = format!("{SIGNED}.{SIGNATURE_TEXT}");
    let ring = Tokens::new(&[7; 32]).trusting(&trusted);
    assert_eq!(ring.verify(&token, &TokenRules::default(), 0), Err(TokenError::Malformed));
    assert_eq!(Tokens::new(&[7; 32]).verify(&token, &TokenRules::default(), 0), Err(TokenError::Algorithm));
}

#[test]
fn keys_of_openssl_are_read() {
    // openssl genpkey -algorithm ed25519; openssl pkey -pubout
    let private = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
                   -----END PRIVATE KEY-----\n";
    let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
                  -----END PUBLIC KEY-----\n";
    let (own, pem) = key();
    assert_eq!(pem, private);
    assert_eq!(own.public().pem(), public);
    assert_eq!(
        SigningKey::from_pem(&format!("a comment\r\n{}", private.replace('\n', "\r\n"))).unwrap().public(),
        own.public()
    );
    let two = TrustedKeys::from_pem(&format!("{public}{}", SigningKey::from_entropy(&[1; 32]).0.public().pem()));
    assert_eq!(two.unwrap().names().next(), Some(THUMBPRINT));
    assert_eq!(format!("{own:?}"), format!("SigningKey({THUMBPRINT})"), "and never more of it");
}

#[test]
fn a_minted_token_is_read_by_its_public_half() {
    let (key, _) = key();
    let claims = Claims { sub: "ada".to_owned(), exp: 10, iat: None, nbf: None, iss: None, aud: None };
    let token = Tokens::new(&[7; 32]).signed_by(key.clone()).mint(&claims);
    for trusted in [TrustedKeys::read(&key.public().jwks()), TrustedKeys::read(&key.public().pem())] {
        let theirs = Tokens::new(&[8; 32]).trusting(&trusted.unwrap());
        assert_eq!(theirs.verify(&token, &TokenRules::default(), 0), Ok(claims.clone()));
    }
}

#[test]
fn a_set_may_hold_keys_for_others() {
    let set = r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"r"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},
            {"kty":"OKP","crv":"X25519","x":"AA"},{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"short"},
            {"kty":"OKP","crv":"Ed25519","use":"enc","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            {"kty":"OKP","crv":"Ed25519","alg":"ES256","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            {"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"theirs","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    assert!(TrustedKeys::read(set).unwrap().names().eq(["theirs"]));
}

#[test]
fn what_is_no_key_is_told_without_repeating_it() {
    let rsa = "-----BEGIN PRIVATE KEY-----\nMIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAq7BFUpkGp3-hunter2\n-----END PRIVATE KEY-----\n";
    let other = pem("PRIVATE KEY", &[0x30, 3, 2, 1, 0]);
    for (text, expected) in [
        ("", KeyError::NotPem("PRIVATE KEY")),
        ("hunter2", KeyError::NotPem("PRIVATE KEY")),
        ("-----BEGIN PRIVATE KEY-----\nAAAA", KeyError::NotPem("PRIVATE KEY")),
        (rsa, KeyError::NotPem("PRIVATE KEY")),
        (&other, KeyError::NotEd25519),
        (&key().0.public().pem(), KeyError::NotPem("PRIVATE KEY")),
    ] {
        let error = SigningKey::from_pem(text).unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.to_string().contains("hunter2"));
    }
    let long = pem("PUBLIC KEY", &[&PUBLIC[..], &[0; 33]].concat());
    for (text, expected) in [
        ("", KeyError::NotPem("PUBLIC KEY")),
        (&key().1, KeyError::Private),
        (&long, KeyError::NotEd25519),
        (&pem("PUBLIC KEY", &[1, 2, 3]), KeyError::NotEd25519),
        (PRIVATE_JWK, KeyError::Private),
        (&format!(r#"{{"keys":[{PUBLIC_JWK},{PRIVATE_JWK}]}}"#), KeyError::Private),
        (r#"{"keys":[]}"#, KeyError::Nothing),
        (r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, KeyError::Nothing),
    ] {
        assert_eq!(TrustedKeys::read(text).unwrap_err(), expected, "{text}");
    }
    assert!(
        matches!(TrustedKeys::read(r#"{"a":"hunter2"}"#), Err(KeyError::NotJwk(words)) if !words.contains("hunter2"))
    );
}
