//! Keys of several parts: in paths, references that other fields hold, tokens, rules, the Rust API.

use mimsy::Value;
use mimsy::prelude::*;
use mimsy_tests::shop::errors;
use serde_json::json;

use super::{Bill, Clerk, Fixture, Norm, Patch, Payment, Plug, on_every_database};

impl Fixture {
    /// A bill of Ann's firm.
    async fn bill(&self, number: &str, clerk: &str) -> String {
        let body = json!({"number": number, "clerk_login": clerk, "total": 5});
        let created = self.post("/api/bills", body).await;
        assert_eq!(created.status(), 201, "{}", created.json());
        created.header("location").unwrap().to_owned()
    }
}

#[test]
fn the_parts_of_a_key_stand_in_the_path_in_their_order() {
    on_every_database(async |ledger| {
        let place = ledger.bill("A,1/x", "ann").await;
        assert_eq!(place, format!("/api/bills/{},A%2C1%2Fx", ledger.acme));
        let row = ledger.get(&place).await;
        let expected = json!({"firm": ledger.acme.to_string(), "number": "A,1/x", "total": 5, "clerk_login": "ann"});
        assert_eq!(row.json()["data"], expected);
        assert!(row.header("etag").is_some());
        let acme = ledger.acme;
        for wrong in [
            format!("{acme}"),
            format!("{acme},A,1/x"),
            format!("{acme},A%2C1%2Fx,"),
            format!("{acme},"),
            ",A".to_owned(),
        ] {
            assert_eq!(ledger.get(&format!("/api/bills/{wrong}")).await.status(), 404, "{wrong}");
        }
        assert_eq!(ledger.get("/api/bills/not-a-uuid,A%2C1%2Fx").await.status(), 404);
        let changed = ledger.patch(&place, json!({"total": 6})).await;
        assert_eq!((changed.status(), changed.json()["data"]["total"].clone()), (200, json!(6)));
        let moved = ledger.patch(&place, json!({"number": "B"})).await;
        assert_eq!((moved.status(), errors(&moved)), (422, vec!["/number NOT_WRITABLE".to_owned()]));
        let body = json!({"number": "A,1/x", "clerk_login": "ann", "total": 5});
        let again = ledger.post("/api/bills", body).await;
        assert_eq!((again.status(), errors(&again)), (409, vec!["/number DUPLICATE".to_owned()]));
        assert_eq!(ledger.delete(&place).await.status(), 204);
        assert_eq!(ledger.get(&place).await.status(), 404);
    });
}

#[test]
fn an_enum_and_a_moment_name_a_row() {
    on_every_database(async |ledger| {
        let body = json!({"plug": "round", "since": "2026-11-21T10:00:00+01:00", "title": "t"});
        let place = ledger.post("/api/norms", body).await.header("location").unwrap().to_owned();
        assert_eq!(place, "/api/norms/round,2026-11-21T09%3A00%3A00.000000Z");
        assert_eq!(ledger.get(&place).await.json()["data"]["title"], "t");
        assert_eq!(
            ledger.get("/api/norms/round,2026-11-21T10%3A00%3A00%2B01%3A00").await.status(),
            200,
            "the same moment"
        );
        assert_eq!(ledger.get("/api/norms/square,2026-11-21T09%3A00%3A00.000000Z").await.status(), 404);
        let open = ledger.app.app().as_nobody();
        let since = Timestamp::parse("2026-11-21T09:00:00Z").unwrap();
        assert_eq!(open.get::<Norm>((Plug::Round, since)).await.unwrap().title, "t");
    });
}

#[test]
fn other_fields_hold_a_reference_to_several_parts() {
    on_every_database(async |ledger| {
        let body = |clerk: &str| json!({"number": "1", "clerk_login": clerk, "total": 5});
        let wrong = ledger.post("/api/bills", body("nobody")).await;
        assert_eq!((wrong.status(), errors(&wrong)), (422, vec!["/clerk_login REFERENCE_NOT_FOUND".to_owned()]));
        let theirs = ledger.post("/api/bills", body("eve")).await;
        assert_eq!(errors(&theirs), ["/clerk_login REFERENCE_NOT_FOUND"], "of another firm");
        let mut said = body("ann");
        said["clerk"] = json!("ann");
        assert_eq!(errors(&ledger.post("/api/bills", said).await), ["/clerk NOT_WRITABLE"]);
        let place = ledger.bill("1", "bob, jr.").await;
        let included = ledger.get(&format!("{place}?include=clerk")).await.json();
        assert_eq!(included["data"]["clerk"]["motto"], "bob, jr.!");
        assert_eq!(included["data"]["clerk_login"], "bob, jr.");
        let found =
            ledger.get("/api/bills?filter[clerk.motto]=bob,%20jr.!&sort=-clerk.motto&include=clerk").await.json();
        assert_eq!(found["data"][0]["clerk"]["login"], "bob, jr.");

        let paid = ledger.post("/api/payments", json!({"bill_number": "1", "amount": 3})).await;
        assert_eq!(paid.status(), 201, "{}", paid.json());
        assert_eq!(ledger.post("/api/payments", json!({"amount": 4})).await.status(), 201);
        let rows = ledger.get("/api/payments?include=bill").await.json();
        assert_eq!(rows["data"][0]["bill"]["total"], 5);
        assert_eq!(rows["data"][1]["bill"], json!(null));
        let some = ledger.get("/api/payments?filter[bill.total][gte]=5").await.json();
        assert_eq!(some["data"].as_array().unwrap().len(), 1);
        let bill = ledger.get(&format!("{place}?include=payments")).await.json();
        assert_eq!(bill["data"]["payments"]["data"][0]["amount"], 3);
        let dangling = ledger.patch(paid.header("location").unwrap(), json!({"bill_number": "2"})).await;
        assert_eq!(errors(&dangling), ["/bill_number REFERENCE_NOT_FOUND"]);
        assert_eq!(ledger.delete(&place).await.status(), 204);
        let left = ledger.get("/api/payments").await.json();
        assert_eq!(left["data"].as_array().unwrap().len(), 1, "what was paid on the bill went with it");
    });
}

#[test]
fn rules_see_a_reference_as_the_fields_that_hold_it() {
    on_every_database(async |ledger| {
        let create = async |body| {
            let created = ledger.post("/api/payments", body).await;
            created.header("location").unwrap().to_owned()
        };
        let rule = |answer: mimsy::test::TestAnswer| (answer.status(), answer.json()["policy"]["rule"].clone());
        let place = ledger.bill("1", "ann").await;
        ledger.bill("2", "ann").await;
        let stray = create(json!({"amount": 1})).await;
        let paid = create(json!({"amount": 1, "bill_number": "1"})).await;
        assert_eq!(rule(ledger.delete(&stray).await), (403, json!("stray")));
        assert_eq!(rule(ledger.patch(&paid, json!({"amount": 2})).await), (200, json!(null)));
        assert_eq!(ledger.patch(&place, json!({"total": 1000})).await.status(), 200);
        assert_eq!(rule(ledger.patch(&paid, json!({"amount": 3})).await), (403, json!("closed")));
        assert_eq!(ledger.patch(&stray, json!({"amount": 3})).await.status(), 200, "no bill at all");
        assert_eq!(ledger.patch(&paid, json!({"bill_number": "2"})).await.status(), 200, "another bill");
        assert_eq!(ledger.delete(&paid).await.status(), 204);
    });
}

#[test]
fn an_actor_may_have_any_key() {
    on_every_database(async |ledger| {
        let own = ledger.bill("1", "ann").await;
        let other = ledger.bill("2", "bob, jr.").await;
        assert_eq!(ledger.patch(&own, json!({"total": 9})).await.status(), 200);
        let refused = ledger.patch(&other, json!({"total": 9})).await;
        assert_eq!(refused.status(), 403);
        let theirs = ledger.app.get(&own).bearer(&ledger.eve).send().await;
        assert_eq!(theirs.status(), 404, "of another firm");

        let ann = format!("/api/clerks/{},ann", ledger.acme);
        let bob = format!("/api/clerks/{},bob%2C%20jr.", ledger.acme);
        let promote = json!({"rank": "senior"});
        let refused = ledger.patch(&ann, promote.clone()).await;
        assert_eq!((refused.status(), refused.json()["policy"]["rule"].clone()), (403, json!("own_role")));
        assert_eq!(ledger.patch(&bob, promote).await.status(), 200);
        let token = ledger.app.token("bob, jr.").await;
        let changed = ledger.app.patch(&other, json!({"total": 9})).bearer(&token).send().await;
        assert_eq!(changed.status(), 200, "a key with a comma, through a token");
    });
}

#[test]
fn the_rust_api_speaks_in_tuples() {
    on_every_database(async |ledger| {
        ledger.bill("INV-1", "ann").await;
        let system = ledger.app.app().system("a test");
        let bill = system.get::<Bill>((ledger.acme, "INV-1")).await.unwrap();
        assert_eq!(bill.key(), (Ref::to(ledger.acme), "INV-1".to_owned()));
        assert_eq!(bill.clerk.key(), &(Ref::to(ledger.acme), "ann".to_owned()));
        let ann = system.get::<Clerk>(bill.clerk.key().clone()).await.unwrap();
        let hers = ledger.app.app().as_actor(&ann);
        let bill = hers.update::<Bill>(bill.key(), Patch::<Bill>::default().total(7)).await.unwrap();
        assert_eq!(bill.total, 7);
        let draft = Draft::<Payment> { firm: None, bill_number: Some("INV-1".to_owned()), amount: 1 };
        let paid = hers.create::<Payment>(draft).await.unwrap().row.unwrap();
        assert_eq!(paid.bill, Some(Ref::to(bill.key())));
        let draft = Draft::<Payment> { firm: None, bill_number: None, amount: 1 };
        assert_eq!(hers.create::<Payment>(draft).await.unwrap().row.unwrap().bill, None);
        let draft = |number: &str| Draft::<Bill> {
            firm: None,
            number: number.to_owned(),
            total: 1,
            clerk_login: "ann".to_owned(),
        };
        let keys = hers.create_many::<Bill>(vec![draft("INV-2"), draft("INV-3")]).await.unwrap();
        assert_eq!(keys[1], (Ref::to(ledger.acme), "INV-3".to_owned()));
        let found = hers
            .list::<Bill>()
            .test("clerk.motto", Test::Eq(Value::Text("ann!".to_owned())))
            .sort("-number")
            .page()
            .await
            .unwrap();
        assert_eq!(found.rows.len(), 3);
        hers.delete::<Bill>((ledger.acme, "INV-1")).await.unwrap();
        assert_eq!(
            hers.get::<Bill>((ledger.acme, "INV-1")).await.err().map(|error| error.kind()),
            Some(ErrorKind::NotFound)
        );
    });
}
