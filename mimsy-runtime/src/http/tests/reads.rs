use serde_json::json;

use super::*;

async fn noted() -> Shop {
    let shop = Shop::open().await;
    for (title, rank) in [("a", Value::Int(3)), ("b", Value::Int(1)), ("c", Value::Null), ("d", Value::Int(2))] {
        plant(&shop.door, "Note", &[("title", Value::Text(title.to_owned())), ("rank", rank)]).await;
    }
    shop
}

fn titles(answer: &Answer) -> Vec<&str> {
    answer.json["data"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_is_filtered_sorted_and_counted() {
    let shop = noted().await;
    for (query, expected, page) in [
        ("sort=rank", &["b", "d", "a", "c"][..], json!({"next": null, "prev": null, "limit": 50})),
        ("sort=-rank", &["c", "a", "d", "b"], json!({"next": null, "prev": null, "limit": 50})),
        ("filter[rank][gte]=2&sort=title", &["a", "d"], json!({"next": null, "prev": null, "limit": 50})),
        (
            "filter[rank][is_null]=true&count=exact&limit=9999",
            &["c"],
            json!({"next": null, "prev": null, "limit": 1000, "count": {"value": 1, "kind": "exact"}}),
        ),
    ] {
        let answer = shop.get(&format!("/api/notes?{query}")).await;
        assert_eq!((answer.status, titles(&answer).as_slice()), (200, expected), "{query}: {}", answer.json);
        assert_eq!(answer.json["page"], page, "{query}");
        assert_eq!(answer.header("etag"), "", "a list has no tag");
    }
}

/// Where the `Link` of a page leads, by its relation.
fn link(page: &Answer, rel: &str) -> Option<String> {
    let end = format!(">; rel=\"{rel}\"");
    let mut links = page.header("link").split(", ");
    links.find_map(|link| Some(link.strip_prefix('<')?.strip_suffix(&end)?.to_owned()))
}

#[tokio::test]
async fn the_links_of_a_page_lead_to_its_neighbours() {
    let shop = noted().await;
    let start = "/api/notes?sort=-rank&limit=1";
    let (mut path, mut seen) = (start.to_owned(), Vec::new());
    loop {
        let page = shop.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.json);
        seen.extend(titles(&page).iter().map(|title| (*title).to_owned()));
        let next = link(&page, "next");
        assert_eq!(next.is_none(), page.json["page"]["next"].is_null());
        assert_eq!(link(&page, "prev").is_none(), page.json["page"]["prev"].is_null());
        assert_eq!(link(&page, "first"), (path != start).then(|| start.to_owned()));
        let Some(next) = next else { break };
        assert!(next.starts_with("/api/notes?sort=-rank&limit=1&after="), "{next}");
        path = next;
    }
    assert_eq!(seen, ["c", "a", "d", "b"]);
    while let Some(prev) = link(&shop.get(&path).await, "prev") {
        assert!(prev.starts_with("/api/notes?sort=-rank&limit=1&before="), "{prev}");
        path = prev;
        seen.extend(titles(&shop.get(&path).await).iter().map(|title| (*title).to_owned()));
    }
    assert_eq!(seen[4..], ["d", "a", "c"]);
    let encoded = shop.get(&path.replace("&before=", "&%62efore=")).await;
    assert_eq!(encoded.status, 200, "{}", encoded.json);
    let first = shop.get(start).await;
    let second = shop.get(&format!("{start}&%61fter={}", next(&first))).await;
    let expected = format!("{start}&after={}", next(&second));
    assert_eq!(link(&second, "next"), Some(expected), "one cursor, however the last was written");
    let bare = shop.get("/api/notes?offset=2").await;
    assert_eq!(link(&bare, "first").as_deref(), Some("/api/notes"));
    assert_eq!((titles(&bare), link(&bare, "next")), (titles(&shop.get("/api/notes").await)[2..].to_vec(), None));
}

fn next(page: &Answer) -> &str {
    page.json["page"]["next"].as_str().unwrap()
}

#[tokio::test]
async fn a_row_has_a_tag_that_spares_a_second_reading() {
    let shop = noted().await;
    let id = shop.get("/api/notes?filter[title]=a&fields=id").await.json["data"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/notes/{id}");
    let first = shop.get(&path).await;
    assert_eq!((first.status, &first.json), (200, &json!({"data": {"id": id, "title": "a", "rank": 3}})));
    let tag = first.header("etag");
    let again = shop.ask(Method::GET, &path, &[("if-none-match", tag)], Body::empty()).await;
    assert_eq!((again.status, again.header("etag"), &again.json), (304, tag, &Json::Null));
    let narrow = shop.ask(Method::GET, &format!("{path}?fields=rank"), &[("if-none-match", tag)], Body::empty()).await;
    assert_eq!((narrow.status, &narrow.json), (200, &json!({"data": {"rank": 3}})));
    let changed = shop.send(Method::PATCH, &path, json!({"rank": 4})).await;
    let stale = shop.ask(Method::GET, &path, &[("if-none-match", tag)], Body::empty()).await;
    assert_eq!((changed.status, stale.status, stale.header("etag")), (200, 200, changed.header("etag")));
}

#[tokio::test]
async fn a_read_can_insist_on_a_version() {
    let shop = noted().await;
    let id = shop.get("/api/notes?filter[title]=a&fields=id").await.json["data"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/notes/{id}");
    let tag = shop.get(&path).await.header("etag").to_owned();
    let ask = async |if_match: &str, if_none_match: &str| {
        let headers = [("if-match", if_match), ("if-none-match", if_none_match)];
        shop.ask(Method::GET, &path, &headers, Body::empty()).await
    };
    for (if_match, if_none_match, status) in
        [(tag.as_str(), "", 200), ("*", "", 200), ("\"9\"", "", 412), (&tag, &tag, 304), ("\"9\"", &tag, 412)]
    {
        assert_eq!(ask(if_match, if_none_match).await.status, status, "{if_match} {if_none_match}");
    }
    let stale = ask("\"9\"", "").await;
    assert_eq!((stale.code(), &stale.json["version"]), ("VERSION_MISMATCH", &json!(1)));
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let shop = noted().await;
    let (get, head) = (shop.get("/api/notes").await, shop.ask(Method::HEAD, "/api/notes", &[], Body::empty()).await);
    assert_eq!((head.status, head.header("content-type")), (200, "application/json"));
    assert_eq!((&head.json, head.header("content-length")), (&Json::Null, get.header("content-length")));
}

#[tokio::test]
async fn a_nested_router_tells_its_own_paths() {
    let shop = noted().await;
    let nested = Router::new().nest("/v1", shop.router.clone());
    let request = |method, path: &str, body: &str| {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        request.body(Body::from(body.to_owned())).unwrap()
    };
    let list = answer(&nested, request(Method::GET, "/v1/api/notes?limit=1", "")).await;
    assert!(list.header("link").starts_with("</v1/api/notes?limit=1&after="), "{}", list.header("link"));
    let created = answer(&nested, request(Method::POST, "/v1/api/notes", r#"{"title": "x"}"#)).await;
    assert!(created.header("location").starts_with("/v1/api/notes/"), "{}", created.header("location"));
}

#[tokio::test]
async fn relations_are_included_where_they_stand() {
    let shop = Shop::open().await;
    let org = shop.get(&format!("/api/users/{}", shop.user)).await.json["data"]["org"].as_str().unwrap().to_owned();
    let ann = shop.send(Method::POST, "/api/customers", json!({"name": "Ann", "vip": true})).await;
    assert_eq!((ann.status, &ann.json["data"]["org"]), (201, &json!(org)), "the server sets the tenant: {}", ann.json);
    let ann = &ann.json["data"];
    let invoice = json!({"number": "A", "customer": ann["id"], "total": "12.5", "urgent": false});
    let invoice = shop.send(Method::POST, "/api/invoices", invoice).await;
    assert_eq!((invoice.status, &invoice.json["data"]["total"]), (201, &json!("12.50")), "{}", invoice.json);
    let path = invoice.header("location").to_owned();
    for qty in [1, 2] {
        let line = json!({"invoice": invoice.json["data"]["id"], "qty": qty});
        assert_eq!(shop.send(Method::POST, "/api/lines", line).await.status, 201);
    }
    let one = shop.get(&format!("{path}?fields=number,customer&include=customer,lines")).await;
    let lines = one.json["data"]["lines"].clone();
    assert_eq!(one.json, json!({"data": {"number": "A", "customer": ann, "lines": lines}}));
    assert_eq!(lines["page"], json!({"limit": 50, "more": false}));
    assert_eq!(lines["data"].as_array().unwrap().iter().map(|line| &line["qty"]).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(one.header("etag"), "", "included rows change without the row's version");
    let list = shop.get("/api/invoices?filter[customer.name][starts_with]=An&include=customer,lines").await;
    assert_eq!(list.json["data"][0]["customer"], *ann, "{}", list.json);
    assert_eq!(list.json["data"][0]["lines"], lines);
    let nobody = json!({"number": "B", "customer": Uuid::nil().to_string(), "total": 1, "urgent": false});
    let refused = shop.send(Method::POST, "/api/invoices", nobody).await;
    let error = &refused.json["errors"][0];
    assert_eq!(
        (refused.status, &error["pointer"], &error["code"]),
        (422, &json!("/customer"), &json!("REFERENCE_NOT_FOUND"))
    );
}
