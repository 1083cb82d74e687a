//! Lists and rows: filters, order, pages, counts, includes, fields, entity tags.

use mimsy_tests::shop::{on_every_database, text};
use serde_json::{Value as Json, json};

fn numbers(rows: &[Json]) -> Vec<String> {
    rows.iter().map(|row| text(&row["number"])).collect()
}

#[test]
fn every_operator_keeps_what_it_says() {
    on_every_database(async |shop| {
        let all = shop.rows("ada", "/api/invoices?limit=100").await;
        assert_eq!(all.len(), 20);
        let is = |field: &'static str, test: fn(&str) -> bool| move |row: &Json| row[field].as_str().is_some_and(test);
        let total = |row: &Json| text(&row["total"]).replace('.', "").parse::<i64>().unwrap();
        type Keep<'a> = Box<dyn Fn(&Json) -> bool + 'a>;
        let cases: Vec<(&str, Keep<'_>)> = vec![
            ("filter[status]=paid", Box::new(is("status", |s| s == "paid"))),
            ("filter[status][ne]=paid", Box::new(is("status", |s| s != "paid"))),
            ("filter[status][in]=paid,void", Box::new(is("status", |s| s == "paid" || s == "void"))),
            ("filter[status][nin]=paid,void", Box::new(is("status", |s| s != "paid" && s != "void"))),
            ("filter[total][gt]=500", Box::new(|row| total(row) > 50_000)),
            ("filter[total][gte]=939.00", Box::new(|row| total(row) >= 93_900)),
            ("filter[total][lt]=500", Box::new(|row| total(row) < 50_000)),
            ("filter[total][lte]=388.8", Box::new(|row| total(row) <= 38_880)),
            ("filter[total][between]=100,500", Box::new(|row| (10_000..=50_000).contains(&total(row)))),
            ("filter[number][starts_with]=INV-00001", Box::new(is("number", |s| s.starts_with("INV-00001")))),
            ("filter[number][ends_with]=7", Box::new(is("number", |s| s.ends_with('7')))),
            ("filter[note][contains]=phone", Box::new(is("note", |s| s.contains("phone")))),
            ("filter[note][contains]=PHONE", Box::new(|_| false)),
            ("filter[note][icontains]=PHONE", Box::new(is("note", |s| s.contains("phone")))),
            ("filter[note][is_null]=true", Box::new(|row| row["note"].is_null())),
            ("filter[note][is_null]=false", Box::new(|row| !row["note"].is_null())),
            ("filter[note][ne]=Order%205%20by%20phone", Box::new(|row| row["note"] != "Order 5 by phone")),
            ("filter[note][nin]=Order%205%20by%20phone", Box::new(|row| row["note"] != "Order 5 by phone")),
            (
                "filter[status]=paid&filter[total][gt]=500",
                Box::new(|row| row["status"] == "paid" && total(row) > 50_000),
            ),
            ("filter[created_at][gt]=2020-01-01T00:00:00Z", Box::new(|_| true)),
        ];
        for (query, keep) in cases {
            let expected: Vec<Json> = all.iter().filter(|row| keep(row)).cloned().collect();
            let found = shop.rows("ada", &format!("/api/invoices?limit=100&{query}")).await;
            assert_eq!(numbers(&found), numbers(&expected), "{query}");
        }
    });
}

#[test]
fn a_filter_reaches_through_a_relation() {
    on_every_database(async |shop| {
        let vip = shop.id("ada", "/api/customers?filter[vip]=true").await;
        let by_name = shop.rows("ada", "/api/invoices?limit=100&filter[customer.name]=Annika%20Larsen").await;
        let by_vip = shop.rows("ada", "/api/invoices?limit=100&filter[customer.vip]=true").await;
        let by_key = shop.rows("ada", &format!("/api/invoices?limit=100&filter[customer]={vip}")).await;
        assert!(!by_key.is_empty() && by_key.iter().all(|row| row["customer"] == vip.as_str()));
        assert_eq!(numbers(&by_name), numbers(&by_key));
        assert_eq!(numbers(&by_vip), numbers(&by_key));
        let lines = shop.rows("ada", "/api/lines?limit=200&filter[invoice.status]=paid").await;
        assert!(!lines.is_empty());
    });
}

#[test]
fn pages_follow_the_order_that_was_asked_for() {
    on_every_database(async |shop| {
        for sort in
            ["", "number", "-number", "-total,number", "status,-total", "note", "-note,status", "customer.name,-number"]
        {
            let order = if sort.is_empty() { String::new() } else { format!("&sort={sort}") };
            let whole = shop.rows("ada", &format!("/api/invoices?limit=100{order}")).await;
            let mut walked = Vec::new();
            let mut after = String::new();
            loop {
                let page = shop.get("ada", &format!("/api/invoices?limit=3{order}{after}")).await;
                assert_eq!(page.status(), 200, "{}", page.json());
                let json = page.json();
                walked.extend(json["data"].as_array().unwrap().clone());
                let Some(next) = json["page"]["next"].as_str() else { break };
                assert!(page.header("link").is_some_and(|link| link.contains("rel=\"next\"")));
                after = format!("&after={next}");
            }
            assert_eq!(numbers(&walked), numbers(&whole), "sort={sort}");
            assert_eq!(walked.len(), 20);
        }
    });
}

#[test]
fn null_sorts_as_the_largest_value() {
    on_every_database(async |shop| {
        let up = shop.rows("ada", "/api/invoices?limit=100&sort=note").await;
        assert!(!up[0]["note"].is_null() && up[19]["note"].is_null());
        let down = shop.rows("ada", "/api/invoices?limit=100&sort=-note").await;
        assert!(down[0]["note"].is_null() && !down[19]["note"].is_null());
    });
}

#[test]
fn a_count_is_there_when_it_is_asked_for() {
    on_every_database(async |shop| {
        let page = shop.get("ada", "/api/invoices?limit=5").await.json();
        assert!(page["page"].get("count").is_none());
        let page = shop.get("ada", "/api/invoices?limit=5&count=exact&filter[status]=paid").await.json();
        assert_eq!(page["page"]["count"], json!({"value": 5, "kind": "exact"}));
        assert_eq!(page["page"]["limit"], 5);
    });
}

#[test]
fn relations_are_included_on_request() {
    on_every_database(async |shop| {
        let plain = shop.first("ada", "/api/invoices?limit=1").await;
        assert!(plain["customer"].is_string() && plain.get("lines").is_none());
        let rows = shop.rows("ada", "/api/invoices?limit=100&include=customer,lines").await;
        for row in &rows {
            assert!(row["customer"]["name"].is_string(), "{row}");
            let lines = row["lines"]["data"].as_array().unwrap();
            assert!((1..=3).contains(&lines.len()));
            assert!(lines.iter().all(|line| line["invoice"] == row["id"]));
            assert_eq!(row["lines"]["page"], json!({"limit": 50, "more": false}));
        }
        let one = text(&rows[0]["id"]);
        let got = shop.get("ada", &format!("/api/invoices/{one}?include=customer,lines")).await;
        assert_eq!(got.json()["data"], rows[0]);
        assert!(got.header("etag").is_none(), "an included row has versions of its own");
        let lines = shop.rows("ada", "/api/lines?limit=100&include=product,invoice").await;
        assert!(lines.iter().all(|line| line["invoice"]["number"].is_string() && line["product"]["name"].is_string()));
    });
}

#[test]
fn a_large_relation_is_cut_and_says_so() {
    on_every_database(async |shop| {
        let invoice = shop.id("ada", "/api/invoices?limit=1&filter[status]=draft").await;
        for n in 0..60 {
            let body = json!({"invoice": invoice, "description": format!("line {n}"), "qty": 1, "price": "1.00"});
            assert_eq!(shop.post("ada", "/api/lines", body).await.status(), 201);
        }
        let got = shop.get("ada", &format!("/api/invoices/{invoice}?include=lines")).await.json();
        assert_eq!(got["data"]["lines"]["data"].as_array().unwrap().len(), 50);
        assert_eq!(got["data"]["lines"]["page"], json!({"limit": 50, "more": true}));
    });
}

#[test]
fn only_the_fields_that_were_asked_for_come() {
    on_every_database(async |shop| {
        let row = shop.first("ada", "/api/invoices?limit=1&fields=number,total&sort=-status").await;
        let names: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(names, ["number", "total"]);
    });
}

#[test]
fn an_entity_tag_saves_the_body_until_the_row_changes() {
    on_every_database(async |shop| {
        let id = shop.id("ada", "/api/invoices?limit=1&filter[status]=draft").await;
        let path = format!("/api/invoices/{id}");
        let tag = shop.get("ada", &path).await.header("etag").unwrap().to_owned();
        let again = shop.request("ada", "GET", &path).header("if-none-match", &tag).send().await;
        assert_eq!((again.status(), again.bytes().len()), (304, 0));
        assert_eq!(again.header("etag"), Some(tag.as_str()));
        let fewer = shop.get("ada", &format!("{path}?fields=id")).await;
        assert_ne!(fewer.header("etag"), Some(tag.as_str()), "another view is another representation");
        assert_eq!(shop.patch("ada", &path, json!({"note": "x"})).await.status(), 200);
        let changed = shop.request("ada", "GET", &path).header("if-none-match", &tag).send().await;
        assert_eq!(changed.status(), 200);
        assert_eq!(changed.header("vary"), Some("Authorization, Accept-Encoding"));
    });
}

#[test]
fn head_answers_as_get_without_a_body() {
    on_every_database(async |shop| {
        let head = shop.request("ada", "HEAD", "/api/invoices?limit=2").send().await;
        assert_eq!((head.status(), head.bytes().len()), (200, 0));
        let options = shop.request("ada", "OPTIONS", "/api/invoices").send().await;
        assert_eq!((options.status(), options.header("allow")), (204, Some("GET, HEAD, POST, OPTIONS")));
    });
}
