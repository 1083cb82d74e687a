//! Tokens: who holds a good one is its actor; everything else is refused, before anything else is looked at.

use mimsy_runtime::secret::Secret;
use mimsy_runtime::token::{Claims, Tokens};
use mimsy_schema::Timestamp;
use mimsy_tests::shop::{Shop, on_every_database};

/// A token of Ada's with something changed.
async fn token(shop: &Shop, change: impl FnOnce(&mut Claims)) -> String {
    let ada = shop.app.app().find_login("ada@acme.test").await.unwrap();
    let [mimsy_schema::Value::Uuid(id)] = ada[..] else { panic!("a key") };
    let now = Timestamp::now().as_seconds();
    let mut claims = Claims { sub: id.to_string(), exp: now + 60, iat: Some(now), nbf: None, iss: None, aud: None };
    change(&mut claims);
    Tokens::new(Secret::development().token_key()).mint(&claims)
}

async fn status(shop: &Shop, token: &str) -> (u16, String) {
    let answer = shop.app.get("/api/invoices?limit=1").bearer(token).send().await;
    let json = answer.json();
    (answer.status(), json["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn only_a_good_token_is_an_actor() {
    on_every_database(async |shop| {
        let refused = (401, "INVALID_TOKEN".to_owned());
        let now = Timestamp::now().as_seconds();
        assert_eq!(status(shop, &token(shop, |_| {}).await).await.0, 200);
        assert_eq!(status(shop, &token(shop, |one| one.exp = now - 120).await).await, refused, "expired");
        assert_eq!(status(shop, &token(shop, |one| one.nbf = Some(now + 120)).await).await, refused, "not yet");
        assert_eq!(status(shop, &token(shop, |one| one.iat = Some(now + 3600)).await).await, refused, "of tomorrow");
        assert_eq!(status(shop, &token(shop, |one| one.sub = "x".into()).await).await, refused, "no key");
        let ghost = uuid::Uuid::now_v7().to_string();
        assert_eq!(status(shop, &token(shop, |one| one.sub = ghost).await).await, refused, "no such actor");
        let good = token(shop, |_| {}).await;
        let parts: Vec<&str> = good.split('.').collect();
        // {"alg":"none"} and {"alg":"RS256"}, in base64url.
        for (header, signature) in
            [("eyJhbGciOiJub25lIn0", ""), ("eyJhbGciOiJSUzI1NiJ9", parts[2]), ("eyJhbGciOiJub25lIn0", parts[2])]
        {
            assert_eq!(status(shop, &format!("{header}.{}.{signature}", parts[1])).await, refused, "another algorithm");
        }
        assert_eq!(status(shop, &format!("{}.{}.", parts[0], parts[1])).await, refused, "unsigned");
        assert_eq!(status(shop, &format!("{}.{}", parts[0], parts[1])).await, refused, "cut");
        assert_eq!(status(shop, "nonsense").await, refused);
        let other = Secret::new(b"another secret, of thirty-two bytes or more").unwrap();
        let forged = Tokens::new(other.token_key());
        let claims = Claims { sub: "x".into(), exp: now + 60, iat: None, nbf: None, iss: None, aud: None };
        assert_eq!(status(shop, &forged.mint(&claims)).await, refused, "another key");
    });
}

#[test]
fn a_bad_token_comes_before_everything_and_no_token_is_nobody() {
    on_every_database(async |shop| {
        for path in ["/api/invoices", "/api/nothing", "/api/invoices/x?limit=0"] {
            let answer = shop.app.get(path).bearer("nonsense").send().await;
            assert_eq!(answer.status(), 401, "{path}");
            assert!(answer.header("www-authenticate").is_some());
        }
        assert_eq!(shop.get("nobody", "/api/invoices").await.status(), 401, "no rule could hold for nobody");
        assert_eq!(shop.get("nobody", "/api/nothing").await.status(), 404);
    });
}
