//! The body that asks for an API key: `{"name": "ci", "actions": ["invoices:read"], "expires_at": "2027-01-01T00:00:00Z"}`.

use mimsy_schema::Timestamp;
use mimsy_schema::name::{listed, nearest, told};
use serde_json::value::RawValue;

use super::decode::{BadBody, object};
use super::token;
use crate::violation::Violation;

const MEMBERS: [&str; 3] = ["name", "actions", "expires_at"];

/// What a body asks for, as far as it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The key's name.
    pub name: String,
    /// What it may do.
    pub actions: Vec<String>,
    /// Until when it is valid: `Some(None)`, for ever; `None`, nothing was said.
    pub expires_at: Option<Option<Timestamp>>,
}

/// Read a body.
///
/// # Errors
/// The first error of syntax; without one, every error of shape.
pub fn new_key(body: &[u8], depth: usize) -> Result<Asked, BadBody> {
    let (mut asked, mut seen, mut violations) = (Asked::default(), Vec::new(), Vec::new());
    for (key, value) in object(body, depth)? {
        let key = key.0;
        let wrong = match key.as_ref() {
            "name" => set(&mut asked.name, text(value), "name", "must be a text"),
            "actions" => {
                set(&mut asked.actions, texts(value), "actions", "must be a list of texts, such as `invoices:read`")
            }
            "expires_at" => set(&mut asked.expires_at, moment(value).map(Some), "expires_at", token::TIMESTAMP),
            other => Some(unknown(other)),
        };
        // One fault is enough to be told of a body that is nothing but faults.
        violations.extend(wrong.filter(|_| violations.len() < super::decode::MOST_VIOLATIONS));
        if seen.contains(&key) {
            return Err(BadBody::twice(&key));
        }
        seen.push(key);
    }
    for name in MEMBERS.iter().take(2).filter(|name| !seen.iter().any(|one| one == **name)) {
        violations.push(Violation::field(name, "REQUIRED", "is required"));
    }
    if violations.is_empty() { Ok(asked) } else { Err(BadBody::Shape { violations, more: 0 }) }
}

fn set<T>(place: &mut T, read: Option<T>, name: &str, detail: &str) -> Option<Violation> {
    match read {
        Some(value) => {
            *place = value;
            None
        }
        None => Some(Violation::field(name, "TYPE", detail)),
    }
}

fn text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn texts(value: &RawValue) -> Option<Vec<String>> {
    serde_json::from_str(value.get()).ok()
}

fn moment(value: &RawValue) -> Option<Option<Timestamp>> {
    let text: Option<String> = serde_json::from_str(value.get()).ok()?;
    text.map(|text| Timestamp::parse(&text).ok_or(())).transpose().ok()
}

fn unknown(key: &str) -> Violation {
    let hint = match nearest(key, MEMBERS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", listed(MEMBERS)),
    };
    let key = told(key);
    Violation::field(&key, "UNKNOWN_FIELD", format!("an API key has no `{key}`; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies() {
        let read = |body: &str| new_key(body.as_bytes(), 64);
        let asked = read(r#"{"name": "ci", "actions": ["a:b"], "expires_at": "2027-01-01T00:00:00Z"}"#).unwrap();
        assert_eq!((asked.name.as_str(), asked.actions.as_slice()), ("ci", &["a:b".to_owned()][..]));
        assert_eq!(asked.expires_at, Some(Timestamp::parse("2027-01-01T00:00:00Z")));
        assert_eq!(read(r#"{"name": "", "actions": []}"#).unwrap().expires_at, None);
        assert_eq!(read(r#"{"name": "", "actions": [], "expires_at": null}"#).unwrap().expires_at, Some(None));
        for (body, expected) in [
            ("{}", &["/name REQUIRED", "/actions REQUIRED"][..]),
            (r#"{"name": 1, "actions": "a:b"}"#, &["/name TYPE", "/actions TYPE"]),
            (r#"{"name": null, "actions": [1]}"#, &["/name TYPE", "/actions TYPE"]),
            (r#"{"name": "a", "actions": [], "expires_at": "soon"}"#, &["/expires_at TYPE"]),
            (r#"{"name": "a", "actions": [], "expires_at": 1}"#, &["/expires_at TYPE"]),
            (r#"{"name": "a", "actions": [], "action": []}"#, &["/action UNKNOWN_FIELD"]),
            ("[]", &[" TYPE"]),
        ] {
            let Err(BadBody::Shape { violations, .. }) = read(body) else { panic!("{body}") };
            let found: Vec<String> = violations.iter().map(|one| format!("{} {}", one.pointer, one.code)).collect();
            assert_eq!(found, expected, "{body}");
        }
        for (body, expected) in [
            ("", "MALFORMED_JSON"),
            ("{", "MALFORMED_JSON"),
            (r#"{"name": "a", "name": "b", "actions": []}"#, "DUPLICATE_KEY"),
            (r#"{"x": 1, "x": 2}"#, "DUPLICATE_KEY"),
        ] {
            assert!(matches!(read(body), Err(BadBody::Syntax { code, .. }) if code == expected), "{body}");
        }
    }
}
