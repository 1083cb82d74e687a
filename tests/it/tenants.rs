//! Tenants behind a parent, of the row and of the actor alike.

use mimsy::prelude::*;
use mimsy::test;
use mimsy_tests::cluster;
use serde_json::json;

/// The tenant.
#[entity(tenant = id)]
#[routes(list)]
#[policy(actor = Worker, read = authenticated)]
pub(crate) struct Company {
    pub id: Id<Self>,
    pub name: String,
}

/// Belongs to a company.
#[entity(tenant = company)]
#[routes(list)]
#[policy(actor = Worker, read = authenticated)]
pub(crate) struct Team {
    pub id: Id<Self>,
    pub company: Ref<Company>,
}

/// Belongs to a company by their team.
#[entity(tenant = team.company)]
#[routes(list)]
#[policy(actor = Worker, read = authenticated)]
pub(crate) struct Worker {
    pub id: Id<Self>,
    #[field(login)]
    pub name: String,
    pub team: Ref<Team>,
}

/// Belongs to a company.
#[entity(tenant = company)]
#[routes(list(filter(title)), get, create, update, delete)]
#[policy(actor = Worker, all = authenticated)]
pub(crate) struct Task {
    pub id: Id<Self>,
    pub company: Ref<Company>,
    #[field(unique)]
    pub title: String,
}

mimsy::schema! { pub(crate) Works: Company, Team, Worker, Task }

#[test]
fn an_actor_carries_the_tenant_of_its_parent() {
    for engine in cluster::engines() {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = cluster::fresh(engine);
            let app = test::start_on(App::new(Works), &database.url).await;
            let system = app.app().system("a test");
            let mut companies = Vec::new();
            for name in ["ann", "bob"] {
                let company = system.create::<Company>(Draft::<Company> { name: name.to_owned() }).await.unwrap().key;
                let team = system.create::<Team>(Draft::<Team> { company: Some(company.into()) }).await.unwrap().key;
                let worker = Draft::<Worker> { name: name.to_owned(), team: team.into() };
                system.create::<Worker>(worker).await.unwrap();
                companies.push(company.to_string());
            }
            let (ann, bob) = (app.token("ann").await, app.token("bob").await);
            let created = app.post("/api/tasks", json!({"title": "mow"})).bearer(&ann).send().await;
            assert_eq!((created.status(), created.json()["data"]["company"].clone()), (201, json!(companies[0])));
            let foreign = json!({"title": "sow", "company": companies[1]});
            assert_eq!(app.post("/api/tasks", foreign).bearer(&ann).send().await.status(), 422);
            let same = app.post("/api/tasks", json!({"title": "mow"})).bearer(&bob).send().await;
            assert_eq!(same.status(), 201, "each tenant has its own titles");
            let path = created.header("location").unwrap();
            assert_eq!(app.get(path).bearer(&bob).send().await.status(), 404);
            for path in ["/api/companies", "/api/teams", "/api/workers", "/api/tasks"] {
                let rows = app.get(path).bearer(&bob).send().await.json();
                assert_eq!(rows["data"].as_array().unwrap().len(), 1, "{path}");
            }
            app.app().close().await;
        });
    }
}
