//! What a caller prefers and accepts, on every database.

use mimsy_tests::shop::on_every_database;
use serde_json::json;

#[test]
fn a_minimal_answer_leaves_the_row_out_and_writes_it_all_the_same() {
    on_every_database(async |shop| {
        let body = shop.invoice(820_001).await;
        let create = shop.request("ada", "POST", "/api/invoices").header("prefer", "return=minimal").json(&body);
        let created = create.send().await;
        assert_eq!((created.status(), created.bytes()), (201, &b""[..]));
        assert_eq!(created.header("preference-applied"), Some("return=minimal"));
        let path = created.header("location").unwrap();
        let patch = shop.request("ada", "PATCH", path).header("prefer", "return=minimal");
        let changed =
            patch.header("if-match", created.header("etag").unwrap()).json(&json!({"note": "x"})).send().await;
        assert_eq!((changed.status(), changed.bytes()), (204, &b""[..]));
        let read = shop.request("ada", "GET", path).header("if-match", changed.header("etag").unwrap()).send().await;
        assert_eq!((read.status(), read.json()["data"]["note"].clone()), (200, json!("x")));
        let stale = shop.request("ada", "GET", path).header("if-match", created.header("etag").unwrap()).send().await;
        assert_eq!((stale.status(), stale.json()["version"].clone()), (412, json!(2)));
    });
}

#[test]
fn a_caller_that_reads_no_json_is_told_before_anything_is_written() {
    on_every_database(async |shop| {
        let body = shop.invoice(820_002).await;
        let create = shop.request("ada", "POST", "/api/invoices").header("accept", "application/xml").json(&body);
        let refused = create.send().await;
        assert_eq!((refused.status(), refused.json()["code"].clone()), (406, json!("NOT_ACCEPTABLE")));
        assert!(shop.rows("ada", "/api/invoices?filter[number]=INV-820002").await.is_empty());
    });
}
