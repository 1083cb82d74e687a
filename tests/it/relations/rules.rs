//! Rules that ask the rows behind relations. They see all of them, whatever the actor may read.

use mimsy::Value;
use mimsy::prelude::*;
use serde_json::json;

use super::{Fixture, Person, Team, on_every_database};

async fn renamed(office: &Fixture, who: &str) -> u16 {
    let path = format!("/api/persons/{}", office.people[who]);
    let status = office.patch("dan", &path, json!({"name": format!("{who}!")})).await.status();
    assert!([200, 403].contains(&status), "{status}");
    status
}

#[test]
fn a_rule_asks_for_the_one_row_that_points_here_and_counts_each_row_once() {
    on_every_database(async |office| {
        assert_eq!(renamed(office, "bob").await, 403, "no corner, and two teams, of which one is twice");
        assert_eq!(renamed(office, "cyd").await, 403, "a hidden membership counts");
        assert_eq!(renamed(office, "ann").await, 200, "the corner, and one team");
        let system = office.app.app().system("a test");
        let mut memberships = system.list::<super::Membership>().page().await.unwrap().rows;
        memberships.retain(|one| one.person == Ref::from(office.people["cyd"]) && one.hidden);
        for one in &memberships {
            system.delete::<super::Membership>(one.id).await.unwrap();
        }
        assert_eq!(memberships.len(), 1);
        assert_eq!(renamed(office, "cyd").await, 200);
    });
}

#[test]
fn a_rule_asks_all_rows_behind_a_join() {
    on_every_database(async |office| {
        let system = office.app.app().system("a test");
        let team = async |title: &str| {
            let title = Test::Eq(Value::Text(title.to_owned()));
            let found = system.list::<Team>().test("title", title).page().await.unwrap();
            format!("/api/teams/{}", found.rows[0].id)
        };
        let secret = json!({"secret": false});
        let ship = team("ship").await;
        assert_eq!(office.patch("ann", &ship, secret.clone()).await.status(), 200, "two, and both have a manager");
        assert_eq!(office.patch("cyd", &ship, secret.clone()).await.status(), 403, "not the lead");
        assert_eq!(office.patch("ann", &team("build").await, secret.clone()).await.status(), 403, "three");
        let dan = office.people["dan"];
        system.update::<Person>(dan, Patch::<Person>::default().manager(None)).await.unwrap();
        assert_eq!(office.patch("ann", &ship, secret).await.status(), 403, "one reports to nobody");
    });
}

#[test]
fn who_is_led_to_by_nobody_may_go_and_takes_along_what_joins_them() {
    on_every_database(async |office| {
        let delete = async |who: &str| {
            let path = format!("/api/persons/{}", office.people[who]);
            office.app.delete(&path).bearer(&office.tokens["ann"]).send().await.status()
        };
        assert_eq!(delete("cyd").await, 403, "leads a team");
        assert_eq!(delete("bob").await, 403, "has a desk");
        assert_eq!(
            delete("dan").await,
            409,
            "the memberships and friendships that would go along are nobody's to delete"
        );
        office.app.app().system("a test").delete::<Person>(office.people["dan"]).await.unwrap();
        assert_eq!(office.get("ann", "/api/memberships?filter[person.name]=dan").await["data"], json!([]));
    });
}
