//! Functions of the program's on the way of a write.

mod after_commit;
mod before_store;
mod before_validate;

use mimsy::Who;
use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer, TestApp};
use mimsy_tests::cluster;
use serde_json::{Value as Json, json};

/// Whose books they are.
#[entity]
#[routes(list, create, delete)]
#[policy(all = public)]
pub(crate) struct Firm {
    pub id: Id<Self>,
    #[field(len = 1..=20)]
    pub name: String,
}

/// What hooks watch.
#[entity]
#[routes(list(sort(title)), get, create, update, upsert, delete, batch_create, batch_update, batch_delete)]
#[policy(all = public)]
#[derive(Debug)]
pub(crate) struct Bill {
    pub id: Id<Self>,
    #[field(len = 1..=20)]
    pub title: String,
    #[field(min = 0, max = 1000)]
    pub total: i64,
    #[field(len = ..=12)]
    pub code: Option<String>,
    #[field(default = false)]
    pub booked: bool,
    #[field(on_delete = cascade)]
    pub firm: Option<Ref<Firm>>,
    #[field(on_delete = set_null)]
    pub payer: Option<Ref<Firm>>,
}

#[routes]
impl Bill {
    /// Changes what was given, and answers what is wrong with it.
    #[before_validate]
    fn trimmed(_old: Option<&Bill>, new: &Bill) -> Result<Patch<Bill>, Violation> {
        assert_ne!(new.title, "MINE", "it panics");
        match new.title.trim() {
            "??" => Err(Violation::field("title", "QUESTION", "is no title")),
            title => Ok(Patch::<Bill>::default().title(title.to_owned())),
        }
    }

    /// Sets another field, by what the hook before left.
    #[before_validate(create, update)]
    fn coded(old: Option<&Bill>, new: &Bill, _who: &Who) -> Result<Patch<Bill>, &'static str> {
        assert!(old.is_none_or(|old| old.id == new.id), "the same row");
        let code = format!("{}-{}", new.title.to_uppercase(), new.total);
        Ok(Patch::<Bill>::default().code(Some(code)))
    }

    /// Looks at both rows, and answers a conflict.
    #[before_store(update, delete)]
    fn booked(old: Option<&Bill>, new: Option<&Bill>) -> Result<(), Error> {
        assert_ne!(new.map(|new| new.title.as_str()), Some("BOMB"), "it panics");
        match old.is_some_and(|old| old.booked) {
            true => Err(Error::conflict(Violation::new("BOOKED", "A booked bill stays as it is.").with("since", 7))),
            false => Ok(()),
        }
    }

    /// Answers what is wrong with the input.
    #[before_store(create)]
    fn dear(old: Option<&Self>, new: Option<&Self>) -> Result<(), Violation> {
        assert!(old.is_none(), "a new row was never an old one");
        let new = new.expect("a new row");
        assert_ne!(new.title, "BOMB", "it panics");
        match new.total {
            500.. => Err(Violation::field("total", "DEAR", "is more than one may spend")),
            _ => Ok(()),
        }
    }

    /// Looks at who does it, and answers in words.
    #[before_store]
    fn no_robots(_old: Option<&Bill>, new: Option<&Bill>, who: &Who) -> Result<(), &'static str> {
        let is_system = matches!(who, Who::System(_));
        if is_system && new.is_some_and(|new| new.title == "by hand") { Err("not by a robot") } else { Ok(()) }
    }

    /// No hook.
    fn titled(title: &str, total: i64) -> Draft<Bill> {
        Draft::<Bill> { title: title.to_owned(), total, code: None, booked: None, firm: None, payer: None }
    }
}

mimsy::schema! { pub(crate) Books: Firm, Bill }

/// Run a test on an empty application, on every database of this machine.
fn on_every_database(test: impl AsyncFn(&TestApp)) {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Books), &database.url).await;
            test(&app).await;
            app.app().close().await;
        });
    }
}

/// `409 CONFLICT /0 BOOKED`.
fn told(answer: &TestAnswer) -> String {
    let json = answer.json();
    let places = json["errors"].as_array().cloned().unwrap_or_default();
    let place =
        |one: &Json| format!(" {} {}", one["pointer"].as_str().unwrap_or("?"), one["code"].as_str().unwrap_or("?"));
    format!(
        "{} {}{}",
        answer.status(),
        json["code"].as_str().unwrap_or("?"),
        places.iter().map(place).collect::<String>()
    )
}

fn bill(title: &str, total: i64) -> Json {
    json!({"title": title, "total": total})
}

/// The titles of the bills that are there.
async fn titles(app: &TestApp) -> Vec<String> {
    let listed = app.get("/api/bills?sort=title").send().await.json();
    let rows = listed["data"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["title"].as_str().unwrap_or("?").to_owned()).collect()
}

/// Create a bill; answers its id.
async fn made(app: &TestApp, body: Json) -> String {
    let answer = app.post("/api/bills", body).send().await;
    assert_eq!(answer.status(), 201, "{}", answer.json());
    answer.json()["data"]["id"].as_str().expect("an id").to_owned()
}
