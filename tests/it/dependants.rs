//! A delete and the rows that point to the deleted one: their rules, their versions, their sinks, their actors.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use mimsy::prelude::*;
use mimsy::test::{self, TestApp};
use mimsy::{Change, Sink};
use mimsy_runtime::store::Tx;
use mimsy_tests::cluster;
use serde_json::json;

/// Whom members belong to.
#[entity]
#[routes(list, get, delete)]
#[policy(actor = Member, all = authenticated)]
pub(crate) struct Team {
    pub id: Id<Self>,
    pub name: String,
}

/// Who acts; goes with the team.
#[entity]
#[routes(list)]
#[policy(actor = Member, all = authenticated)]
pub(crate) struct Member {
    pub id: Id<Self>,
    #[field(login)]
    pub name: String,
    #[field(on_delete = cascade)]
    pub team: Ref<Team>,
}

/// Holds papers.
#[entity]
#[routes(list, get, delete)]
#[policy(actor = Member, all = authenticated)]
pub(crate) struct Folder {
    pub id: Id<Self>,
    #[field(on_delete = cascade)]
    pub inside: Option<Ref<Folder>>,
}

/// Goes with its folder, if nobody minds; outlives its author.
#[entity]
#[routes(list, get)]
pub(crate) struct Paper {
    pub id: Id<Self>,
    #[field(on_delete = cascade)]
    pub folder: Ref<Folder>,
    #[field(on_delete = set_null)]
    pub topic: Option<Ref<Topic>>,
    pub kept: bool,
    #[field(updated)]
    pub touched_at: Timestamp,
}

#[policy(actor = Member, all = authenticated)]
impl Paper {
    /// What is kept stays.
    #[cannot(delete)]
    fn kept(paper: &Paper) -> bool {
        paper.kept
    }
}

/// What papers are about.
#[entity]
#[routes(list, get, delete)]
#[policy(actor = Member, all = authenticated)]
pub(crate) struct Topic {
    pub id: Id<Self>,
    pub name: String,
}

mimsy::schema! { pub(crate) Desk: Team, Member, Folder, Paper, Topic }

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(String, bool)>>>);

impl Sink for Heard {
    fn change<'a>(&'a self, change: &'a Change, _: &'a mut Tx<'_>) -> BoxFuture<'a, Result<(), Error>> {
        let what = (change.model().name().to_owned(), change.after.is_some());
        self.0.lock().unwrap().push(what);
        Box::pin(async { Ok(()) })
    }
}

struct Fixture {
    app: TestApp,
    heard: Heard,
    _database: cluster::TestDatabase,
    token: String,
    team: Id<Team>,
    outer: Id<Folder>,
    topic: Id<Topic>,
    paper: Id<Paper>,
}

impl Fixture {
    async fn new(engine: cluster::Engine, kept: bool) -> Self {
        let (database, heard) = (cluster::fresh(engine), Heard::default());
        let app = test::start_on(App::new(Desk).sink(heard.clone()), &database.url).await;
        let system = app.app().system("a test");
        let team = system.create::<Team>(Draft::<Team> { name: "one".to_owned() }).await.unwrap().key;
        let member = Draft::<Member> { name: "ann".to_owned(), team: team.into() };
        system.create::<Member>(member).await.unwrap();
        let outer = system.create::<Folder>(Draft::<Folder> { inside: None }).await.unwrap().key;
        let inner = Draft::<Folder> { inside: Some(outer.into()) };
        let inner = system.create::<Folder>(inner).await.unwrap().key;
        let topic = system.create::<Topic>(Draft::<Topic> { name: "law".to_owned() }).await.unwrap().key;
        let draft = Draft::<Paper> { folder: inner.into(), topic: Some(topic.into()), kept };
        let paper = system.create::<Paper>(draft).await.unwrap().key;
        let token = app.token("ann").await;
        heard.0.lock().unwrap().clear();
        Self { app, heard, _database: database, token, team, outer, topic, paper }
    }

    async fn delete(&self, path: String) -> (u16, serde_json::Value) {
        let answer = self.app.delete(&path).bearer(&self.token).send().await;
        (answer.status(), answer.json()["code"].clone())
    }

    async fn get(&self, path: String) -> test::TestAnswer {
        self.app.get(&path).bearer(&self.token).send().await
    }
}

fn on_every_database(kept: bool, test: impl AsyncFn(&Fixture)) {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let fixture = Fixture::new(engine, kept).await;
            test(&fixture).await;
            fixture.app.app().close().await;
        });
    }
}

#[test]
fn what_goes_with_a_row_is_told_to_sinks() {
    on_every_database(false, async |desk| {
        assert_eq!(desk.delete(format!("/api/folders/{}", desk.outer)).await.0, 204);
        assert_eq!(desk.get(format!("/api/papers/{}", desk.paper)).await.status(), 404);
        let heard = desk.heard.0.lock().unwrap().clone();
        let gone = |name: &str| (name.to_owned(), false);
        assert_eq!(heard, [gone("Paper"), gone("Folder"), gone("Folder")], "from the innermost out");
    });
}

#[test]
fn a_row_whose_rules_refuse_keeps_what_it_hangs_on() {
    on_every_database(true, async |desk| {
        let refused = desk.delete(format!("/api/folders/{}", desk.outer)).await;
        assert_eq!(refused, (409, json!("RESTRICTED")), "as if it said `restrict`");
        assert_eq!(desk.get(format!("/api/folders/{}", desk.outer)).await.status(), 200);
        assert_eq!(desk.get(format!("/api/papers/{}", desk.paper)).await.status(), 200);
        assert!(desk.heard.0.lock().unwrap().is_empty(), "rolled back as a whole");
        let system = desk.app.app().system("the archive closes");
        system.delete::<Folder>(desk.outer).await.unwrap();
    });
}

#[test]
fn a_reference_that_becomes_null_is_a_change_of_its_row() {
    on_every_database(false, async |desk| {
        let path = format!("/api/papers/{}", desk.paper);
        let before = desk.get(path.clone()).await;
        let tag = before.header("etag").unwrap().to_owned();
        assert_eq!(desk.delete(format!("/api/topics/{}", desk.topic)).await.0, 204);
        let after = desk.app.get(&path).bearer(&desk.token).header("if-none-match", &tag).send().await;
        assert_eq!((after.status(), after.json()["data"]["topic"].clone()), (200, json!(null)));
        assert_ne!(after.json()["data"]["touched_at"], before.json()["data"]["touched_at"]);
        assert_eq!(desk.heard.0.lock().unwrap().len(), 2, "the paper changed, the topic went");
    });
}

#[test]
fn an_actor_that_went_with_something_is_nobody_at_once() {
    on_every_database(false, async |desk| {
        assert_eq!(desk.get("/api/teams".to_owned()).await.status(), 200);
        assert_eq!(desk.delete(format!("/api/teams/{}", desk.team)).await.0, 204);
        assert_eq!(desk.get("/api/teams".to_owned()).await.status(), 401);
    });
}

#[test]
fn references_may_run_in_circles() {
    on_every_database(false, async |desk| {
        let system = desk.app.app().system("a test");
        let patch = Patch::<Folder>::default().inside(Some(desk.outer.into()));
        system.update::<Folder>(desk.outer, patch).await.unwrap();
        assert_eq!(desk.delete(format!("/api/folders/{}", desk.outer)).await.0, 204);
    });
}
