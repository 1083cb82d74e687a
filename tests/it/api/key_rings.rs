//! Keys that change: what was made with the old ones is taken for as long as they are kept; and keys of others.

use mimsy::{App, Secret, SigningKey, TokenRules, TrustedKeys};
use mimsy_runtime::token::{Claims, Tokens};
use mimsy_schema::{Timestamp, Value};
use mimsy_tests::cluster::{self, TestDatabase, engines};
use mimsy_tests::shop::{Shop, text};

const OLD: &[u8] = b"the old secret, of more than thirty-two bytes";
const NEW: &[u8] = b"the new secret, of more than thirty-two bytes";

fn on_every_engine(test: impl AsyncFn(TestDatabase)) {
    for engine in engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(test(cluster::fresh(engine)));
    }
}

fn with(secret: Secret) -> App {
    invoices::app().secret(secret)
}

async fn reopened(shop: Shop, app: App) -> Shop {
    shop.app.app().close().await;
    Shop::open(app, shop.database).await
}

async fn status(shop: &Shop, token: &str, path: &str) -> (u16, String) {
    let answer = shop.app.get(path).bearer(token).send().await;
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    (answer.status(), code)
}

#[test]
fn tokens_and_cursors_outlive_a_change_of_the_secret() {
    on_every_engine(async |database| {
        let old = Secret::new(OLD).unwrap();
        let shop = Shop::open(with(old.clone()), database).await;
        let token = shop.token("ada").to_owned();
        let page = shop.get("ada", "/api/invoices?limit=5&sort=number").await.json();
        let next = format!("/api/invoices?limit=5&sort=number&after={}", text(&page["page"]["next"]));
        let second = shop.get("ada", &next).await.json();

        let both = Secret::new(NEW).unwrap().with_previous(OLD).unwrap();
        let shop = reopened(shop, with(both)).await;
        assert_eq!(status(&shop, &token, &next).await.0, 200);
        assert_eq!(shop.get("ada", &next).await.json()["data"], second["data"], "by a new token, with an old cursor");
        let page = shop.get("ada", "/api/invoices?limit=5&sort=number").await.json();
        let newer = format!("/api/invoices?limit=5&sort=number&after={}", text(&page["page"]["next"]));
        assert_ne!(newer, next, "a new cursor is sealed with the new secret");
        let fresh = shop.token("ada").to_owned();

        let shop = reopened(shop, with(Secret::new(NEW).unwrap())).await;
        assert_eq!(status(&shop, &token, "/api/invoices").await, (401, "INVALID_TOKEN".to_owned()));
        assert_eq!(status(&shop, &fresh, &next).await, (400, "CURSOR_INVALID".to_owned()));
        assert_eq!(status(&shop, &fresh, &newer).await.0, 200, "what the new one made outlives the old one");

        let shop = reopened(shop, with(old)).await;
        assert_eq!(status(&shop, &fresh, "/api/invoices").await, (401, "INVALID_TOKEN".to_owned()));
        shop.app.app().close().await;
    });
}

#[test]
fn tokens_by_eddsa_are_those_of_a_key_of_its_own() {
    on_every_engine(async |database| {
        let plain = Shop::open(invoices::app(), database).await;
        let hs256 = plain.token("ada").to_owned();
        let (key, _) = SigningKey::from_entropy(&[7; 32]);
        let shop = reopened(plain, invoices::app().signing_key(key.clone())).await;
        let eddsa = shop.token("ada").to_owned();
        let parts: Vec<&str> = eddsa.split('.').collect();
        assert_eq!(parts[2].len(), 86, "64 bytes");
        assert_eq!(status(&shop, &eddsa, "/api/invoices").await.0, 200);
        assert_eq!(status(&shop, &hs256, "/api/invoices").await.0, 200, "those of before are taken still");

        // A new key, and the old one's public half for as long as its tokens are valid.
        let trusted = TrustedKeys::read(&key.public().pem()).unwrap();
        let (next, _) = SigningKey::from_entropy(&[8; 32]);
        let shop = reopened(shop, invoices::app().signing_key(next.clone()).trust(trusted)).await;
        assert_eq!(status(&shop, &eddsa, "/api/invoices").await.0, 200);
        assert_ne!(shop.token("ada").split('.').next(), eddsa.split('.').next());
        let shop = reopened(shop, invoices::app().signing_key(next)).await;
        assert_eq!(status(&shop, &eddsa, "/api/invoices").await, (401, "INVALID_TOKEN".to_owned()));
        shop.app.app().close().await;
    });
}

#[test]
fn tokens_of_another_issuer_are_taken_by_their_rules() {
    on_every_engine(async |database| {
        let (theirs, _) = SigningKey::from_entropy(&[9; 32]);
        let rules = TokenRules {
            issuer: Some("https://id.test".to_owned()),
            audience: Some("shop".to_owned()),
            ..TokenRules::default()
        };
        let keys = TrustedKeys::read(&theirs.public().jwks()).unwrap().rules(rules);
        let shop = Shop::open(invoices::app().trust(keys), database).await;
        let [Value::Uuid(ada)] = shop.app.app().find_login("ada@acme.test").await.unwrap()[..] else { panic!("a key") };
        let issuer = Tokens::new(&[0; 32]).signed_by(theirs);
        let ask = async |iss: Option<&str>, aud: Option<&str>, sub: &str| {
            let exp = Timestamp::now().as_seconds() + 60;
            let own = |text: Option<&str>| text.map(str::to_owned);
            let claims = Claims { sub: sub.to_owned(), exp, iat: None, nbf: None, iss: own(iss), aud: own(aud) };
            status(&shop, &issuer.mint(&claims), "/api/invoices").await.0
        };
        let ada = ada.to_string();
        assert_eq!(ask(Some("https://id.test"), Some("shop"), &ada).await, 200);
        assert_eq!(ask(Some("https://evil.test"), Some("shop"), &ada).await, 401);
        assert_eq!(ask(None, Some("shop"), &ada).await, 401);
        assert_eq!(ask(Some("https://id.test"), Some("other"), &ada).await, 401);
        assert_eq!(ask(Some("https://id.test"), None, &ada).await, 401);
        assert_eq!(ask(Some("https://id.test"), Some("shop"), "nobody").await, 401);
        let other = Tokens::new(&[0; 32]).signed_by(SigningKey::from_entropy(&[10; 32]).0);
        let exp = Timestamp::now().as_seconds() + 60;
        let claims = Claims { sub: ada, exp, iat: None, nbf: None, iss: None, aud: None };
        assert_eq!(status(&shop, &other.mint(&claims), "/api/invoices").await, (401, "INVALID_TOKEN".to_owned()));
        shop.app.app().close().await;
    });
}
