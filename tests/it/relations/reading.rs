//! Includes, filters and sorts over relations.

use serde_json::json;

use super::{on_every_database, texts};

#[test]
fn a_relation_to_oneself_leads_both_ways() {
    on_every_database(async |office| {
        let bob = office.person("dan", "bob", "manager,reports").await;
        assert_eq!((bob["manager"]["name"].clone(), bob["manager"]["manager"].clone()), (json!("ann"), json!(null)));
        assert_eq!(texts(&bob["reports"]["data"], "name"), ["dan"]);
        let people = async |query: &str| office.texts("dan", &format!("/api/persons?{query}"), "name").await;
        assert_eq!(people("filter[manager.name]=ann").await, ["bob", "cyd"]);
        assert_eq!(people("filter[reports][none]=true").await, ["cyd", "dan"]);
        assert_eq!(people("filter[reports][some][reports][some][name]=dan").await, ["ann"]);
        assert_eq!(people("filter[reports][count]=2").await, ["ann"]);
        let sorted = office.get("dan", "/api/persons?sort=-manager.name,name").await;
        assert_eq!(texts(&sorted["data"], "name"), ["ann", "dan", "bob", "cyd"]);
    });
}

#[test]
fn two_references_to_one_entity_are_told_apart() {
    on_every_database(async |office| {
        let led = async |who: &str| {
            let person = office.person("bob", who, "led,founded").await;
            (texts(&person["led"]["data"], "title"), texts(&person["founded"]["data"], "title"))
        };
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(led("ann").await, (words(&["build", "ship"]), words(&[])));
        assert_eq!(led("bob").await, (words(&["raid"]), words(&["build", "raid"])));
        let bob = office.person("cyd", "bob", "led,founded").await;
        assert_eq!(texts(&bob["founded"]["data"], "title"), ["build"], "the other one is secret");
        assert_eq!(bob["led"]["data"], json!([]));
    });
}

#[test]
fn the_one_row_that_points_here_is_shown_or_none() {
    on_every_database(async |office| {
        let label = async |name: &str, who: &str| office.person(name, who, "desk").await["desk"]["label"].clone();
        assert_eq!(label("dan", "ann").await, "corner");
        assert_eq!(label("bob", "bob").await, "attic");
        let hidden = office.person("dan", "bob", "desk").await;
        let none = office.person("dan", "cyd", "desk").await;
        assert_eq!((hidden["desk"].clone(), none["desk"].clone()), (json!(null), json!(null)), "told alike");
        let people = async |name: &str, query: &str| office.texts(name, &format!("/api/persons?{query}"), "name").await;
        assert_eq!(people("bob", "filter[desk.label][in]=attic,hall").await, ["bob"]);
        assert_eq!(people("dan", "filter[desk.label][in]=attic,hall").await, [""; 0]);
        assert_eq!(people("dan", "filter[desk.label][ne]=attic").await, ["ann"], "through no row, nothing holds");
        let sorted = office.get("dan", "/api/persons?sort=desk.label,name").await;
        assert_eq!(texts(&sorted["data"], "name"), ["ann", "bob", "cyd", "dan"], "no row sorts as the largest");
        let sorted = office.get("bob", "/api/persons?sort=desk.label,name").await;
        assert_eq!(texts(&sorted["data"], "name"), ["bob", "ann", "cyd", "dan"]);
    });
}

#[test]
fn many_to_many_is_read_under_the_policies_of_both_hops() {
    on_every_database(async |office| {
        let teams =
            async |name: &str, who: &str| texts(&office.person(name, who, "teams").await["teams"]["data"], "title");
        assert_eq!(teams("bob", "bob").await, ["build", "raid"], "each once, over however many memberships");
        assert_eq!(teams("ann", "bob").await, ["build"], "a secret team is its members'");
        assert_eq!(teams("cyd", "cyd").await, ["build", "ship"]);
        assert_eq!(teams("ann", "cyd").await, ["ship"], "a hidden membership is the member's");
        let members = async |name: &str, query: &str| {
            let answer = office.get(name, &format!("/api/teams?include=members&sort=title&{query}")).await;
            let rows = answer["data"].as_array().unwrap().clone();
            rows.iter().map(|row| texts(&row["members"]["data"], "name").join("+")).collect::<Vec<_>>()
        };
        assert_eq!(members("bob", "").await, ["ann+bob", "", "bob", "cyd+dan"]);
        assert_eq!(members("cyd", "").await, ["ann+bob+cyd", "", "cyd+dan"]);
        let found = async |name: &str, query: &str| office.texts(name, &format!("/api/teams?{query}"), "title").await;
        assert_eq!(found("bob", "filter[members][some][name]=cyd").await, ["ship"]);
        assert_eq!(found("cyd", "filter[members][some][name]=cyd").await, ["build", "ship"]);
        assert_eq!(found("bob", "filter[members][count]=2").await, ["build", "ship"]);
        assert_eq!(found("cyd", "filter[members][count]=3").await, ["build"]);
        assert_eq!(found("bob", "filter[members][none]=true").await, ["idle"]);
        assert_eq!(found("bob", "filter[members][every][name]=bob").await, ["idle", "raid"]);
        let people = async |query: &str| office.texts("dan", &format!("/api/persons?{query}"), "name").await;
        assert_eq!(people("filter[teams][some][members][some][name]=ann").await, ["ann", "bob"]);
        assert_eq!(people("filter[teams][some][title]=raid").await, ["bob", "dan"]);
    });
}

#[test]
fn many_to_many_leads_to_the_same_entity_over_named_references() {
    on_every_database(async |office| {
        let friends = async |who: &str| texts(&office.person("dan", who, "friends").await["friends"]["data"], "name");
        assert_eq!(friends("ann").await, ["bob", "dan"]);
        assert_eq!(friends("bob").await, ["ann"]);
        assert_eq!(friends("dan").await, [""; 0], "who is called a friend calls nobody one");
        assert_eq!(office.texts("dan", "/api/persons?filter[friends][some][name]=dan", "name").await, ["ann"]);
    });
}

#[test]
fn rows_of_a_relation_are_not_written_with_their_parent() {
    on_every_database(async |office| {
        let ann = format!("/api/persons/{}", office.people["ann"]);
        for field in ["desk", "teams", "reports", "friends"] {
            let answer = office.patch("ann", &ann, json!({field: null})).await;
            let error = &answer.json()["errors"][0];
            assert_eq!((answer.status(), error["code"].clone()), (422, json!("NOT_WRITABLE")), "{field}");
            assert_eq!(error["pointer"], format!("/{field}"));
        }
    });
}
