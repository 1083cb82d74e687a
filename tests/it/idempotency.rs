//! `Idempotency-Key`: a repeated request gets the answer of the first, and does nothing.

mod races;
mod refusals;
mod replays;
mod rights;

use mimsy::test::TestAnswer;
use mimsy_tests::shop::Shop;
use serde_json::Value as Json;

/// Send a request under a key.
async fn send(shop: &Shop, name: &str, method: &str, path: &str, key: &str, body: &Json) -> TestAnswer {
    shop.request(name, method, path).header("idempotency-key", key).json(body).send().await
}

async fn create(shop: &Shop, key: &str, body: &Json) -> TestAnswer {
    send(shop, "ada", "POST", "/api/invoices", key, body).await
}

/// How many invoices have a number.
async fn having(shop: &Shop, number: &Json) -> usize {
    shop.rows("ada", &format!("/api/invoices?filter[number]={}", number.as_str().unwrap())).await.len()
}

fn is_replay(answer: &TestAnswer) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

/// All that a caller gets, but for what belongs to the one request.
fn told(answer: &TestAnswer) -> (u16, Vec<u8>, Option<String>, Option<String>) {
    let header = |name| answer.header(name).map(str::to_owned);
    (answer.status(), answer.bytes().to_vec(), header("location"), header("etag"))
}
