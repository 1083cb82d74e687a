//! What a caller prefers and accepts, on every database.

use mimsy::{Compression, HttpConfig};
use mimsy_tests::shop::{on_every_database, on_every_database_with};
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

#[test]
fn a_page_is_compressed_and_the_tag_of_a_compressed_row_serves_every_condition() {
    let app = || {
        let compression = Some(Compression { threshold: 100, ..Compression::default() });
        invoices::app().http(HttpConfig { compression, ..HttpConfig::default() })
    };
    on_every_database_with(app, async |shop| {
        let get = |path: &str| shop.request("ada", "GET", path).header("accept-encoding", "br, gzip");
        let (plain, small) = (shop.get("ada", "/api/invoices").await, get("/api/invoices").send().await);
        assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), (None, Some("gzip")));
        assert!(small.bytes().starts_with(&[0x1f, 0x8b]) && small.bytes().len() * 3 < plain.bytes().len());

        let path = format!("/api/invoices/{}", shop.id("ada", "/api/invoices?filter[status]=draft&limit=1").await);
        let row = get(&path).send().await;
        let tag = row.header("etag").unwrap().to_owned();
        assert!(tag.ends_with("-gzip\""), "{tag}");
        assert_eq!(get(&path).header("if-none-match", &tag).send().await.status(), 304);
        let patch = shop.request("ada", "PATCH", &path).header("if-match", &tag).json(&json!({"note": "packed"}));
        assert_eq!(patch.send().await.status(), 200);
        let stale = shop.request("ada", "PATCH", &path).header("if-match", &tag).json(&json!({"note": "twice"}));
        assert_eq!(stale.send().await.status(), 412);
        assert_eq!(get(&path).header("if-none-match", &tag).send().await.status(), 200);
    });
}
