use serde_json::json;

use super::*;

#[tokio::test]
async fn a_row_is_created_changed_and_deleted() {
    let shop = Shop::open().await;
    let created = shop.send(Method::POST, "/api/notes", json!({"title": "a"})).await;
    let path = created.header("location").to_owned();
    let id = created.json["data"]["id"].as_str().unwrap();
    assert_eq!((created.status, &path), (201, &format!("/api/notes/{id}")));
    assert_eq!(shop.get(&path).await.header("etag"), created.header("etag"));

    let patch = json!({"rank": 7});
    let merge = [("content-type", "application/merge-patch+json; charset=utf-8")];
    let changed = shop.ask(Method::PATCH, &path, &merge, patch.to_string()).await;
    assert_eq!((changed.status, &changed.json["data"]["rank"]), (200, &json!(7)));
    assert_ne!(changed.header("etag"), created.header("etag"));

    let same = shop.send(Method::PATCH, &path, json!({})).await;
    assert_eq!((same.status, same.header("etag")), (200, changed.header("etag")), "an empty patch changes nothing");

    let deleted = shop.ask(Method::DELETE, &path, &[], Body::empty()).await;
    assert_eq!((deleted.status, deleted.json), (204, Json::Null));
    assert_eq!(shop.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_write_can_insist_on_a_version() {
    let shop = Shop::open().await;
    let created = shop.send(Method::POST, "/api/notes", json!({"title": "a"})).await;
    let (path, tag) = (created.header("location").to_owned(), created.header("etag").to_owned());
    let patch = |tag: &str, rank: i64| {
        let headers = [("content-type", "application/json".to_owned()), ("if-match", tag.to_owned())];
        let (shop, path) = (&shop, &path);
        async move {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            shop.ask(Method::PATCH, path, &headers, json!({"rank": rank}).to_string()).await
        }
    };
    assert_eq!(patch(&tag, 1).await.status, 200);
    let stale = patch(&tag, 2).await;
    assert_eq!((stale.status, stale.code(), &stale.json["version"]), (412, "VERSION_MISMATCH", &json!(2)));
    assert_eq!(patch(stale.header("etag"), 3).await.status, 200, "the tag of a 412 is the current one");
    assert_eq!(patch("*", 4).await.status, 200);
    assert_eq!(patch("W/\"4\"", 5).await.status, 412, "a weak tag never matches");
    assert_eq!((patch("4", 6).await.status, patch("4", 6).await.code()), (400, "BAD_HEADER"));
    let delete = shop.ask(Method::DELETE, &path, &[("if-match", &tag)], Body::empty()).await;
    assert_eq!(delete.status, 412);
}

#[tokio::test]
async fn a_write_answers_as_its_caller_prefers() {
    let shop = Shop::open().await;
    let send = async |method: Method, path: &str, prefer: &str, body: Json| {
        let headers = [("content-type", "application/json"), ("prefer", prefer)];
        shop.ask(method, path, &headers, body.to_string()).await
    };
    let created = send(Method::POST, "/api/notes", "return=minimal", json!({"title": "a"})).await;
    assert_eq!((created.status, &created.json), (201, &Json::Null));
    let (path, tag) = (created.header("location").to_owned(), created.header("etag").to_owned());
    assert_eq!((created.header("preference-applied"), created.header("content-type")), ("return=minimal", ""));
    let varies: Vec<&str> = created.headers.get_all("vary").iter().map(|one| one.to_str().unwrap()).collect();
    assert!(varies.contains(&"Prefer") && varies.iter().any(|one| one.starts_with("Authorization")), "{varies:?}");
    assert_eq!(shop.get(&path).await.header("etag"), tag);
    for (prefer, status, applied) in [
        ("return=minimal, handling=strict", 204, "return=minimal, handling=strict"),
        ("return=representation", 200, "return=representation"),
        ("handling=lenient, respond-async", 200, ""),
        ("return=minimal, return=representation", 200, ""),
    ] {
        let changed = send(Method::PATCH, &path, prefer, json!({"rank": status})).await;
        assert_eq!((changed.status, changed.header("preference-applied")), (status, applied), "{prefer}");
        assert_eq!(changed.json.is_null(), status == 204, "{prefer}: {}", changed.json);
        assert_eq!(shop.get(&path).await.json["data"]["rank"], status, "{prefer}");
    }
    let lenient = send(Method::POST, "/api/notes", "handling=lenient", json!({"titel": "a"})).await;
    assert_eq!((lenient.status, lenient.code()), (422, "VALIDATION"), "strict, whatever is preferred");
    let deleted = send(Method::DELETE, &path, "return=minimal", Json::Null).await;
    assert_eq!((deleted.status, deleted.header("preference-applied")), (204, ""));
}

#[tokio::test]
async fn a_hung_up_write_is_made() {
    let shop = Shop::open().await;
    let request = Request::post("/api/notes").header("content-type", "application/json");
    let request = request.body(Body::from(json!({"title": "a"}).to_string())).unwrap();
    // Poll once, then hang up: the write has begun and runs on.
    let mut pending = Box::pin(shop.router.clone().oneshot(request));
    let begun = futures_util::future::poll_immediate(&mut pending).await;
    drop(pending);
    if begun.is_none() {
        while shop.get("/api/notes?count=exact").await.json["page"]["count"]["value"] != 1 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(shop.get("/api/notes").await.json["data"][0]["title"], "a");
}
