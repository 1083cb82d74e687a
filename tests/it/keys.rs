//! API keys: they act for an actor, narrowed down, over every door; and end when they should.

mod doors;
mod lifecycle;
mod management;

use invoices::user::User;
use mimsy::NewKey;
use mimsy_tests::shop::Shop;

async fn user(shop: &Shop, login: &str) -> User {
    let system = shop.app.app().system("a test");
    system.list::<User>().eq("email", login.to_owned()).page().await.unwrap().rows.remove(0)
}

/// A key for somebody, by the part of the login before the `@`.
pub(crate) async fn key(shop: &Shop, name: &str, actions: &[&str]) -> String {
    let login = mimsy_tests::shop::PEOPLE.iter().find(|login| login.split('@').next() == Some(name)).unwrap();
    let actor = user(shop, login).await;
    let new = actions.iter().fold(NewKey::new("a test"), |new, action| new.allow(*action));
    let (_, key) = shop.app.app().keys().create(&actor, new).await.unwrap();
    key.reveal().to_owned()
}

async fn status(shop: &Shop, key: &str) -> u16 {
    shop.app.get("/api/invoices?limit=1").bearer(key).send().await.status()
}
