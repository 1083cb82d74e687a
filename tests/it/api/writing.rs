//! Create, update, delete: what is set, what is refused, what a rule says.

use mimsy_tests::shop::{errors, on_every_database, text};
use serde_json::json;

#[test]
fn a_created_row_is_complete_and_can_be_fetched() {
    on_every_database(async |shop| {
        let body = shop.invoice(900_001).await;
        let created = shop.post("ada", "/api/invoices", body.clone()).await;
        assert_eq!(created.status(), 201, "{}", created.json());
        let row = created.json()["data"].clone();
        assert_eq!(row["status"], "draft", "the default");
        assert_eq!(row["note"], json!(null));
        assert_eq!(row["total"], "10.00");
        assert_eq!(text(&row["created_at"]).len(), 27);
        assert_eq!(row["org"], shop.first("ada", "/api/orgs").await["id"], "the tenant is the actor's");
        let location = created.header("location").unwrap().to_owned();
        assert_eq!(location, format!("/api/invoices/{}", text(&row["id"])));
        let got = shop.get("ada", &location).await;
        assert_eq!(got.json()["data"], row);
        assert_eq!(got.header("etag"), created.header("etag"));
    });
}

#[test]
fn a_patch_touches_what_it_names() {
    on_every_database(async |shop| {
        let before = shop.first("ada", "/api/invoices?limit=1&filter[status]=draft").await;
        let path = format!("/api/invoices/{}", text(&before["id"]));
        let tag = shop.get("ada", &path).await.header("etag").unwrap().to_owned();
        let patched = shop.patch("ada", &path, json!({"note": "by hand", "total": 7.5})).await;
        assert_eq!(patched.status(), 200, "{}", patched.json());
        let after = patched.json()["data"].clone();
        assert_eq!((&after["note"], &after["total"]), (&json!("by hand"), &json!("7.50")));
        assert_eq!((&after["number"], &after["customer"]), (&before["number"], &before["customer"]));
        assert_ne!(patched.header("etag"), Some(tag.as_str()));
        let cleared = shop.patch("ada", &path, json!({"note": null})).await.json();
        assert_eq!(cleared["data"]["note"], json!(null));
        let merge = shop
            .request("ada", "PATCH", &path)
            .bytes("application/merge-patch+json", r#"{"note":"again"}"#)
            .send()
            .await;
        assert_eq!(merge.json()["data"]["note"], "again");
        let tag = merge.header("etag").unwrap().to_owned();
        let nothing = shop.patch("ada", &path, json!({})).await;
        assert_eq!((nothing.status(), nothing.header("etag")), (200, Some(tag.as_str())), "an empty patch is a no-op");
    });
}

#[test]
fn a_deleted_row_is_gone() {
    on_every_database(async |shop| {
        let id = shop.id("ada", "/api/invoices?limit=1&filter[status]=draft").await;
        let path = format!("/api/invoices/{id}");
        let deleted = shop.delete("ada", &path).await;
        assert_eq!((deleted.status(), deleted.bytes().len()), (204, 0));
        assert_eq!(shop.get("ada", &path).await.status(), 404);
        assert_eq!(shop.delete("ada", &path).await.status(), 404);
        let lines = shop.rows("ada", &format!("/api/lines?filter[invoice]={id}")).await;
        assert!(lines.is_empty(), "its lines went with it");
    });
}

#[test]
fn a_row_that_is_pointed_to_stays() {
    on_every_database(async |shop| {
        let customer = text(&shop.first("ada", "/api/invoices?limit=1").await["customer"]);
        let refused = shop.delete("ada", &format!("/api/customers/{customer}")).await;
        assert_eq!((refused.status(), refused.json()["code"].clone()), (409, json!("RESTRICTED")));
        assert!(!refused.json().to_string().contains("invoice"), "it does not say what points to it");
        assert_eq!(shop.get("ada", &format!("/api/customers/{customer}")).await.status(), 200);
    });
}

#[test]
fn a_refusal_names_the_rule_and_its_public_reason() {
    on_every_database(async |shop| {
        let paid = shop.id("ada", "/api/invoices?limit=1&filter[status]=paid").await;
        let path = format!("/api/invoices/{paid}");
        let refused = shop.patch("ada", &path, json!({"note": "x"})).await;
        assert_eq!((refused.status(), refused.json()["code"].clone()), (403, json!("FORBIDDEN")));
        assert_eq!(
            refused.json()["policy"],
            json!({"rule": "settled", "reason": "A settled invoice no longer changes."})
        );
        let refused = shop.delete("ada", &path).await;
        assert_eq!(refused.json()["policy"]["rule"], "on_the_books");
        assert_eq!(shop.delete("root", &path).await.status(), 403, "nobody deletes a paid invoice");
        let draft = shop.id("vic", "/api/invoices?limit=1&filter[status]=draft").await;
        let refused = shop.patch("vic", &format!("/api/invoices/{draft}"), json!({"note": "x"})).await;
        assert_eq!(refused.status(), 403, "a viewer changes nothing");
        let body = shop.invoice(900_002).await;
        assert_eq!(shop.post("vic", "/api/invoices", body).await.status(), 403);
        // Paying is allowed; what is paid then stays.
        let draft = format!("/api/invoices/{draft}");
        assert_eq!(shop.patch("ada", &draft, json!({"status": "paid"})).await.status(), 200);
        assert_eq!(shop.patch("ada", &draft, json!({"status": "draft"})).await.status(), 403);
    });
}

#[test]
fn admins_manage_their_people_and_nobody_their_own_role() {
    on_every_database(async |shop| {
        let user = |login: &'static str| async move {
            shop.id("root", &format!("/api/users?filter[email]={login}@acme.test")).await
        };
        let (root, vic) = (user("root").await, user("vic").await);
        let refused = shop.patch("root", &format!("/api/users/{root}"), json!({"role": "viewer"})).await;
        assert_eq!((refused.status(), refused.json()["policy"]["rule"].clone()), (403, json!("own_role")));
        assert_eq!(shop.patch("root", &format!("/api/users/{root}"), json!({"name": "Rooty"})).await.status(), 200);
        assert_eq!(shop.patch("ada", &format!("/api/users/{vic}"), json!({"name": "V"})).await.status(), 403);
        let body = shop.invoice(900_003).await;
        assert_eq!(shop.post("vic", "/api/invoices", body.clone()).await.status(), 403);
        assert_eq!(shop.patch("root", &format!("/api/users/{vic}"), json!({"role": "billing"})).await.status(), 200);
        assert_eq!(shop.post("vic", "/api/invoices", body).await.status(), 201, "a changed role holds at once");
        assert_eq!(shop.delete("root", &format!("/api/users/{vic}")).await.status(), 204);
        assert_eq!(shop.get("vic", "/api/invoices").await.status(), 401, "a deleted actor is nobody's token");
    });
}

#[test]
fn the_tenant_is_the_servers_to_set() {
    on_every_database(async |shop| {
        let (acme, globex) = (shop.id("ada", "/api/orgs").await, shop.id("eve", "/api/orgs").await);
        let mut body = shop.invoice(900_004).await;
        body["org"] = json!(globex);
        let refused = shop.post("ada", "/api/invoices", body.clone()).await;
        assert_eq!((refused.status(), errors(&refused)), (422, vec!["/org TENANT".to_owned()]));
        body["org"] = json!(acme);
        let created = shop.post("ada", "/api/invoices", body).await;
        assert_eq!(created.status(), 201, "the same may be said");
        let path = created.header("location").unwrap().to_owned();
        let moved = shop.patch("ada", &path, json!({"org": globex})).await;
        assert_eq!((moved.status(), errors(&moved)), (422, vec!["/org TENANT".to_owned()]));
        assert_eq!(shop.patch("ada", &path, json!({"org": acme})).await.status(), 200);
        // Through a parent: a line cannot move to an invoice of another organisation.
        let theirs = shop.id("eve", "/api/invoices?limit=1").await;
        let line = shop.id("ada", "/api/lines?limit=1").await;
        let moved = shop.patch("ada", &format!("/api/lines/{line}"), json!({"invoice": theirs})).await;
        assert_eq!((moved.status(), errors(&moved)), (422, vec!["/invoice REFERENCE_NOT_FOUND".to_owned()]));
    });
}

#[test]
fn a_duplicate_names_the_field_and_no_row() {
    on_every_database(async |shop| {
        let known = shop.first("ada", "/api/invoices?limit=1").await;
        let mut body = shop.invoice(1).await;
        body["number"] = known["number"].clone();
        let refused = shop.post("ada", "/api/invoices", body).await;
        assert_eq!((refused.status(), errors(&refused)), (409, vec!["/number DUPLICATE".to_owned()]));
        assert!(!refused.json().to_string().contains(&text(&known["id"])));
        // Each organisation has its own numbers.
        let customer = shop.id("eve", "/api/customers?limit=1").await;
        let theirs = json!({"number": "INV-777777", "customer": customer, "total": "1.00"});
        assert_eq!(shop.post("eve", "/api/invoices", theirs).await.status(), 201);
        let ours = shop.invoice(777_777).await;
        assert_eq!(shop.post("ada", "/api/invoices", ours).await.status(), 201);
    });
}

#[test]
fn a_version_that_is_expected_has_to_be_there() {
    on_every_database(async |shop| {
        let id = shop.id("ada", "/api/invoices?limit=1&filter[status]=draft").await;
        let path = format!("/api/invoices/{id}");
        let tag = shop.get("ada", &path).await.header("etag").unwrap().to_owned();
        let with = |tag: &str, body: &str| {
            let request = shop.request("ada", "PATCH", &path).header("if-match", tag);
            request.bytes("application/json", body.to_owned()).send()
        };
        let first = with(&tag, r#"{"note":"one"}"#).await;
        assert_eq!(first.status(), 200);
        let late = with(&tag, r#"{"note":"two"}"#).await;
        assert_eq!((late.status(), late.json()["code"].clone()), (412, json!("VERSION_MISMATCH")));
        assert_eq!(shop.get("ada", &path).await.json()["data"]["note"], "one");
        assert_eq!(with("*", r#"{"note":"three"}"#).await.status(), 200);
        assert_eq!(with("nonsense", r#"{"note":"four"}"#).await.status(), 400);
        let deleted = shop.request("ada", "DELETE", &path).header("if-match", &tag).send().await;
        assert_eq!(deleted.status(), 412);
    });
}
