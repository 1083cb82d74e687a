use axum::body::to_bytes;
use futures_util::FutureExt;
use http::StatusCode;

use super::*;
use crate::error::ErrorKind;
use crate::http::params::Fault;

fn read(problem: Problem) -> (StatusCode, serde_json::Value, http::HeaderMap) {
    let (parts, body) = problem.respond("/api", "id-1").into_parts();
    let bytes = to_bytes(body, usize::MAX).now_or_never().expect("the body is at hand").unwrap();
    (parts.status, serde_json::from_slice(&bytes).unwrap(), parts.headers)
}

#[test]
fn every_kind_of_error_has_its_status_and_code() {
    for (kind, status, code) in [
        (ErrorKind::Unauthenticated, 401, "UNAUTHENTICATED"),
        (ErrorKind::NotFound, 404, "NOT_FOUND"),
        (ErrorKind::Forbidden, 403, "FORBIDDEN"),
        (ErrorKind::Invalid, 422, "VALIDATION"),
        (ErrorKind::Duplicate, 409, "DUPLICATE"),
        (ErrorKind::Conflict, 409, "CONFLICT"),
        (ErrorKind::Restricted, 409, "RESTRICTED"),
        (ErrorKind::Stale, 412, "VERSION_MISMATCH"),
        (ErrorKind::Exists, 412, "ROW_EXISTS"),
        (ErrorKind::TooMuch, 400, "TOO_MANY_ROWS"),
        (ErrorKind::Busy, 503, "BUSY"),
        (ErrorKind::TimedOut, 503, "TIMEOUT"),
        (ErrorKind::Unavailable, 503, "UNAVAILABLE"),
        (ErrorKind::Full, 507, "STORAGE_FULL"),
        (ErrorKind::ReadOnly, 503, "READ_ONLY"),
        (ErrorKind::Several, 500, "INTERNAL"),
        (ErrorKind::Internal, 500, "INTERNAL"),
    ] {
        let (got, document, headers) = read(Error::new(kind).into());
        assert_eq!(got.as_u16(), status, "{kind:?}");
        assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(headers.contains_key(WWW_AUTHENTICATE), status == 401);
        assert_eq!(headers.contains_key(RETRY_AFTER), matches!(status, 503 | 507));
        for (name, expected) in [
            ("type", serde_json::json!(format!("/api/problems/{code}"))),
            ("status", status.into()),
            ("code", code.into()),
            ("instance", "id-1".into()),
        ] {
            assert_eq!(document[name], expected, "{kind:?}");
        }
    }
}

#[test]
fn a_refusal_tells_its_rule() {
    let refusal =
        Refusal { rule: Some("settled".to_owned()), reason: "A settled invoice no longer changes.".to_owned() };
    let (_, document, _) = read(Error::forbidden(refusal).into());
    assert_eq!(
        document["policy"],
        serde_json::json!({"rule": "settled", "reason": "A settled invoice no longer changes."})
    );
    assert_eq!(document["detail"], "A settled invoice no longer changes.");
}

#[test]
fn a_stale_version_tells_the_current_one() {
    let (_, document, headers) = read(Error::stale(7).into());
    assert_eq!(document["version"], 7);
    assert!(headers[ETAG].to_str().unwrap().starts_with("\"7"));
}

#[test]
fn a_defect_tells_nothing_of_its_cause() {
    let (_, document, _) = read(Error::internal("the password is hunter2").into());
    assert!(!document.to_string().contains("hunter2"));
}

#[test]
fn places_have_pointers_or_parameters() {
    let violation = Violation::field("total", "MIN", "must be at least 0").with("min", 0);
    let (_, document, _) = read(Error::invalid(vec![violation]).into());
    let place = serde_json::json!({
        "pointer": "/total", "code": "MIN", "detail": "must be at least 0", "params": {"min": 0}
    });
    assert_eq!(document["errors"], serde_json::json!([place]));
    let (_, document, _) = read(Error::duplicate(vec!["number".to_owned()]).into());
    assert_eq!(document["errors"][0]["pointer"], "/number");
}

#[test]
fn one_fault_gives_its_code_to_the_whole() {
    let fault = |code| Fault { parameter: "x".to_owned(), code, detail: String::new() };
    for (faults, expected) in [
        (vec![fault("CURSOR_INVALID")], "CURSOR_INVALID"),
        (vec![fault("BAD_VALUE"), fault("BAD_VALUE")], "BAD_VALUE"),
        (vec![fault("BAD_VALUE"), fault("BAD_LIMIT")], "BAD_PARAMETER"),
    ] {
        let (status, document, _) = read(Problem::parameters(Faults { listed: faults, more: 0 }));
        assert_eq!((status.as_u16(), &document["code"]), (400, &serde_json::json!(expected)));
        assert_eq!(document["errors"][0]["parameter"], "x");
    }
}

#[test]
fn a_whole_says_how_much_of_it_is_told() {
    let faults = |more| {
        let fault = Fault { parameter: "x".to_owned(), code: "BAD_VALUE", detail: String::new() };
        Faults { listed: vec![fault], more }
    };
    let violations = [Violation::field("total", "MIN", "must be at least 0")];
    for (problem, code, detail) in [
        (Problem::parameters(faults(0)), "BAD_VALUE", "Some parameters are not right; see `errors`."),
        (
            Problem::parameters(faults(6)),
            "BAD_PARAMETER",
            "Some parameters are not right; see `errors`, which holds the first 1 of 7.",
        ),
        (Problem::invalid(&violations, 0), "VALIDATION", "Some values are not right; see `errors`."),
        (
            Problem::invalid(&violations, 6),
            "VALIDATION",
            "Some values are not right; see `errors`, which holds the first 1 of 7.",
        ),
    ] {
        let (_, document, _) = read(problem);
        assert_eq!((&document["code"], &document["detail"]), (&code.into(), &detail.into()));
    }
}
