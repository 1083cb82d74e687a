//! A replay shows nothing that its actor may not see any more.

use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer, TestApp};
use mimsy_tests::cluster::{self, TestDatabase};
use serde_json::{Value as Json, json};

/// Who acts.
#[entity]
#[routes(list)]
#[policy(actor = Member, read = authenticated)]
pub(crate) struct Member {
    pub id: Id<Self>,
    #[field(login)]
    pub name: String,
    pub trusted: bool,
}

/// Seen by its owner, and by those who are trusted.
#[entity]
#[routes(list, get, create, update, delete)]
pub(crate) struct Paper {
    pub id: Id<Self>,
    pub owner: Ref<Member>,
    pub text: String,
}

#[policy(actor = Member, create = authenticated, delete = authenticated)]
impl Paper {
    /// Its owner, and those who are trusted.
    #[can(read, update)]
    fn own(member: &Member, paper: &Paper) -> bool {
        paper.owner == member.id || member.trusted
    }
}

/// Thrown in; read by nobody.
#[entity]
#[routes(get, create)]
pub(crate) struct Vote {
    pub id: Id<Self>,
    pub text: String,
}

#[policy(actor = Member, create = authenticated)]
impl Vote {
    /// Votes are secret.
    #[can(read)]
    fn counted(vote: &Vote) -> bool {
        vote.text == "counted"
    }
}

mimsy::schema! { pub Office: Member, Paper, Vote }

/// The same tables under other rules.
mod later {
    use mimsy::prelude::*;

    #[entity]
    #[routes(list)]
    #[policy(actor = Member, read = authenticated)]
    pub(crate) struct Member {
        pub id: Id<Self>,
        #[field(login)]
        pub name: String,
        pub trusted: bool,
    }

    #[entity]
    #[routes(list, get, create, update, delete)]
    #[policy(actor = Member, all = authenticated)]
    pub(crate) struct Paper {
        pub id: Id<Self>,
        pub owner: Ref<Member>,
        pub text: String,
    }

    #[entity]
    #[routes(get, create)]
    #[policy(actor = Member, all = authenticated)]
    pub(crate) struct Vote {
        pub id: Id<Self>,
        pub text: String,
    }

    mimsy::schema! { pub Office: Member, Paper, Vote }
}

struct Fixture {
    app: TestApp,
    ann: Id<Member>,
    bob: Id<Member>,
    token: String,
}

impl Fixture {
    async fn new(database: &TestDatabase) -> Self {
        let app = test::start_on(App::new(Office), &database.url).await;
        let system = app.app().system("a test");
        let member = async |name: &str| {
            system.create::<Member>(Draft::<Member> { name: name.to_owned(), trusted: false }).await.unwrap().key
        };
        let (ann, bob) = (member("ann").await, member("bob").await);
        let token = app.token("ann").await;
        Self { app, ann, bob, token }
    }

    async fn send(&self, method: &str, path: &str, body: &Json) -> TestAnswer {
        let request = self.app.request(method.parse().unwrap(), path).bearer(&self.token);
        request.header("idempotency-key", "a").json(body).send().await
    }

    fn system(&self) -> Access {
        self.app.app().system("a test")
    }
}

fn on_every_database(test: impl AsyncFn(&Fixture)) {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let database = cluster::fresh(engine);
            let fixture = Fixture::new(&database).await;
            test(&fixture).await;
            fixture.app.app().close().await;
        });
    }
}

fn is_stale(answer: &TestAnswer) -> bool {
    (answer.status(), answer.json()["code"].as_str()) == (409, Some("IDEMPOTENCY_STALE"))
}

#[test]
fn a_row_that_may_not_be_read_any_more_is_not_shown_again() {
    on_every_database(async |office| {
        let body = json!({"owner": office.ann.to_string(), "text": "secret plans"});
        let created = office.send("POST", "/api/papers", &body).await;
        assert_eq!(created.status(), 201, "{}", created.json());
        let place = created.header("location").unwrap().to_owned();
        let patch = json!({"text": "more secret plans"});
        assert_eq!(office.send("PATCH", &place, &patch).await.status(), 200);
        let id: Id<Paper> = created.json()["data"]["id"].as_str().unwrap().parse().unwrap();

        // It is Bob's now.
        office.system().update::<Paper>(id, Patch::<Paper>::default().owner(office.bob.into())).await.unwrap();
        let (moved, moved_patch) =
            (office.send("POST", "/api/papers", &body).await, office.send("PATCH", &place, &patch).await);
        for answer in [&moved, &moved_patch] {
            assert!(is_stale(answer), "{}", answer.json());
            assert!(!String::from_utf8_lossy(answer.bytes()).contains("plans"));
        }
        // And a paper that is gone is told in the same words.
        office.system().delete::<Paper>(id).await.unwrap();
        let gone = office.send("POST", "/api/papers", &body).await;
        assert!(is_stale(&gone));
        assert_eq!(gone.json()["detail"], moved.json()["detail"]);
        assert_eq!(office.system().list::<Paper>().page().await.unwrap().rows.len(), 0, "and nothing is done");
    });
}

#[test]
fn an_answer_does_not_outlive_its_rights() {
    on_every_database(async |office| {
        let trusted = |yes| Patch::<Member>::default().trusted(yes);
        office.system().update::<Member>(office.ann, trusted(true)).await.unwrap();
        let body = json!({"owner": office.bob.to_string(), "text": "of trust"});
        assert_eq!(office.send("POST", "/api/papers", &body).await.status(), 201);
        office.system().update::<Member>(office.ann, trusted(false)).await.unwrap();
        assert!(is_stale(&office.send("POST", "/api/papers", &body).await));
        office.system().update::<Member>(office.ann, trusted(true)).await.unwrap();
        let again = office.send("POST", "/api/papers", &body).await;
        assert_eq!((again.status(), again.header("idempotency-replayed")), (201, Some("true")), "trusted again");
    });
}

#[test]
fn a_row_that_its_creator_never_saw_stays_unseen() {
    on_every_database(async |office| {
        let body = json!({"text": "against"});
        let first = office.send("POST", "/api/votes", &body).await;
        assert_eq!(first.status(), 201);
        assert_eq!(first.json()["data"].as_object().unwrap().len(), 1, "the id alone");
        let again = office.send("POST", "/api/votes", &body).await;
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.bytes(), first.bytes());
        let id = first.json()["data"]["id"].as_str().unwrap().parse::<Id<Vote>>().unwrap();
        office.system().delete::<Vote>(id).await.unwrap();
        assert_eq!(office.send("POST", "/api/votes", &body).await.bytes(), first.bytes());
    });
}

#[test]
fn an_answer_under_another_schema_is_not_given_again() {
    for engine in cluster::engines() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let database = cluster::fresh(engine);
            let office = Fixture::new(&database).await;
            let body = json!({"owner": office.ann.to_string(), "text": "plans"});
            assert_eq!(office.send("POST", "/api/papers", &body).await.status(), 201);
            office.app.app().close().await;
            let later = Fixture { app: test::start_on(App::new(later::Office), &database.url).await, ..office };
            assert!(is_stale(&later.send("POST", "/api/papers", &body).await));
            later.app.app().close().await;
        });
    }
}
