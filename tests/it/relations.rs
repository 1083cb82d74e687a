//! Relations of every form, over HTTP and in rules, on every database: to oneself, twice to one entity, to the one row
//! that points here, and many to many. Each hop is under the policy of every entity on it.

mod reading;
mod rules;

use std::collections::HashMap;

use mimsy::prelude::*;
use mimsy::test::{self, TestAnswer, TestApp};
use mimsy_tests::cluster;
use serde_json::Value as Json;

/// Who acts; has a manager, and reports of their own.
#[entity]
#[routes(
    list(
        filter(name, manager, manager.name, reports, desk, desk.label, teams, friends),
        sort(name, manager.name, desk.label),
        include(manager, reports, desk, teams, led, founded, friends),
    ),
    get, update, delete,
)]
pub(crate) struct Person {
    pub id: Id<Self>,
    #[field(login, unique)]
    pub name: String,
    #[field(on_delete = set_null)]
    pub manager: Option<Ref<Self>>,
    #[field(inverse = manager)]
    pub reports: Many<Self>,
    #[field(inverse = person)]
    pub desk: One<Desk>,
    #[field(through = Membership)]
    pub teams: Many<Team>,
    #[field(inverse = lead)]
    pub led: Many<Team>,
    #[field(inverse = founder)]
    pub founded: Many<Team>,
    #[field(through = Friendship, inverse = of, onward = friend)]
    pub friends: Many<Self>,
}

#[policy(actor = Person, read = authenticated)]
impl Person {
    /// Who has the corner desk, or is in no more than one team, may be renamed.
    #[can(update)]
    fn renamed(person: &Person) -> bool {
        person.desk.is_some_and(|desk| desk.label == "corner") || person.teams.count() <= 1
    }

    /// Who leads a team stays.
    #[can(delete)]
    fn free(person: &Person) -> bool {
        person.led.is_empty() && person.desk.is_none()
    }
}

/// Each person has at most one; some are nobody else's business.
#[entity]
#[routes(list(filter(person.name), include(person)), get)]
pub(crate) struct Desk {
    pub id: Id<Self>,
    pub label: String,
    #[field(unique, on_delete = cascade)]
    pub person: Option<Ref<Person>>,
    pub private: bool,
}

#[policy(actor = Person)]
impl Desk {
    /// A private desk is seen by who sits there.
    #[can(read)]
    fn visible(person: &Person, desk: &Desk) -> bool {
        !desk.private || desk.person.is_some_and(|sitter| sitter == person.id)
    }
}

/// Led by one, founded by one, joined by many; a secret one is seen by its members.
#[entity]
#[routes(list(filter(title, members, lead.name), sort(title), include(lead, founder, members)), get, update)]
pub(crate) struct Team {
    pub id: Id<Self>,
    pub title: String,
    pub lead: Ref<Person>,
    pub founder: Option<Ref<Person>>,
    pub secret: bool,
    #[field(through = Membership)]
    pub members: Many<Person>,
}

#[policy(actor = Person)]
impl Team {
    /// Members see their team.
    #[can(read)]
    fn visible(person: &Person, team: &Team) -> bool {
        !team.secret || team.members.any(|member| member.id == person.id)
    }

    /// A team of two is changed by its lead, unless a member reports to nobody.
    #[can(update)]
    fn led(person: &Person, team: &Team) -> bool {
        team.lead == person.id && team.members.count() == 2 && team.members.all(|member| member.manager.is_some())
    }
}

/// That somebody is in a team; may be said twice, and may be hidden from others.
#[entity]
#[routes(list(filter(person.name, team.title), include(person, team)), get)]
pub(crate) struct Membership {
    pub id: Id<Self>,
    #[field(on_delete = cascade)]
    pub person: Ref<Person>,
    #[field(on_delete = cascade)]
    pub team: Ref<Team>,
    pub hidden: bool,
}

#[policy(actor = Person)]
impl Membership {
    /// What is hidden is seen by the member.
    #[can(read)]
    fn visible(person: &Person, membership: &Membership) -> bool {
        !membership.hidden || membership.person == person.id
    }
}

/// Whom somebody calls a friend: twice the same entity, and a third time beside it.
#[entity(key(of, friend))]
#[policy(actor = Person, read = authenticated)]
pub(crate) struct Friendship {
    #[field(on_delete = cascade)]
    pub of: Ref<Person>,
    #[field(on_delete = cascade)]
    pub friend: Ref<Person>,
    #[field(on_delete = set_null)]
    pub witness: Option<Ref<Person>>,
}

mimsy::schema! { pub(crate) Office: Person, Desk, Team, Membership, Friendship }

/// An office with people in it.
struct Fixture {
    app: TestApp,
    people: HashMap<&'static str, Id<Person>>,
    tokens: HashMap<&'static str, String>,
    _database: cluster::TestDatabase,
}

fn on_every_database(test: impl AsyncFn(&Fixture)) {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let office = Fixture::open(engine).await;
            test(&office).await;
            office.app.app().close().await;
        });
    }
}

impl Fixture {
    /// Ann manages Bob and Cyd, Bob manages Dan.
    async fn open(engine: cluster::Engine) -> Self {
        let database = cluster::fresh(engine);
        let app = test::start_on(App::new(Office), &database.url).await;
        let system = app.app().system("a test");
        let mut people = HashMap::new();
        let mut tokens = HashMap::new();
        for (name, manager) in [("ann", None), ("bob", Some("ann")), ("cyd", Some("ann")), ("dan", Some("bob"))] {
            let manager = manager.map(|manager| people[manager]).map(Ref::from);
            let person = system.create::<Person>(Draft::<Person> { name: name.to_owned(), manager }).await.unwrap().key;
            people.insert(name, person);
            tokens.insert(name, app.token(name).await);
        }
        let of = |name: &str| Ref::from(people[name]);
        for (label, person, private) in
            [("corner", Some("ann"), false), ("attic", Some("bob"), true), ("hall", None, false)]
        {
            let draft = Draft::<Desk> { label: label.to_owned(), person: person.map(of), private };
            system.create::<Desk>(draft).await.unwrap();
        }
        // Who is in it; a second time where a name stands twice; hidden where it ends with `?`.
        for (title, lead, founder, secret, members) in [
            ("build", "ann", Some("bob"), false, &["ann", "bob", "bob", "cyd?"][..]),
            ("raid", "bob", Some("bob"), true, &["bob", "dan?"]),
            ("ship", "ann", None, false, &["cyd", "dan"]),
            ("idle", "cyd", None, false, &[]),
        ] {
            let (lead, founder) = (of(lead), founder.map(of));
            let draft = Draft::<Team> { title: title.to_owned(), lead, founder, secret };
            let team = system.create::<Team>(draft).await.unwrap().key;
            for member in members {
                let (name, hidden) = (member.trim_end_matches('?'), member.ends_with('?'));
                let draft = Draft::<Membership> { person: of(name), team: team.into(), hidden };
                system.create::<Membership>(draft).await.unwrap();
            }
        }
        for (one, friend, witness) in [("ann", "bob", None), ("ann", "dan", Some("ann")), ("bob", "ann", Some("cyd"))] {
            let draft = Draft::<Friendship> { of: of(one), friend: of(friend), witness: witness.map(of) };
            system.create::<Friendship>(draft).await.unwrap();
        }
        Self { app, people, tokens, _database: database }
    }

    async fn get(&self, name: &str, path: &str) -> Json {
        let answer = self.app.get(path).bearer(&self.tokens[name]).send().await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.json());
        answer.json()
    }

    /// One text of each row, sorted by it.
    async fn texts(&self, name: &str, path: &str, field: &str) -> Vec<String> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let answer = self.get(name, &format!("{path}{separator}sort={field}")).await;
        texts(&answer["data"], field)
    }

    /// A person with what was included.
    async fn person(&self, name: &str, who: &str, include: &str) -> Json {
        self.get(name, &format!("/api/persons/{}?include={include}", self.people[who])).await["data"].clone()
    }

    async fn patch(&self, name: &str, path: &str, body: Json) -> TestAnswer {
        self.app.patch(path, body).bearer(&self.tokens[name]).send().await
    }
}

/// One text of each row.
fn texts(rows: &Json, field: &str) -> Vec<String> {
    let text = |row: &Json| row[field].as_str().unwrap_or("-").to_owned();
    rows.as_array().unwrap_or_else(|| panic!("no rows: {rows}")).iter().map(text).collect()
}
