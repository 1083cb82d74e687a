//! What values and rows must obey, beyond their types: rules, functions of the program's, and those of other crates.

mod checks;
mod foreign;
mod rules;

use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer, TestApp};
use mimsy_tests::cluster;
use serde_json::Value as Json;

/// Run a test on an empty application, on every database of this machine.
fn on_every_database(app: impl Fn() -> App, test: impl AsyncFn(&TestApp)) {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(app(), &database.url).await;
            test(&app).await;
            app.app().close().await;
        });
    }
}

/// The `errors` of a refusal for its values, which it has to be: `/total MIN {"min":1}`.
fn refused(answer: &TestAnswer) -> Vec<String> {
    let json = answer.json();
    assert_eq!(answer.status(), 422, "{json}");
    let errors = json["errors"].as_array().cloned().unwrap_or_default();
    let told = |one: &Json| {
        let params = one.get("params").map(|params| format!(" {params}")).unwrap_or_default();
        format!("{} {}{params}", one["pointer"].as_str().unwrap_or("?"), one["code"].as_str().unwrap_or("?"))
    };
    errors.iter().map(told).collect()
}
