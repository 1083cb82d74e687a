//! What policies can say, on a schema of its own: three-parameter rules, paths through relations, optionals, musts,
//! references, rows that their creator may not read.

mod explained;
mod language;
mod proofs;
mod races;

use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer, TestApp};
use mimsy_tests::cluster;
use mimsy_tests::shop::errors;
use serde_json::json;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum Rank {
    Guest,
    Keeper,
}

/// Who acts.
#[entity]
#[routes(list, get, update)]
#[policy(actor = Member, read = authenticated, update = authenticated)]
pub(crate) struct Member {
    pub id: Id<Self>,
    #[field(login)]
    pub name: String,
    #[field(role)]
    pub rank: Rank,
    pub boss: Option<Ref<Member>>,
}

/// Belongs to a member.
#[entity]
#[routes(list(filter(title, keeper, closes, keeper.name, keeper.boss.name), sort(closes, keeper.name), include(keeper)), get, create, update, delete)]
pub(crate) struct Room {
    pub id: Id<Self>,
    #[field(unique, len = ..=80)]
    pub title: String,
    pub keeper: Ref<Member>,
    pub open: bool,
    pub closes: Option<i64>,
}

#[policy(actor = Member)]
impl Room {
    const LATEST: i64 = 24;

    /// Everyone sees open rooms.
    #[can(read)]
    fn open(room: &Room) -> bool {
        room.open
    }

    /// A keeper's boss sees their rooms, and so do they.
    #[can(read)]
    fn own(member: &Member, room: &Room) -> bool {
        room.keeper == member.id || room.keeper.boss.is_some_and(|boss| boss == member.id)
    }

    /// Keepers write their own rooms.
    #[can(create, update, delete)]
    fn keep(member: &Member, room: &Room) -> bool {
        member.rank == Rank::Keeper && room.keeper == member.id
    }

    /// A room closes at some hour, or never.
    #[must(create, update)]
    fn hours(room: &Room) -> bool {
        room.closes.is_none() || room.closes.is_some_and(|hour| hour <= Self::LATEST && hour >= 0)
    }

    /// Once a room closes late, it does not close earlier.
    #[cannot(update)]
    fn earlier(_member: &Member, old: &Room, new: &Room) -> bool {
        new.closes.unwrap_or(24) < old.closes.unwrap_or(0) && old.open
    }

    /// Only open rooms can be pointed to.
    #[can(reference)]
    fn enter(room: &Room) -> bool {
        room.open
    }
}

/// Something said in a room; read by its keeper alone.
#[entity]
#[routes(list(filter(room.title, text), include(room)), get, create)]
pub(crate) struct Note {
    pub id: Id<Self>,
    pub room: Ref<Room>,
    pub text: String,
    #[field(updated)]
    pub said_at: Timestamp,
}

#[policy(actor = Member, create = public)]
impl Note {
    /// The room's keeper reads what is said in it.
    #[can(read)]
    fn keeper(member: &Member, note: &Note) -> bool {
        note.room.keeper == member.id
    }
}

mimsy::schema! { pub Club: Member, Room, Note }

struct Fixture {
    app: TestApp,
    _database: cluster::TestDatabase,
    open: Id<Room>,
    shut: Id<Room>,
}

impl Fixture {
    async fn new(engine: cluster::Engine) -> Self {
        let database = cluster::fresh(engine);
        let app = test::start_on(App::new(Club), &database.url).await;
        let system = app.app().system("a test");
        let member = async |name: &str, rank, boss: Option<Id<Member>>| {
            let draft = Draft::<Member> { name: name.to_owned(), rank, boss: boss.map(Into::into) };
            system.create::<Member>(draft).await.unwrap().key
        };
        let boss = member("boss", Rank::Keeper, None).await;
        let kim = member("kim", Rank::Keeper, Some(boss)).await;
        member("gus", Rank::Guest, Some(kim)).await;
        let room = async |title: &str, open| {
            let draft = Draft::<Room> { title: title.to_owned(), keeper: kim.into(), open, closes: Some(20) };
            system.create::<Room>(draft).await.unwrap().key
        };
        let (open, shut) = (room("hall", true).await, room("vault", false).await);
        Self { app, _database: database, open, shut }
    }

    async fn send(&self, name: &str, method: &str, path: &str, body: serde_json::Value) -> TestAnswer {
        let request = self.app.request(method.parse().unwrap(), path);
        let request = if name == "nobody" { request } else { request.bearer(&self.app.token(name).await) };
        if method == "GET" { request.send().await } else { request.json(&body).send().await }
    }

    async fn titles(&self, name: &str) -> Vec<String> {
        let answer = self.send(name, "GET", "/api/rooms", json!(null)).await;
        let json = answer.json();
        let rows = json["data"].as_array().unwrap_or_else(|| panic!("{json}"));
        rows.iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
    }
}

fn on_every_database(test: impl AsyncFn(&Fixture)) {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let fixture = Fixture::new(engine).await;
            test(&fixture).await;
            fixture.app.app().close().await;
        });
    }
}

#[test]
fn reading_follows_relations_and_nobody_sees_what_is_open() {
    on_every_database(async |club| {
        assert_eq!(club.titles("nobody").await, ["hall"]);
        assert_eq!(club.titles("gus").await, ["hall"]);
        assert_eq!(club.titles("kim").await, ["hall", "vault"]);
        assert_eq!(club.titles("boss").await, ["hall", "vault"], "through the keeper's own relation");
        let path = format!("/api/rooms/{}", club.shut);
        assert_eq!(club.send("nobody", "GET", &path, json!(null)).await.status(), 404);
        assert_eq!(club.send("boss", "GET", &path, json!(null)).await.status(), 200);
        assert_eq!(club.send("nobody", "DELETE", &path, json!(null)).await.status(), 401, "no rule could hold");
    });
}

#[test]
fn a_must_is_required_of_the_new_row_and_an_optional_means_what_it_says() {
    on_every_database(async |club| {
        let kim = club.app.app().find_login("kim").await.unwrap();
        let [mimsy::Value::Uuid(kim)] = kim[..] else { panic!("a key") };
        let kim = kim.to_string();
        let room = |closes: serde_json::Value| json!({"title": format!("until {closes}"), "keeper": kim, "open": true, "closes": closes});
        for (closes, status) in [(json!(24), 201), (json!(null), 201), (json!(25), 403), (json!(-1), 403)] {
            let answer = club.send("kim", "POST", "/api/rooms", room(closes.clone())).await;
            assert_eq!(answer.status(), status, "{closes}: {}", answer.json());
            if status == 403 {
                assert_eq!(answer.json()["policy"]["rule"], "hours");
            }
        }
        assert_eq!(club.send("boss", "POST", "/api/rooms", room(json!(1))).await.status(), 403, "not theirs");
        assert_eq!(club.send("gus", "POST", "/api/rooms", json!({})).await.status(), 422, "shape first");
    });
}

#[test]
fn a_refused_write_does_not_tell_what_is_taken() {
    on_every_database(async |club| {
        let [mimsy::Value::Uuid(kim)] = club.app.app().find_login("kim").await.unwrap()[..] else { panic!("a key") };
        let room = json!({"title": "vault", "keeper": kim.to_string(), "open": false});
        for title in ["vault", "attic"] {
            let mut room = room.clone();
            room["title"] = json!(title);
            assert_eq!(club.send("boss", "POST", "/api/rooms", room.clone()).await.status(), 403, "{title}");
            let expected = if title == "vault" { 409 } else { 201 };
            assert_eq!(club.send("kim", "POST", "/api/rooms", room).await.status(), expected, "{title}");
        }
    });
}

#[test]
fn a_rule_of_three_is_judged_on_both_rows() {
    on_every_database(async |club| {
        let path = format!("/api/rooms/{}", club.open);
        let set = async |body: serde_json::Value| club.send("kim", "PATCH", &path, body).await;
        assert_eq!(set(json!({"closes": 22})).await.status(), 200);
        let refused = set(json!({"closes": 21})).await;
        assert_eq!((refused.status(), refused.json()["policy"]["rule"].clone()), (403, json!("earlier")));
        assert_eq!(set(json!({"open": false})).await.status(), 200);
        assert_eq!(set(json!({"closes": 3})).await.status(), 200, "the old row was not open");
        let boss = club.app.app().find_login("boss").await.unwrap();
        let [mimsy::Value::Uuid(boss)] = boss[..] else { panic!("a key") };
        let boss = boss.to_string();
        let given = set(json!({"keeper": boss})).await;
        assert_eq!(given.status(), 403, "the new row has to be theirs, too: {}", given.json());
    });
}

#[test]
fn a_row_may_be_written_by_whom_it_is_not_shown_to() {
    on_every_database(async |club| {
        let note = |room: Id<Room>| json!({"room": room.to_string(), "text": "hello"});
        let created = club.send("nobody", "POST", "/api/notes", note(club.open)).await;
        assert_eq!(created.status(), 201, "{}", created.json());
        let fields: Vec<String> = created.json()["data"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, ["id"], "it carries its key alone");
        let shut = club.send("kim", "POST", "/api/notes", note(club.shut)).await;
        assert_eq!(errors(&shut), ["/room REFERENCE_NOT_FOUND"], "readable, but not to be pointed to");
        let listed = club.send("kim", "GET", "/api/notes?filter[room.title]=hall&include=room", json!(null)).await;
        assert_eq!(listed.json()["data"][0]["room"]["title"], "hall");
        assert_eq!(club.send("gus", "GET", "/api/notes", json!(null)).await.json()["data"], json!([]));
        assert_eq!(club.send("nobody", "GET", "/api/notes", json!(null)).await.status(), 401);
    });
}

#[test]
fn what_a_caller_may_not_read_is_left_out_of_includes_filters_and_sorts() {
    on_every_database(async |club| {
        // Nobody sees the open room, and no member.
        let seen = club.send("nobody", "GET", "/api/rooms?include=keeper", json!(null)).await.json();
        let row = &seen["data"][0];
        assert_eq!((&row["title"], &row["_masked"]), (&json!("hall"), &json!(["keeper"])));
        assert!(row.get("keeper").is_none(), "left out, and named: {row}");
        let seen = club.send("gus", "GET", "/api/rooms?include=keeper", json!(null)).await.json();
        assert_eq!(seen["data"][0]["keeper"]["name"], "kim");
        for (query, for_gus) in [
            ("filter[keeper.name]=kim", 1),
            ("filter[keeper.name][ne]=kim", 0),
            ("filter[keeper.name][ne]=boss", 1),
            ("filter[keeper.name][nin]=boss", 1),
            ("filter[keeper.boss.name]=boss", 1),
            ("sort=keeper.name", 1),
            ("sort=-keeper.name&count=exact", 1),
        ] {
            let rows = async |name: &str| {
                let answer = club.send(name, "GET", &format!("/api/rooms?{query}"), json!(null)).await;
                answer.json()["data"].as_array().unwrap_or_else(|| panic!("{}", answer.json())).len()
            };
            assert_eq!(rows("gus").await, for_gus, "{query}");
            let for_nobody = usize::from(query.starts_with("sort"));
            assert_eq!(rows("nobody").await, for_nobody, "an atom through an unreadable row is false: {query}");
        }
    });
}

#[test]
fn ones_own_role_is_not_ones_to_change() {
    on_every_database(async |club| {
        let [mimsy::Value::Uuid(gus)] = club.app.app().find_login("gus").await.unwrap()[..] else { panic!("a key") };
        let path = format!("/api/members/{gus}");
        let refused = club.send("gus", "PATCH", &path, json!({"rank": "keeper"})).await;
        assert_eq!((refused.status(), refused.json()["policy"]["rule"].clone()), (403, json!("own_role")));
        assert_eq!(club.send("gus", "PATCH", &path, json!({"rank": "guest", "name": "gus"})).await.status(), 200);
        assert_eq!(club.send("kim", "PATCH", &path, json!({"rank": "keeper"})).await.status(), 200, "another's is");
    });
}

#[test]
fn a_moment_of_change_is_the_servers() {
    on_every_database(async |club| {
        let refused = club
            .send(
                "kim",
                "POST",
                "/api/notes",
                json!({"room": club.open.to_string(), "text": "x", "said_at": "2026-01-01T00:00:00Z"}),
            )
            .await;
        assert_eq!(errors(&refused), ["/said_at NOT_WRITABLE"]);
        let system = club.app.app().system("a test");
        let note = system
            .create::<Note>(Draft::<Note> { room: club.open.into(), text: "x".to_owned() })
            .await
            .unwrap()
            .row
            .unwrap();
        let changed = system.update::<Note>(note.id, Patch::<Note>::default().text("y".to_owned())).await.unwrap();
        assert!(changed.said_at > note.said_at);
        let same = system.update::<Note>(note.id, Patch::<Note>::default().text("y".to_owned())).await.unwrap();
        assert_eq!(same.said_at, changed.said_at, "nothing changed, so nothing moved");
    });
}
