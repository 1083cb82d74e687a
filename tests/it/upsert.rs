//! `PUT`: a row under a key of the caller's choice, created or replaced.

mod keys;
mod refusals;

use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer, TestApp};
use mimsy_tests::cluster::{self, TestDatabase};
use mimsy_tests::shop::{errors, text};
use serde_json::{Value as Json, json};

/// A tenant.
#[entity(tenant = id)]
#[policy(actor = Clerk, read = authenticated)]
pub(crate) struct Firm {
    pub id: Id<Self>,
    pub name: String,
}

/// The actor.
#[entity(tenant = firm)]
#[policy(actor = Clerk, read = authenticated)]
pub(crate) struct Clerk {
    pub id: Id<Self>,
    pub firm: Ref<Firm>,
    #[field(login)]
    pub login: String,
    #[field(role)]
    pub rank: Rank,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum Rank {
    Junior,
    Senior,
}

/// Named by a UUID; can be put, and nothing else be done to it.
#[entity(tenant = firm)]
#[routes(list(filter(title)), get, upsert)]
#[derive(Debug)]
pub(crate) struct Note {
    pub id: Id<Self>,
    pub firm: Ref<Firm>,
    #[field(len = 1..=20, unique(within = firm))]
    pub title: String,
    #[field(default = 1)]
    pub rank: i64,
    pub memo: Option<String>,
    pub above: Option<Ref<Note>>,
    #[field(default = false)]
    pub hidden: bool,
    #[field(default = false)]
    pub locked: bool,
    #[field(created)]
    pub created_at: Timestamp,
    #[field(updated)]
    pub touched_at: Timestamp,
}

#[policy(actor = Clerk)]
impl Note {
    /// Clerks see what is not hidden.
    #[can(read)]
    fn shown(clerk: &Clerk, note: &Note) -> bool {
        note.firm == clerk.firm && !note.hidden
    }

    /// Seniors put notes.
    #[can(upsert)]
    fn seniors(clerk: &Clerk, _note: &Note) -> bool {
        clerk.rank == Rank::Senior
    }

    /// What is locked stays.
    #[cannot(upsert)]
    fn locked(_clerk: &Clerk, old: &Note, _new: &Note) -> bool {
        old.locked
    }

    /// Ranks go up to ten.
    #[cannot(upsert)]
    fn too_high(note: &Note) -> bool {
        note.rank > 10
    }

    /// Nobody creates or updates, and no upsert asks.
    #[cannot(create, update)]
    fn never(_note: &Note) -> bool {
        true
    }
}

/// Named by a number in its firm.
#[entity(key(firm, number), tenant = firm)]
#[routes(list, get, upsert)]
#[policy(actor = Clerk, read = authenticated, upsert = authenticated)]
#[derive(Debug)]
pub(crate) struct Bill {
    pub firm: Ref<Firm>,
    pub number: String,
    pub total: i64,
}

/// Named by a text that everybody may guess, since everybody may read it.
#[entity]
#[routes(list, get, upsert)]
#[policy(actor = Clerk, read = public, upsert = authenticated)]
pub(crate) struct Tag {
    #[field(id)]
    pub name: String,
    pub colour: Option<String>,
}

mimsy::schema! { pub(crate) Desk: Firm, Clerk, Note, Bill, Tag }

/// Two firms: Ann (senior) and Jim (junior) of one, Eve (senior) of the other.
struct Fixture {
    app: TestApp,
    firms: [Id<Firm>; 2],
    _database: TestDatabase,
}

fn on_every_database(test: impl AsyncFn(&Fixture)) {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Desk), &database.url).await;
            let system = app.app().system("a test");
            let firm =
                async |name: &str| system.create::<Firm>(Draft::<Firm> { name: name.to_owned() }).await.unwrap().key;
            let firms = [firm("one").await, firm("two").await];
            for (login, firm, rank) in [("ann", 0, Rank::Senior), ("jim", 0, Rank::Junior), ("eve", 1, Rank::Senior)] {
                let firm = Some(firms[firm].into());
                system.create::<Clerk>(Draft::<Clerk> { firm, login: login.to_owned(), rank }).await.unwrap();
            }
            let fixture = Fixture { app, firms, _database: database };
            test(&fixture).await;
            fixture.app.app().close().await;
        });
    }
}

impl Fixture {
    async fn put(&self, login: &str, path: &str, headers: &[(&str, &str)], body: &Json) -> TestAnswer {
        let token = self.app.token(login).await;
        let request = self.app.request("PUT".parse().unwrap(), path).bearer(&token).header("x-request-id", "same");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        request.json(body).send().await
    }

    async fn get(&self, login: &str, path: &str) -> TestAnswer {
        let token = self.app.token(login).await;
        self.app.get(path).bearer(&token).header("x-request-id", "same").send().await
    }
}

fn place() -> String {
    format!("/api/notes/{}", uuid::Uuid::now_v7())
}

#[test]
fn a_row_is_created_and_then_replaced_as_a_whole() {
    on_every_database(async |desk| {
        let path = place();
        let first = desk.put("ann", &path, &[], &json!({"title": "a", "rank": 5, "memo": "m"})).await;
        assert_eq!((first.status(), first.header("location")), (201, Some(path.as_str())), "{}", first.json());
        let row = first.json()["data"].clone();
        assert_eq!(format!("/api/notes/{}", text(&row["id"])), path);
        assert_eq!(row["firm"], json!(desk.firms[0].to_string()));

        let second = desk.put("ann", &path, &[], &json!({"title": "b"})).await;
        assert_eq!((second.status(), second.header("location")), (200, None), "{}", second.json());
        let replaced = second.json()["data"].clone();
        assert_eq!([&replaced["title"], &replaced["rank"], &replaced["memo"]], [&json!("b"), &json!(1), &json!(null)]);
        assert_eq!(
            [&replaced["created_at"], &replaced["id"], &replaced["firm"]],
            [&row["created_at"], &row["id"], &row["firm"]]
        );
        assert_ne!(replaced["touched_at"], row["touched_at"]);
        let tag = second.header("etag").unwrap().to_owned();
        assert!(tag.starts_with("\"2-"), "{tag}");
        let third = desk.put("ann", &path, &[], &json!({"title": "b"})).await;
        assert_eq!((third.status(), third.header("etag")), (200, Some(tag.as_str())), "nothing changed");
        assert_eq!(desk.get("ann", &path).await.json(), third.json());

        let minimal = desk.put("ann", &path, &[("prefer", "return=minimal")], &json!({"title": "c"})).await;
        assert_eq!((minimal.status(), minimal.bytes().len()), (204, 0));
        let unread = desk.put("ann", &place(), &[], &json!({"title": "h", "hidden": true})).await;
        assert_eq!(unread.status(), 201);
        assert_eq!(unread.json()["data"].as_object().unwrap().len(), 1, "its creator may not read it");
        let hidden = desk.put("ann", &path, &[], &json!({"title": "c", "hidden": true})).await;
        assert_eq!(hidden.status(), 403, "out of sight");
    });
}

#[test]
fn preconditions_hold() {
    on_every_database(async |desk| {
        let path = place();
        let body = |title: &str| json!({"title": title});
        for (name, value) in [("if-match", "*"), ("if-match", "\"1\"")] {
            let missing = desk.put("ann", &path, &[(name, value)], &body("a")).await;
            assert_eq!((missing.status(), missing.json()["code"].clone()), (412, json!("VERSION_MISMATCH")));
        }
        let created = desk.put("ann", &path, &[("if-none-match", "*")], &body("a")).await;
        assert_eq!(created.status(), 201);
        let again = desk.put("ann", &path, &[("if-none-match", "*")], &body("b")).await;
        assert_eq!((again.status(), again.json()["code"].clone()), (412, json!("ROW_EXISTS")));
        let tag = created.header("etag").unwrap().to_owned();
        assert_eq!(desk.put("ann", &path, &[("if-match", &tag)], &body("b")).await.status(), 200);
        let stale = desk.put("ann", &path, &[("if-match", &tag)], &body("c")).await;
        assert_eq!((stale.status(), stale.json()["version"].clone()), (412, json!(2)));
        assert_eq!(desk.put("ann", &path, &[("if-match", "*")], &body("c")).await.status(), 200);
        for headers in [
            &[("if-none-match", "\"1\"")][..],
            &[("if-none-match", "*"), ("if-match", "*")],
            &[("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT")],
        ] {
            assert_eq!(desk.put("ann", &path, headers, &body("d")).await.status(), 400, "{headers:?}");
        }
    });
}

#[test]
fn a_repeated_request_is_put_once() {
    on_every_database(async |desk| {
        let path = place();
        let first = desk.put("ann", &path, &[("idempotency-key", "k")], &json!({"title": "a"})).await;
        let again = desk.put("ann", &path, &[("idempotency-key", "k")], &json!({"title": "a"})).await;
        assert_eq!((first.status(), again.status()), (201, 201), "as it was answered then");
        assert_eq!((again.bytes(), again.header("idempotency-replayed")), (first.bytes(), Some("true")));
        let other = [("idempotency-key", "k"), ("if-none-match", "*")];
        assert_eq!(desk.put("ann", &path, &other, &json!({"title": "a"})).await.status(), 422, "another request");
    });
}

#[test]
fn of_two_at_once_one_creates_and_one_replaces() {
    on_every_database(async |desk| {
        let (path, token) = (place(), desk.app.token("ann").await);
        let put = async |title: &str| {
            let request = desk.app.request("PUT".parse().unwrap(), &path).bearer(&token);
            request.json(&json!({"title": title})).send().await.status()
        };
        let titles: Vec<String> = (0..12).map(|n| format!("t{n}")).collect();
        let mut statuses = futures_util::future::join_all(titles.iter().map(|title| put(title))).await;
        statuses.sort_unstable();
        assert_eq!((statuses[11], &statuses[..11]), (201, &[200; 11][..]));
    });
}

#[test]
fn the_rust_api_puts_rows() {
    on_every_database(async |desk| {
        let app = desk.app.app();
        let clerks = app.system("a test").list::<Clerk>().sort("login").page().await.unwrap().rows;
        let (ann, jim) = (app.as_actor(&clerks[0]), app.as_actor(&clerks[2]));
        let draft = |title: &str| Draft::<Note> {
            firm: None,
            title: title.to_owned(),
            rank: None,
            memo: None,
            above: None,
            hidden: None,
            locked: None,
        };
        let key = Id::<Note>::new();
        let put = ann.upsert::<Note>(key, draft("a")).await.unwrap();
        assert!(put.created && put.key == key && put.row.unwrap().title == "a");
        let put = ann.upsert::<Note>(key, draft("b")).await.unwrap();
        assert!(!put.created && put.row.unwrap().title == "b");
        assert_eq!(jim.upsert::<Note>(key, draft("c")).await.unwrap_err().kind(), ErrorKind::Forbidden);
        let bill = |number: &str| Draft::<Bill> { firm: None, number: number.to_owned(), total: 3 };
        let put = jim.upsert::<Bill>((desk.firms[0], "1"), bill("1")).await.unwrap();
        assert!(put.created);
        let strange = jim.upsert::<Bill>((desk.firms[0], "1"), bill("2")).await.unwrap_err();
        assert_eq!(
            (strange.violations()[0].pointer.as_str(), &*strange.violations()[0].code),
            ("/number", "KEY_MISMATCH")
        );
    });
}

#[test]
fn every_value_is_checked_as_in_a_new_row() {
    on_every_database(async |desk| {
        let (path, other) = (place(), place());
        assert_eq!(desk.put("ann", &other, &[], &json!({"title": "taken"})).await.status(), 201);
        for _ in 0..2 {
            for (body, status, expected) in [
                (json!({}), 422, "/title REQUIRED"),
                (json!({"title": ""}), 422, "/title LEN"),
                (json!({"title": "a", "above": uuid::Uuid::nil().to_string()}), 422, "/above REFERENCE_NOT_FOUND"),
                (json!({"title": "a", "firm": desk.firms[1].to_string()}), 422, "/firm TENANT"),
                (json!({"title": "a", "created_at": "2026-01-01T00:00:00Z"}), 422, "/created_at NOT_WRITABLE"),
                (json!({"title": "taken"}), 409, "/title DUPLICATE"),
            ] {
                let answer = desk.put("ann", &path, &[], &body).await;
                assert_eq!((answer.status(), errors(&answer)), (status, vec![expected.to_owned()]), "{body}");
            }
            // The second time, on a row that is there.
            assert!(matches!(desk.put("ann", &path, &[], &json!({"title": "a"})).await.status(), 200 | 201));
        }
    });
}
