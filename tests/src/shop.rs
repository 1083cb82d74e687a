//! The invoices example on a fresh database with its demo data, and its people.

use std::collections::HashMap;

use mimsy::test::{self, TestAnswer, TestApp, TestRequest};
use mimsy_runtime::app::App;
use serde_json::{Value as Json, json};

use crate::cluster::{self, TestDatabase};

/// The people of the demo data; Eve is of the other organisation.
pub const PEOPLE: [&str; 4] = ["ada@acme.test", "vic@acme.test", "root@acme.test", "eve@globex.test"];

/// The invoices example under test.
pub struct Shop {
    /// The application.
    pub app: TestApp,
    /// Its database.
    pub database: TestDatabase,
    tokens: HashMap<&'static str, String>,
}

/// Run a test on a fresh shop on every database of this machine.
///
/// # Panics
/// When the test does.
pub fn on_every_database(test: impl AsyncFn(&Shop)) {
    on_every_database_with(invoices::app, test);
}

/// The same for a shop with something changed.
///
/// # Panics
/// When the test does.
pub fn on_every_database_with(app: impl Fn() -> App, test: impl AsyncFn(&Shop)) {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let shop = Shop::open(app(), cluster::fresh(engine)).await;
            test(&shop).await;
            shop.app.app().close().await;
        });
    }
}

impl Shop {
    /// Open it on a database.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn open(app: App, database: TestDatabase) -> Self {
        let app = test::start_on(app, &database.url).await;
        let mut tokens = HashMap::new();
        for login in PEOPLE {
            tokens.insert(login, app.token(login).await);
        }
        Self { app, database, tokens }
    }

    /// The token of one of the [`PEOPLE`], by the part of the login before the `@`.
    ///
    /// # Panics
    /// When there is nobody of that name.
    #[must_use]
    pub fn token(&self, name: &str) -> &str {
        let found = self.tokens.iter().find(|(login, _)| login.split('@').next() == Some(name));
        found.map(|(_, token)| token.as_str()).unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    fn signed<'a>(&'a self, name: &str, request: TestRequest<'a>) -> TestRequest<'a> {
        if name == "nobody" { request } else { request.bearer(self.token(name)) }
    }

    /// `GET` as somebody.
    pub async fn get(&self, name: &str, path: &str) -> TestAnswer {
        self.signed(name, self.app.get(path)).send().await
    }

    /// `POST` as somebody.
    pub async fn post(&self, name: &str, path: &str, body: Json) -> TestAnswer {
        self.signed(name, self.app.post(path, body)).send().await
    }

    /// `PATCH` as somebody.
    pub async fn patch(&self, name: &str, path: &str, body: Json) -> TestAnswer {
        self.signed(name, self.app.patch(path, body)).send().await
    }

    /// `DELETE` as somebody.
    pub async fn delete(&self, name: &str, path: &str) -> TestAnswer {
        self.signed(name, self.app.delete(path)).send().await
    }

    /// Any request as somebody.
    pub fn request<'a>(&'a self, name: &str, method: &str, path: &str) -> TestRequest<'a> {
        let method = method.parse().unwrap_or_else(|error| panic!("{method}: {error}"));
        self.signed(name, self.app.request(method, path))
    }

    /// The rows of a list, which has to succeed.
    ///
    /// # Panics
    /// When it does not.
    pub async fn rows(&self, name: &str, path: &str) -> Vec<Json> {
        let answer = self.get(name, path).await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.json());
        answer.json()["data"].as_array().cloned().unwrap_or_default()
    }

    /// The first row of a list.
    ///
    /// # Panics
    /// When there is none.
    pub async fn first(&self, name: &str, path: &str) -> Json {
        self.rows(name, path).await.into_iter().next().unwrap_or_else(|| panic!("{path} is empty"))
    }

    /// The id of the first row of a list.
    ///
    /// # Panics
    /// When there is none.
    pub async fn id(&self, name: &str, path: &str) -> String {
        text(&self.first(name, path).await["id"])
    }

    /// A valid body of a new invoice of Acme's.
    pub async fn invoice(&self, number: u32) -> Json {
        let customer = self.id("ada", "/api/customers?limit=1").await;
        json!({"number": format!("INV-{number:06}"), "customer": customer, "total": "10.00"})
    }
}

/// A JSON string as text.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn text(json: &Json) -> String {
    json.as_str().unwrap_or_else(|| panic!("{json} is no text")).to_owned()
}

/// The codes of a problem's `errors`, each with its place: `/total SCALE`, `filter[x] UNKNOWN_FIELD`.
#[must_use]
pub fn errors(answer: &TestAnswer) -> Vec<String> {
    let json = answer.json();
    let errors = json["errors"].as_array().cloned().unwrap_or_default();
    let place = |one: &Json| one["pointer"].as_str().or(one["parameter"].as_str()).unwrap_or("?").to_owned();
    errors.iter().map(|one| format!("{} {}", place(one), one["code"].as_str().unwrap_or("?"))).collect()
}
