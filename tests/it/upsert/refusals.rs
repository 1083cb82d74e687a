//! Whom an upsert refuses, and that it tells nothing of what may not be read.

use mimsy_tests::shop::errors;
use serde_json::{Value as Json, json};

use super::{Fixture, on_every_database, place};

#[test]
fn its_own_rules_decide() {
    on_every_database(async |desk| {
        let path = place();
        let put = async |login: &str, body: Json| {
            let answer = desk.put(login, &path, &[], &body).await;
            (answer.status(), answer.json()["policy"]["rule"].clone())
        };
        assert_eq!(put("jim", json!({"title": "a"})).await, (403, json!(null)));
        assert_eq!(put("ann", json!({"title": "a", "rank": 11})).await, (403, json!("too_high")));
        assert_eq!(
            put("ann", json!({"title": "a", "locked": true})).await.0,
            201,
            "three parameters: of changes alone"
        );
        assert_eq!(put("jim", json!({"title": "b"})).await, (403, json!(null)));
        assert_eq!(put("ann", json!({"title": "b"})).await, (403, json!("locked")));
        let high = format!("/api/notes/{}", uuid::Uuid::now_v7());
        assert_eq!(desk.put("ann", &high, &[], &json!({"title": "c", "rank": 10})).await.status(), 201);
        let refused = desk.put("ann", &high, &[], &json!({"title": "c", "rank": 11})).await;
        assert_eq!((refused.status(), refused.json()["policy"]["rule"].clone()), (403, json!("too_high")));

        let open = desk.app.request("PUT".parse().unwrap(), &path).json(&json!({"title": "a"})).send().await;
        assert_eq!(open.status(), 401);
        let token = desk.app.token("ann").await;
        for method in ["PATCH", "DELETE"] {
            let answer = desk.app.request(method.parse().unwrap(), &path).bearer(&token).json(&json!({})).send().await;
            assert_eq!((answer.status(), answer.header("allow")), (405, Some("GET, HEAD, PUT, OPTIONS")));
        }
    });
}

/// What `ann` is told of a put, to the byte.
async fn told(desk: &Fixture, login: &str, path: &str, headers: &[(&str, &str)], body: &Json) -> (u16, Vec<u8>) {
    let answer = desk.put(login, path, headers, body).await;
    (answer.status(), answer.bytes().to_vec())
}

#[test]
fn what_may_not_be_read_is_told_like_what_is_not_there() {
    on_every_database(async |desk| {
        let (foreign, hidden, missing) = (place(), place(), place());
        assert_eq!(desk.put("eve", &foreign, &[], &json!({"title": "theirs"})).await.status(), 201);
        assert_eq!(desk.put("ann", &hidden, &[], &json!({"title": "hidden", "hidden": true})).await.status(), 201);
        for (login, headers, body) in [
            ("ann", &[][..], json!({"title": ""})),
            ("ann", &[], json!({"title": "a", "rank": 11})),
            ("ann", &[], json!({"nope": 1})),
            ("ann", &[("if-match", "*")], json!({"title": "a"})),
            ("ann", &[("if-match", "\"1\"")], json!({"title": "a"})),
            ("jim", &[], json!({"title": "a"})),
            ("jim", &[("if-none-match", "*")], json!({"title": "a"})),
        ] {
            let expected = told(desk, login, &missing, headers, &body).await;
            assert!(expected.0 >= 400, "{body}");
            for path in [&foreign, &hidden] {
                assert_eq!(told(desk, login, path, headers, &body).await, expected, "{login} {headers:?} {body}");
            }
        }
        // Nothing can be put in their place, and that is all: the same words as of any path that leads nowhere.
        let nowhere = desk.get("ann", &missing).await;
        for headers in [&[][..], &[("if-none-match", "*")]] {
            for path in [&foreign, &hidden] {
                let answer = told(desk, "ann", path, headers, &json!({"title": "a"})).await;
                assert_eq!(answer, (404, nowhere.bytes().to_vec()));
            }
        }
        assert_eq!(desk.get("eve", &foreign).await.json()["data"]["title"], "theirs");
    });
}

#[test]
fn a_key_of_another_firm_is_no_place_to_put_anything() {
    on_every_database(async |desk| {
        let theirs = format!("/api/bills/{},1", desk.firms[1]);
        assert_eq!(desk.put("eve", &theirs, &[], &json!({"total": 1})).await.status(), 201);
        let missing = format!("/api/bills/{},2", desk.firms[1]);
        let (there, nowhere) = (
            desk.put("ann", &theirs, &[], &json!({"total": 2})).await,
            desk.put("ann", &missing, &[], &json!({"total": 2})).await,
        );
        assert_eq!((there.status(), errors(&there)), (422, vec!["/firm TENANT".to_owned()]));
        assert_eq!(there.bytes(), nowhere.bytes());
        assert_eq!(desk.get("eve", &theirs).await.json()["data"]["total"], json!(1));
    });
}
