//! Limits that stand beside the routes, over HTTP.

use mimsy::prelude::*;
use mimsy::test;
use mimsy::{HttpConfig, RouteLimits};
use mimsy_tests::cluster;
use serde_json::json;

#[entity]
#[policy(all = public)]
#[routes(list, get(rate = 2), create(body = 100), update(body = Self::PATCH, time = 60))]
pub(crate) struct Memo {
    pub id: Id<Self>,
    pub text: String,
}

impl Memo {
    const PATCH: u64 = 50;
}

mimsy::schema! { pub(crate) Memos: Memo }

async fn statuses(app: App, url: &str) -> [u16; 4] {
    let app = test::start_on(app, url).await;
    let text = |length: usize| json!({"text": "x".repeat(length)});
    let created = app.post("/api/memos", text(60)).send().await;
    assert_eq!(created.status(), 201);
    let path = created.header("location").unwrap().to_owned();
    let large = app.post("/api/memos", text(150)).send().await.status();
    let patched = app.patch(&path, text(60)).send().await.status();
    let mut reads = 0;
    // The callers of the test kit come from an address that is told.
    let caller = "192.0.2.1";
    while reads < 3 && app.get(&path).from(caller).send().await.status() == 200 {
        reads += 1;
    }
    let lists = app.get("/api/memos").from(caller).send().await.status();
    app.app().close().await;
    [large, patched, reads, lists]
}

#[test]
fn limits_of_the_routes_hold_until_the_configuration_says_otherwise() {
    for engine in cluster::engines() {
        let database = cluster::fresh(engine);
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            assert_eq!(statuses(App::new(Memos), &database.url).await, [413, 413, 2, 200]);
            let routes = vec![
                RouteLimits::of("memos").action("create").body(1000),
                RouteLimits::of("memos").action("get").rate(mimsy::Rate::per_minute(3)),
            ];
            let app = App::new(Memos).http(HttpConfig { routes, ..HttpConfig::default() });
            assert_eq!(statuses(app, &database.url).await, [201, 413, 3, 200]);
        });
    }
}
