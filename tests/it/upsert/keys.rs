//! Keys of every kind.

use mimsy_tests::shop::errors;
use serde_json::json;

use super::{on_every_database, place};

#[test]
fn a_body_may_repeat_its_key_and_name_no_other() {
    on_every_database(async |desk| {
        let path = place();
        let id = path.rsplit('/').next().unwrap();
        for (body, expected) in [
            (json!({"id": id, "title": "a"}), vec![]),
            (json!({"id": uuid::Uuid::nil().to_string(), "title": "a"}), vec!["/id KEY_MISMATCH".to_owned()]),
            (json!({"id": "x", "title": "a"}), vec!["/id FORMAT".to_owned()]),
            (json!({"id": id.to_uppercase(), "title": "a"}), vec![]),
        ] {
            assert_eq!(errors(&desk.put("ann", &path, &[], &body).await), expected, "{body}");
        }
        assert_eq!(desk.put("ann", "/api/notes/not-a-key", &[], &json!({"title": "a"})).await.status(), 404);
        assert_eq!(desk.put("ann", "/api/notes", &[], &json!({"title": "a"})).await.status(), 405);
    });
}

#[test]
fn keys_of_several_parts_and_texts_name_rows() {
    on_every_database(async |desk| {
        let bill = format!("/api/bills/{},A%2C1", desk.firms[0]);
        let first = desk.put("jim", &bill, &[], &json!({"total": 1})).await;
        assert_eq!((first.status(), first.header("location")), (201, Some(bill.as_str())));
        assert_eq!(first.json()["data"]["number"], "A,1");
        let second = desk.put("jim", &bill, &[], &json!({"number": "A,1", "total": 2})).await;
        assert_eq!((second.status(), second.json()["data"]["total"].clone()), (200, json!(2)));
        let strange = desk.put("jim", &bill, &[], &json!({"number": "B", "total": 2})).await;
        assert_eq!((strange.status(), errors(&strange)), (422, vec!["/number KEY_MISMATCH".to_owned()]));

        assert_eq!(desk.put("jim", "/api/tags/a%2Fb", &[], &json!({"colour": "red"})).await.status(), 201);
        assert_eq!(desk.put("eve", "/api/tags/a%2Fb", &[], &json!({})).await.json()["data"]["colour"], json!(null));
        let dots = desk.put("jim", "/api/tags/%2E%2E", &[], &json!({})).await;
        assert_ne!(dots.status(), 201, "no path can hold it");
    });
}
